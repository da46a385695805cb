"""A plan and its actions: who may own what, what a volunteer needs to know, and when the stage moves (K1, R57)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from cases.rules.days import future_problems
from cases.states import CaseStage
from hopecare.kernel.errors import Problem, required

LONGEST_MINUTES = 8 * 60
LONGEST_TITLE = 200


@dataclass(frozen=True)
class ActionFacts:
    """What somebody wants to write into an action. `volunteer_risk` is the service's, None = not for volunteers."""

    title: str
    owner_kind: str
    due_on: date | None
    has_owner: bool
    has_organisation: bool
    has_service: bool
    volunteer_risk: int | None = None
    at: datetime | None = None
    minutes: int | None = None
    quarter: str = ""


def action_problems(facts: ActionFacts, *, now: datetime, may_ask_volunteers: bool) -> list[Problem]:
    """Everything that is wrong at once, each with its form field."""
    found = []
    if not facts.title.strip():
        found.append(required("title"))
    if facts.due_on is None:
        found.append(required("due_on"))
    elif facts.due_on < now.date():
        found.append(Problem("past_day", _("That day has passed."), "due_on"))
    if facts.owner_kind == "staff" and not facts.has_owner:
        found.append(Problem("no_owner", _("Say who does it, by name."), "owner"))
    if facts.owner_kind == "partner" and not facts.has_organisation:
        found.append(Problem("no_organisation", _("Say which organisation does it."), "owner_organisation"))
    if facts.owner_kind == "volunteer":
        found += _volunteer_problems(facts, now, may_ask_volunteers)
    return found


def _volunteer_problems(facts: ActionFacts, now: datetime, may_ask: bool) -> list[Problem]:
    found = []
    if not may_ask:
        words = _("This person has not agreed that volunteers learn the place and the hour. Please ask first.")
        found.append(Problem("no_consent", words, "owner_kind"))
    if not facts.has_service:
        found.append(Problem("no_service", _("Say which service the volunteer gives."), "service"))
    elif facts.volunteer_risk is None:
        found.append(Problem("not_for_volunteers", _("This service is not one for volunteers."), "service"))
    if facts.at is None:
        found.append(Problem("no_time", _("A volunteer needs a day and an hour."), "at"))
    elif facts.at < now:
        found.append(Problem("past_time", _("That hour has passed."), "at"))
    if facts.minutes is None:
        found.append(Problem("no_minutes", _("Say how long it takes."), "minutes"))
    elif not 10 <= facts.minutes <= LONGEST_MINUTES:
        found.append(Problem("bad_minutes", _("Between 10 minutes and 8 hours."), "minutes"))
    if not facts.quarter.strip():
        found.append(Problem("no_quarter", _("Say where, as a stranger may know it."), "quarter"))
    return found


def sign_off_problems(*, herself: bool, reason: str, on: date | None, today: date) -> list[Problem]:
    """Agreed by the person on a day, or the reason why not; never neither, never both."""
    found = []
    if herself and on is None:
        found.append(required("signed_on"))
    if herself:
        found += future_problems(on, today, "signed_on")
    if not herself and reason in {"", "not_yet"}:
        found.append(Problem("no_reason", _("Say why there is no agreement yet."), "unsigned_reason"))
    return found


def stage_with_goal(stage: str) -> CaseStage | None:
    """A goal is set: the conference is over (K1)."""
    return CaseStage.PLANNING if stage in {CaseStage.INTAKE, CaseStage.SURVEY, CaseStage.CONFERENCE} else None


def stage_with_sign_off(stage: str) -> CaseStage | None:
    """The plan is agreed, or it is on record why not: delivery begins (K1)."""
    return CaseStage.DELIVERY if stage == CaseStage.PLANNING else None
