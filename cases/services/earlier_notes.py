"""May somebody who was let in later read earlier notes? The case's own people say and change it, on record (R58)."""

from django.utils.translation import gettext_lazy as _

from cases import access
from cases.models import Case, CaseShare, EntryKind
from cases.services import timeline
from cases.services.locking import locked_case
from hopecare.kernel import audit, clock, errors, names
from hopecare.kernel.access import Viewer, acting_as, visible_to
from hopecare.kernel.models import Organisation, User
from hopecare.kernel.permissions import Permission


def problems(by: Viewer, case: Case, *, earlier: bool) -> list[errors.Problem]:
    """Whoever was let in themselves opens earlier notes to nobody."""
    if not earlier or access.is_of_the_case(by, case):
        return []
    words = _("Earlier notes are opened by the case's own team, not by somebody who was let in.")
    return [errors.Problem("not_yours", words, "earlier")]


def for_colleague(*, by: Viewer, number: str, user: User, earlier: bool) -> None:
    """A colleague who may see the case reads all notes from now on, or again those since the access began."""
    with acting_as(by):
        case = _own_case(by, number)
        if access.open_notes(by=by, case=case, user=user, earlier=earlier):
            _told(by, case, user.name, earlier)


def for_house(*, by: Viewer, number: str, organisation: Organisation, earlier: bool) -> None:
    """The same for an organisation that takes part; the agreement and the person's word bind it as before (K6)."""
    with acting_as(by):
        case = _own_case(by, number)
        share = visible_to(by, CaseShare).filter(case=case, organisation=organisation, ended_at=None).first()
        if share is None or earlier == (share.notes_from is None):
            return
        share.notes_from = None if earlier else share.shared_at.astimezone(clock.SEOUL).date()
        share.save(update_fields=["notes_from"])
        what = "notes_opened" if earlier else "notes_kept"
        owners = [case.provider_id, organisation.pk]
        audit.changed(by, "case", [case.pk], what, owners=owners, organisation=organisation.pk)
        _told(by, case, names.shown(None, organisation), earlier)


def _own_case(by: Viewer, number: str) -> Case:
    case = locked_case(by, number, Permission.CASE_LEAD)
    if found := problems(by, case, earlier=True):
        raise errors.Impossible(*found)
    return case


def _told(by: Viewer, case: Case, name: str, earlier: bool) -> None:
    timeline.append(by, case, EntryKind.MEMBER, what="notes_opened" if earlier else "notes_kept", name=name)
