"""A form of the ministry was carried over to the city's system by hand: noted on the case, by whom and when."""

from cases.models import EntryKind, TimelineEntry
from cases.rules.official_forms import forms
from cases.selectors.official_forms import WAY
from cases.services import timeline
from cases.services.locking import locked_case
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.permissions import Permission


def carry(*, by: Viewer, number: str, code: str) -> TimelineEntry:
    """NotFound for a form that there is not. Carried again after a change, it is noted again."""
    if code not in forms():
        raise errors.NotFound("form", code)
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS, open_only=False)
        entry = timeline.append(by, case, EntryKind.NOTE, way=WAY, form=code)
        audit.changed(by, "case", [case.pk], "form_carried", owners=[case.provider_id], form=code)
        return entry
