"""Who can be asked, in which order, how many at once and until when. Values in, verdicts out; no clock, no database.

The order is a plain sum of named costs, so that it can be told in words: distance, load of this month, practice with
the service, whether they know the house already, stairs, past answers, and whose turn it is. `volunteers.matching`
sums the same points for a whole week.
"""

import math
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from volunteers.facts import Candidate, Cost, Helper, Obstacle, Task, Term, Wave
from volunteers.states import VolunteerState

#: One point is about 100 m of way.
POINTS_PER_KM, FARTHEST_POINTS = 10, 60
#: The n-th visit of a month costs this much times 2n-1: the load grows dearer, so that work spreads (burnout).
POINTS_PER_LOAD = 3
#: What answers of the past and questions of the last thirty days add at the most.
RELUCTANT_POINTS, POINTS_PER_QUESTION, MOST_FOR_QUESTIONS = 40, 3, 15
#: Nobody is asked more often than this within thirty days.
MOST_QUESTIONS = 6
NEW_TO_SERVICE, NEW_TO_HOUSE, STAIRS_HARD = 4, 10, 25
ADULT = 19  # full age (민법 4); somebody whose year says 19 may still be 18, so a full year more is asked (K10)
#: Hours to answer; nobody is asked for an answer in quiet hours, and a visit needs some time to prepare.
ANSWER_HOURS, URGENT_ANSWER_HOURS, NOTICE_HOURS = 4, 1, 2
QUIET_FROM, QUIET_TO = time(21), time(8)
#: Shorter than this is no time to answer in: a person telephones instead.
SHORTEST_ANSWER = timedelta(minutes=20)
WEEKDAYS = 7
#: The paper of a hope manager (data/safety.yaml): work for whoever has room for one more house.
MANAGER = "hope_manager"


def km_between(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Straight distance in km; good to a percent within a city."""
    x = math.radians(other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    y = math.radians(other_lat - lat)
    return math.hypot(x, y) * 6371.0


def obstacles(task: Task, helper: Helper) -> tuple[Obstacle, ...]:
    """Everything that forbids asking this helper; empty = may be asked."""
    far = helper.town_id != task.town_id and distance(task, helper) > helper.radius_km
    found = {
        Obstacle.NOT_ACTIVE: helper.state != VolunteerState.ACTIVE,
        Obstacle.SKILL: task.service_id not in helper.skills,
        Obstacle.LEVEL: not qualified(task, helper),
        Obstacle.FAR: far,
        Obstacle.WINDOW: not is_free(task, helper),
        Obstacle.CLASH: clashes(task.starts, task.ends, helper.booked),
        Obstacle.CAP: week_count(task, helper) >= helper.weekly_cap,
        Obstacle.MINOR: task.with_minor and not surely_adult(helper.birth_year, task.starts.year),
        Obstacle.LICENCE: not task.licences <= licences_on(helper, task.starts.date()),
        Obstacle.INSURANCE: not insured(helper, task.starts.date()),
        Obstacle.HOUSES: helper.full and MANAGER in task.licences,
        Obstacle.LANGUAGE: bool(task.languages) and not task.languages & helper.languages,
        Obstacle.GENDER: bool(task.gender) and task.gender != helper.gender,
        Obstacle.CAR: task.car and not helper.car,
        Obstacle.OFTEN: helper.lately >= MOST_QUESTIONS,
        Obstacle.BARRED: task.case_id in helper.barred,
        Obstacle.ASKED: helper.asked_elsewhere,
    }
    return tuple(obstacle for obstacle, holds in found.items() if holds)


def distance(task: Task, helper: Helper) -> float:
    return km_between(task.lat, task.lon, helper.lat, helper.lon)


def qualified(task: Task, helper: Helper) -> bool:
    """Level against risk on the day of the visit, not on the day of asking: certificates run out."""
    expired = helper.level_until is not None and helper.level_until < task.starts.date()
    return (0 if expired else helper.level) >= task.risk


def insured(helper: Helper, day: date) -> bool:
    return helper.insured_until is None or helper.insured_until >= day


def licences_on(helper: Helper, day: date) -> frozenset[str]:
    return frozenset(kind for kind, until in helper.licences if until is None or until >= day)


def is_free(task: Task, helper: Helper) -> bool:
    """One weekly window holds the whole visit; nobody is asked for a visit over midnight."""
    if task.starts.date() != task.ends.date():
        return False
    weekday, starts, ends = task.starts.weekday(), task.starts.time(), task.ends.time()
    return any(
        window.weekday == weekday and window.starts <= starts and ends <= window.ends for window in helper.windows
    )


def clashes(starts: datetime, ends: datetime, booked: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(starts < until and since < ends for since, until in booked)


def week_count(task: Task, helper: Helper) -> int:
    """Visits already promised in the Monday-to-Sunday week of the task."""
    week = task.starts.isocalendar()[:2]
    return sum(1 for since, _ in helper.booked if since.isocalendar()[:2] == week)


def surely_adult(birth_year: int | None, year: int) -> bool:
    """From the year of birth alone: of full age on every day of `year`."""
    return birth_year is not None and year - birth_year > ADULT


def costs(task: Task, helper: Helper) -> tuple[Cost, ...]:
    km = distance(task, helper)
    terms = [
        Cost(Term.DISTANCE, min(math.floor(km * POINTS_PER_KM + 0.5), FARTHEST_POINTS), round(km, 1)),
        Cost(Term.LOAD, burnout(helper.month_count), helper.month_count),
        Cost(Term.PRACTICE, 0 if task.service_id in helper.served else NEW_TO_SERVICE),
        Cost(Term.FAMILIAR, 0 if task.case_id in helper.known_cases else NEW_TO_HOUSE),
    ]
    if task.stairs:
        terms.append(Cost(Term.STAIRS, 0 if helper.stairs_ok else STAIRS_HARD))
    terms.append(Cost(Term.ACCEPTANCE, reluctance(helper.asked, helper.accepted), helper.asked))
    terms.append(Cost(Term.FAIRNESS, turn(helper.lately), helper.lately))
    return tuple(terms)


def burnout(month_count: int) -> int:
    """Points of one visit more for somebody with so many this month."""
    return POINTS_PER_LOAD * (2 * month_count + 1)


def reluctance(asked: int, accepted: int) -> int:
    """Points of past answers; somebody new counts as willing three times out of four."""
    return RELUCTANT_POINTS * (asked - accepted + 1) // (asked + 4)


def turn(lately: int) -> int:
    """Points for having been asked lately: the least recently asked come first."""
    return min(lately * POINTS_PER_QUESTION, MOST_FOR_QUESTIONS)


#: What an empty seat costs: far above any pair, so that seats are filled before ways are shortened.
EMPTY_SEAT, EMPTY_URGENT, EMPTY_CRITICAL = 1_000, 3_000, 9_000


def empty_seat(*, urgent: bool, critical: bool) -> int:
    """Points of nobody coming; who cannot cook, needs medicine or comes home from hospital weighs most."""
    return EMPTY_CRITICAL if critical else EMPTY_URGENT if urgent else EMPTY_SEAT


def rank(task: Task, helpers: Iterable[Helper]) -> list[Candidate]:
    """Those who may be asked, best first; a tie goes to the lower load, then to the older registration."""
    able = [Candidate(helper, costs(task, helper)) for helper in helpers if not obstacles(task, helper)]
    return sorted(able, key=lambda one: (one.total, one.helper.month_count, one.helper.id))


def refused(task: Task, helpers: Iterable[Helper]) -> list[Candidate]:
    """The others, with what stands in the way."""
    judged = (Candidate(helper, costs(task, helper), obstacles(task, helper)) for helper in helpers)
    return sorted((one for one in judged if one.obstacles), key=lambda one: (len(one.obstacles), one.total))


def wave(
    *,
    now: datetime,
    starts: datetime,
    urgent: bool,
    after_silence: bool,
    free_seats: int,
    open_offers: int,
    quiet: tuple[int, int] | None = (QUIET_FROM.hour, QUIET_TO.hour),
) -> Wave | None:
    """The next wave, None when there is no time left to ask by message.

    Urgent asks three a seat at once. Otherwise one a seat; after somebody's silence two, as time runs. Offers still
    open count, so that a NO asks one more and nobody is flooded.
    """
    answer_by = answer_until(now, starts, urgent=urgent, quiet=quiet)
    if answer_by - now < SHORTEST_ANSWER:
        return None
    per_seat = 3 if urgent else 2 if after_silence else 1
    return Wave(max(free_seats * per_seat - open_offers, 0), answer_by)


def answer_until(now: datetime, starts: datetime, *, urgent: bool, quiet: tuple[int, int] | None) -> datetime:
    """The hour until which an answer counts: some hours from when the telephone may ring, before the visit is near."""
    begins = now
    if quiet and is_quiet(now, quiet):
        begins = now.replace(hour=quiet[1], minute=0, second=0, microsecond=0)
        begins += timedelta(days=1) if begins <= now else timedelta()
    hours = URGENT_ANSWER_HOURS if urgent else ANSWER_HOURS
    until = begins + timedelta(hours=hours)
    if quiet and is_quiet(until - timedelta.resolution, quiet):
        until += timedelta(hours=(quiet[1] - quiet[0]) % 24)  # the night does not count
    return min(until, starts - timedelta(hours=NOTICE_HOURS))


def is_quiet(moment: datetime, quiet: tuple[int, int]) -> bool:
    start, end = quiet
    hour = moment.hour
    return start <= hour < end if start < end else start != end and (hour >= start or hour < end)


def first_free_letter(taken: Iterable[str]) -> str:
    """A, B, C …: which answer belongs to which question when one telephone has several; "" is the first."""
    used = set(taken)
    letters: tuple[str, ...] = ("", *"BCDEFGHJKM")
    for letter in letters:
        if letter not in used and not (letter == "" and used):
            return letter
    return "Z"


GUARDIAN_AGE, FULL_AGE = 14, 19


def age_band(birth_year: int | None, this_year: int) -> str:
    """ "" for adults, "under14" or "under19" for those who may be younger than that this year (K10)."""
    if birth_year is None:
        return ""
    years = this_year - birth_year
    if years <= GUARDIAN_AGE:
        return "under14"
    return "under19" if years < FULL_AGE else ""


#: Who is early may say so; later than a day after, a person asks.
EARLY, LATE = timedelta(hours=1), timedelta(hours=24)


def may_arrive(now: datetime, starts: datetime, ends: datetime, *, demo: bool) -> bool:
    return demo or starts - EARLY <= now <= ends + LATE


def minutes_given(planned: int, arrived: datetime | None, left: datetime | None) -> int:
    """What the confirmation proposes: from arrival to end in tens of minutes, as planned where one is not known.

    Never more than an hour over the plan: somebody forgot to say that it was over.
    """
    if arrived is None or left is None or left <= arrived:
        return planned
    told = round((left - arrived).total_seconds() / 600) * 10
    return min(max(told, 10), planned + 60)


def may_report(now: datetime, starts: datetime, *, demo: bool) -> bool:
    """Whether "I was there" can be true by now. The demo walks through a week in ten minutes."""
    return demo or now >= starts
