"""Keys of other people's systems: made at the desk, shown once, ended there; known to us by their digest alone."""

import hashlib
import secrets
from enum import StrEnum

from django.db.models import F

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, get_visible, system, visible_to
from hopecare.kernel.models import ApiKey
from hopecare.kernel.permissions import Permission

BEGINNING = 6
MOST = 200


class Purpose(StrEnum):
    OPEN311 = "open311"  # may tell of places


def make(*, by: Viewer, name: str, purpose: Purpose) -> str:
    """A fresh key for somebody's system, returned this once; it belongs to the acting organisation."""
    check(by, Permission.ACCOUNT_OPEN)
    if not name.strip():
        raise errors.Impossible(errors.required("name"))
    if by.user_id is None or by.organisation_id is None:
        raise errors.Forbidden("an account")
    key = secrets.token_urlsafe(24)
    with acting_as(by), acting_as(system(Principal.DEVICES)):
        row = ApiKey.objects.create(
            purpose=purpose.value,
            name=name.strip()[:80],
            organisation_id=by.organisation_id,
            digest=_digest(key),
            beginning=key[:BEGINNING],
            made_by_id=by.user_id,
        )
        audit.changed(by, "api_key", [row.pk], "key_made", owners=[by.organisation_id], purpose=purpose.value)
    return key


def end(*, by: Viewer, key_id: int) -> None:
    """Nobody writes with it from now on. Raises NotFound for keys of other organisations, too."""
    check(by, Permission.ACCOUNT_OPEN)
    machine = system(Principal.DEVICES)
    with acting_as(by), acting_as(machine):
        row = get_visible(machine, ApiKey, named="api_key", pk=key_id, organisation=by.organisation_id)
        if row.ended_at is None:
            row.ended_at = clock.now()
            row.save(update_fields=["ended_at"])
            audit.changed(by, "api_key", [row.pk], "key_ended", owners=[row.organisation_id])


def keys_of(by: Viewer) -> list[ApiKey]:
    """The organisation's keys, those that hold first, the newest first."""
    check(by, Permission.ACCOUNT_OPEN)
    machine = system(Principal.DEVICES)
    with acting_as(machine):
        rows = visible_to(machine, ApiKey).filter(organisation=by.organisation_id)
        return list(rows.order_by(F("ended_at").desc(nulls_first=True), "-pk")[:MOST])


def holder(key: str, purpose: Purpose) -> int | None:
    """The id of a key that holds for this purpose; its use is counted."""
    machine = system(Principal.DEVICES)
    with acting_as(machine):
        rows = visible_to(machine, ApiKey).filter(digest=_digest(key), purpose=purpose.value, ended_at=None)
        found = rows.values_list("pk", flat=True).first()
        if found is not None:
            rows.update(used=F("used") + 1, last_used_on=clock.today())
        return found


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
