"""Keys with which another system brings its files by itself: made once, shown once, ended at once (R19, R83)."""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta

from cases.models import ImportKey
from cases.services.imports import demand
from cases.services.locking import actor
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import NO_REACH, Viewer, acting_as
from hopecare.kernel.models import UserKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.viewers import affiliations_of, viewer_of

PREFIX = "hci_"
_SEEN_EVERY = timedelta(minutes=1)


def make(*, by: Viewer, name: str) -> tuple[ImportKey, str]:
    """The kept key and its text, which nobody can read again. Raises Impossible without a name."""
    demand(by)
    if not name.strip():
        raise errors.Impossible(errors.required("name"))
    if by.organisation_id is None:
        raise errors.Forbidden("an organisation")
    text = PREFIX + secrets.token_urlsafe(32)
    with acting_as(by):
        row = ImportKey.objects.create(
            name=name.strip(), digest=_digest(text), user_id=actor(by), organisation_id=by.organisation_id
        )
        audit.changed(by, "import_key", [row.pk], "key_made", owners=[row.organisation_id])
    return row, text


def end(*, by: Viewer, key_id: int) -> None:
    """Somebody of the house that holds it ends it; from this moment it opens nothing."""
    demand(by)
    with acting_as(by):
        row = ImportKey.objects.select_for_update().filter(pk=key_id, organisation=by.organisation_id).first()
        if row is None:
            raise errors.NotFound("import_key", str(key_id))
        if row.ended_at is None:
            row.ended_at = clock.now()
            row.save(update_fields=["ended_at"])
            audit.changed(by, "import_key", [row.pk], "key_ended", owners=[row.organisation_id])


def viewer_for(text: str, *, source_address: str | None = None) -> Viewer:
    """Whoever made the key, in the house they made it for, with the one right to bring files and no key to any case.

    Raises Unauthenticated for a key that is none, has ended, or whose maker may not bring files any more.
    """
    row = ImportKey.objects.select_related("user").filter(digest=_digest(text), ended_at=None).first()
    if row is None or not row.user.is_active or row.user.kind != UserKind.STAFF:
        raise errors.Unauthenticated
    chosen = next((one for one in affiliations_of(row.user) if one.organisation_id == row.organisation_id), None)
    if chosen is None:
        raise errors.Unauthenticated
    maker = viewer_of(row.user, affiliation_id=chosen.pk, source_address=source_address)
    if not (maker.central and maker.may(Permission.CITY_IMPORT)):
        raise errors.Unauthenticated
    if row.seen_at is None or row.seen_at < clock.now() - _SEEN_EVERY:
        ImportKey.objects.filter(pk=row.pk).update(seen_at=clock.now())
    narrow = frozenset({Permission.CITY_IMPORT, Permission.CASE_VIEW})  # the second names the house, without a key
    return replace(
        maker, permissions=narrow, team_ids=(), provider_ids=(), case_ids=(), reach=NO_REACH, name=f"{row.name} (API)"
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
