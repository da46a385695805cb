"""Pictures of rooms at a visit: agreed to for that visit alone, kept for the team, gone when it is taken back (D9)."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from cases.models import Case, PhotoMoment, RoomConsent, RoomPhoto
from cases.rules import rooms as rules
from cases.selectors.rooms import rooms_of
from cases.selectors.tasks import task_card
from cases.services.locking import actor, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, case_key, system, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents
from hopecare.kernel.statements import ask, statement

_LOCK = 719_0038
#: An impatient second tap waits for the first one: each picture once, and never too many.
_ONE_AFTER_ANOTHER = statement("select pg_advisory_xact_lock(%(lock)s::int, %(consent)s::bigint::int)")
_NOT_AGREED = _("Nobody agreed to pictures at this visit, or they took it back. Please take none.")


def agree(*, by: Viewer, number: str, action_id: int) -> RoomConsent:
    """They agreed to pictures of rooms at this visit; noted again it stays as it is.

    Raises Impossible for a minor, and where volunteers may not come (K6, D15).
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE)
        standing = rooms_of(by, case, action_id).consent
        if standing is not None:
            return standing
        card = task_card(by, action_id)
        may = card is not None and card.may_be_asked
        if problems := rules.agree_problems(is_minor=card is not None and card.person_is_minor, may_be_asked=may):
            raise errors.Impossible(*problems)
        keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
        row = RoomConsent.objects.create(**keys, action_id=action_id, noted_by_id=actor(by))
        _audit(by, case, "room_photos_agreed", action_id)
        return row


def take_back(*, by: Viewer, number: str, action_id: int) -> bool:
    """They do not wish it any more: nobody sees the pictures from now on, and the night erases them."""
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_SERVICE, open_only=False)
        rooms_of(by, case, action_id)
        rows = visible_to(by, RoomConsent).filter(case=case, action_id=action_id, withdrawn_at=None)
        gone = bool(rows.update(withdrawn_at=clock.now(), withdrawn_by_id=actor(by)))
        if gone:
            _audit(by, case, "room_photos_taken_back", action_id)
        return gone


def keep(
    *, by: Viewer, action_id: int, moment: str, drafts: Sequence[documents.Draft], rooms_only: bool, by_name: str
) -> int:
    """What a volunteer sent from a visit; `by` is the machine that has looked whose visit it is. Returns how many are
    new. The pictures carry the case's keys: its team sees them, and whoever sent them does not see them again.

    Raises Impossible without an open consent, for too many, and without the word that nobody is in the picture.
    """
    with acting_as(by):
        consent = _open_consent(by, action_id)
        ask(_ONE_AFTER_ANOTHER, {"lock": _LOCK, "consent": consent.pk})
        known = set(RoomPhoto.objects.filter(consent=consent).values_list("sha256", flat=True))
        fresh = [draft for draft in dict.fromkeys(drafts) if draft.sha256 not in known]
        if drafts and not fresh:
            return 0  # the same ones again, as after an answer that was lost
        sent = rules.Sent(len(known), len(fresh), rooms_only, moment in PhotoMoment.values)
        if problems := rules.photo_problems(sent):
            raise errors.Impossible(*problems)
        for draft in fresh:
            _keep(by, consent, draft, moment, by_name)
        if fresh:
            owners = [consent.provider_id]
            audit.changed(by, "case", [consent.case_id], "room_photos", owners=owners, count=len(fresh))
        return len(fresh)


def _keep(by: Viewer, consent: RoomConsent, draft: documents.Draft, moment: str, by_name: str) -> None:
    keys = {"team_id": consent.team_id, "provider_id": consent.provider_id, "case_id": consent.case_id}
    scope = [consent.team_id, -consent.provider_id, case_key(consent.case_id)]
    with acting_as(system(Principal.INTAKE, source_address=by.source_address)):  # files from outside are the intake's
        document = documents.adopt(draft, scope_keys=scope)
    RoomPhoto.objects.create(
        **keys, consent=consent, document=document, sha256=draft.sha256, moment=moment, by_name=by_name[:80]
    )


def _open_consent(by: Viewer, action_id: int) -> RoomConsent:
    """Agreed to, and everything that was true then still is."""
    row = visible_to(by, RoomConsent).filter(action_id=action_id, withdrawn_at=None).first()
    card = task_card(by, action_id) if row is not None else None
    if (
        row is None
        or card is None
        or rules.agree_problems(is_minor=card.person_is_minor, may_be_asked=card.may_be_asked)
    ):
        raise errors.Impossible(errors.Problem("not_agreed", _NOT_AGREED))
    return row


def _audit(by: Viewer, case: Case, what: str, action_id: int) -> None:
    audit.changed(by, "case", [case.pk], what, owners=[case.provider_id], action=action_id)
