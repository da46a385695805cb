"""A protected address: from now on the lead and one deputy alone see the person (D5)."""

from django.utils.translation import gettext_lazy as _

from cases.models import Case, EntryKind
from cases.rules import access as rules
from cases.selectors.work import person_of
from cases.services import timeline
from cases.services.locking import locked_case
from cases.services.unsealing import end_wishes
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.models import User
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import seal


def protect(*, by: Viewer, number: str, person_id: int, deputy: User, reason: str) -> Case:
    """Seal somebody of this case for its lead and `deputy`. Doing it again names another deputy; it never opens.

    The reason stands on the case's own line, which is closed with it, and in no log that others read.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.PERSON_SEAL)
        person = person_of(by, case, person_id)
        problems = rules.reason_problems(reason)
        if deputy.pk == case.lead_id:
            words = _("The lead is one of the two already. Choose a second person.")
            problems.append(errors.Problem("is_lead", words, "deputy"))
        if problems:
            raise errors.Impossible(*problems)
        timeline.append(by, case, EntryKind.NOTE, words=reason.strip(), whose=person.pk)
        end_wishes(by, person)
        seal(by=by, person=person, lead_id=case.lead_id, deputy_id=deputy.pk)
    return case
