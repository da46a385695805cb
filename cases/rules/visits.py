"""A first visit is made by two, in time, and has exactly one result (K1, D2, D13). Values in, problems out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cases.facts import STAYS
from hopecare.kernel.errors import Problem, Weight, required

FARTHEST = timedelta(days=60)
CLOSING = frozenset({"wrong_place", "already_helped", "declined"})
NOBODY_INSIDE = frozenset({"nobody_home", "wrong_place"})


@dataclass(frozen=True)
class Companion:
    """One of the two: from the public side or not, and able to record a visit."""

    user_id: int
    is_public: bool
    may_visit: bool = True


def pair_problems(official: Companion | None, worker: Companion | None) -> list[Problem]:
    """One from the city or town office, one from the centre, both of the team that has the report."""
    problems = []
    if official is None or not official.is_public or not official.may_visit:
        problems.append(Problem("not_public", _("Choose somebody from the city or town office."), "official"))
    if worker is None or not worker.may_visit or (worker.is_public and worker != official):
        problems.append(Problem("not_private", _("Choose somebody from the centre."), "worker"))
    if official is not None and worker is not None and official.user_id == worker.user_id:
        problems.append(Problem("same_person", _("The same person twice. A first visit is made by two."), "worker"))
    return problems


def time_problems(at: datetime, now: datetime) -> list[Problem]:
    if at <= now:
        return [Problem("past", _("That time has passed already."), "day")]
    if at > now + FARTHEST:
        return [Problem("too_far", _("That is more than sixty days away."), "day")]
    return []


def hour_warning(is_working_time: bool) -> list[Problem]:
    if is_working_time:
        return []
    words = _("This is outside working hours. Please make sure that both agree.")
    return [Problem("off_hours", words, "hour", Weight.WARNING)]


def result_problems(
    result: str,
    *,
    again_at: datetime | None,
    ask_again_on: date | None,
    told_whom: str,
    told_at: datetime | None,
    now: datetime,
) -> list[Problem]:
    """What a result needs beside itself: nobody home a new time, danger whom and when (D13)."""
    problems: list[Problem] = []
    if result == "nobody_home":
        if again_at is None:
            problems.append(Problem("again", _("When will you try again?"), "day"))
        else:
            problems += time_problems(again_at, now)
    if result == "declined" and ask_again_on is not None and ask_again_on <= now.date():
        problems.append(Problem("past", _("That time has passed already."), "ask_again_on"))
    if result == "danger":
        if not told_whom.strip():
            problems.append(Problem("told", _("Whom did you tell? 119, 112, or somebody by name."), "told_whom"))
        if told_at is None:
            problems.append(required("told_hour"))
        elif told_at > now:
            problems.append(Problem("future", _("That time has not come yet."), "told_hour"))
    return problems


#: How long others wait after somebody should have been out, and until it is told further.
GRACE, AGAIN = timedelta(minutes=15), timedelta(minutes=30)
MOST_ALARMS = 3


def alarms_due(due_at: datetime, now: datetime) -> int:
    """How often others must have been told by now: first the team, then heads and the centre, then once more (D10)."""
    late = now - due_at - GRACE
    return 0 if late < timedelta() else min(1 + late // AGAIN, MOST_ALARMS)


def stay_problems(minutes: int, at: datetime, now: datetime) -> list[Problem]:
    """In only on the day of the visit, for one of the usual lengths."""
    problems = [] if minutes in STAYS else [required("minutes")]
    if abs(at - now) > timedelta(hours=12):
        problems.append(Problem("other_day", _("This visit is on another day.")))
    return problems
