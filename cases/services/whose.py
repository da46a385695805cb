"""Whom alone a word is about (D4)."""

from cases.models import Case
from cases.rules import whose as rules
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Membership


def demand_here(by: Viewer, case: Case, person_id: int | None) -> int | None:
    """The same key, of somebody who belongs to the household today; None is the household. Impossible otherwise."""
    members = visible_to(by, Membership).filter(household=case.household_id, ends_on=None)
    if person_id is not None and not members.filter(person=person_id).exists():
        raise errors.Impossible(rules.not_here())
    return person_id
