"""A pregnancy is written down, its expected day moved, and one day ended by whoever knows; nothing ends it alone (R21).

No entry of the timeline and no word of the log tells of it: more people read those than the section of health.
"""

from dataclasses import dataclass
from datetime import date

from cases import access
from cases.models import Case, Pregnancy
from cases.rules import pregnancy as rules
from cases.services import whose
from cases.services.locking import actor, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, get_visible, visible_to
from hopecare.kernel.models import Membership
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Told:
    """What they said. `since` None: reckoned from the expected day; `ended_on` with how it ended, or neither."""

    expected_on: date
    since: date | None = None
    ended_on: date | None = None
    ended_as: str = ""


def record(*, by: Viewer, number: str, person_id: int, told: Told) -> Pregnancy:
    """The one that is open with these days, or a new one. Raises Impossible with every problem."""
    access.demand_section(by, "health")
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS)
        get_visible(by, Membership, named="person", household=case.household_id, person=person_id, ends_on=None)
        row = visible_to(by, Pregnancy).filter(case=case, person=person_id, ended_on=None).first()
        since = told.since or (row.since if row else None)
        problems = rules.problems(
            since=since,
            expected_on=told.expected_on,
            ended_on=told.ended_on,
            ended_as=told.ended_as,
            today=clock.today(),
        )
        if problems:
            raise errors.Impossible(*problems)
        row = row or _begun(by, case, person_id)
        row.expected_on = told.expected_on
        row.since = since or _reckoned(told)
        if told.ended_on is not None:
            row.ended_on, row.ended_as, row.ended_by_id = told.ended_on, told.ended_as, actor(by)
        with whose.demand_seen(by, case, person_id):
            row.save()
        audit.changed(by, "case", [case.pk], "state_noted", owners=[case.provider_id], person=person_id)
    return row


def _begun(by: Viewer, case: Case, person_id: int) -> Pregnancy:
    keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
    return Pregnancy(**keys, person_id=person_id, recorded_by_id=actor(by))


def _reckoned(told: Told) -> date:
    return rules.since_when(told.expected_on, min(told.ended_on or clock.today(), clock.today()))
