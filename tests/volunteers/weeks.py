"""Invented weeks for the matcher, as values of the rules and as its arrays; and an exact answer found another way."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np

from hopecare.kernel import clock
from volunteers.facts import Helper, Obstacle, Task, Window
from volunteers.matching.model import Helpers, Links, Needs, Problem, Windows
from volunteers.rules import matching as rules

MONDAY = date(2026, 11, 23)
LICENCES, LANGUAGES, GENDERS = ("nurse", "electric"), ("ko", "vi"), ("", "F", "M")
DAY_STEPS = [timedelta(days=number) for number in range(2)]
HOURS = ((time(9), time(12)), (time(13), time(18)))


@dataclass
class Seat:
    """One seat: its task, what an empty one costs, and the bundle it is in."""

    task: Task
    empty: int
    bundle: int = -1
    same: bool = False


@dataclass
class Week:
    seats: list[Seat]
    helpers: list[Helper]
    pinned: list[tuple[int, int]] = field(default_factory=list)

    def problem(self) -> Problem:
        return Problem(_needs(self.seats), _helpers(self.helpers), _windows(self.helpers), _links(self))

    def problem_windows(self) -> list[int]:
        """The owner of each window."""
        return [int(number) for number in _windows(self.helpers).helper]


def free_always() -> Helper:
    """Somebody for everything, all week."""
    windows = tuple(Window(day, time(8), time(20)) for day in range(7))
    return Helper(0, "active", 0, 37.6, 127.2, 20.0, 1960, level=2, skills=frozenset({0, 1}), windows=windows)


def some_week(seed: int, *, seats: int = 6, helpers: int = 5) -> Week:
    """A small week with every rule on."""
    dice = random.Random(seed)
    people = [_helper(dice, number) for number in range(helpers)]
    rows = [_seat(dice, number) for number in range(seats)]
    if dice.random() < 0.4:
        rows += [replace(rows[0], bundle=1), replace(rows[0], bundle=1)]
    if dice.random() < 0.4:
        block = [_seat(dice, 50), _seat(dice, 50)]
        block[1] = Seat(replace(block[1].task, service_id=block[0].task.service_id), block[1].empty)
        rows += [replace(one, bundle=2, same=True) for one in block]
    pinned = [(dice.randrange(seats), dice.randrange(helpers))] if dice.random() < 0.3 else []
    return Week(rows, people, pinned)


def _seat(dice: random.Random, number: int) -> Seat:
    day, (opens, _) = dice.randrange(3), dice.choice(HOURS)
    starts = datetime.combine(MONDAY + timedelta(days=day), opens, clock.SEOUL) + timedelta(hours=dice.randrange(2))
    task = Task(
        service_id=dice.randrange(2),
        town_id=dice.randrange(3),
        lat=37.6 + dice.random() * 0.1,
        lon=127.2 + dice.random() * 0.1,
        starts=starts,
        ends=starts + timedelta(minutes=dice.choice([60, 120])),
        risk=dice.choice([0, 0, 0, 1]),
        case_id=number % 4,
        stairs=dice.random() < 0.3,
        with_minor=dice.random() < 0.1,
        licences=frozenset({"nurse"}) if dice.random() < 0.1 else frozenset(),
        languages=frozenset({"vi"}) if dice.random() < 0.1 else frozenset(),
        gender=dice.choice(["", "", "", "F"]),
        car=dice.random() < 0.1,
    )
    return Seat(task, rules.empty_seat(urgent=dice.random() < 0.3, critical=dice.random() < 0.1))


def _helper(dice: random.Random, number: int) -> Helper:
    windows = {(dice.randrange(3), dice.choice(HOURS)) for _ in range(dice.randrange(1, 4))}
    asked = dice.randrange(10)
    return Helper(
        id=number,
        state="active" if dice.random() < 0.95 else "paused",
        town_id=dice.randrange(3),
        lat=37.6 + dice.random() * 0.1,
        lon=127.2 + dice.random() * 0.1,
        radius_km=dice.choice([2.0, 5.0, 8.0]),
        birth_year=dice.choice([1960, 1990, 2008, None]),
        level=dice.choice([0, 1, 2]),
        level_until=dice.choice([None, MONDAY, MONDAY + timedelta(days=300)]),
        weekly_cap=dice.choice([1, 2, 3]),
        stairs_ok=dice.random() < 0.8,
        skills=frozenset({0, 1} if dice.random() < 0.5 else {dice.randrange(2)}),
        windows=tuple(Window(day, *hours) for day, hours in sorted(windows)),
        month_count=dice.randrange(5),
        served=frozenset({dice.randrange(2)}),
        known_cases=frozenset({dice.randrange(4)}),
        licences=frozenset({(dice.choice(LICENCES), dice.choice([None, MONDAY + timedelta(days=1)]))}),
        languages=frozenset(dice.sample(LANGUAGES, dice.randrange(1, 3))),
        gender=dice.choice(GENDERS),
        car=dice.random() < 0.6,
        barred=frozenset({dice.randrange(4)}) if dice.random() < 0.2 else frozenset(),
        asked=asked,
        accepted=dice.randrange(asked + 1),
        lately=dice.randrange(7),
    )


def points(seat: Seat, helper: Helper) -> int | None:
    """What the rules say of one pair, without burnout; None where they forbid it."""
    if rules.obstacles(seat.task, helper):
        return None
    return sum(cost.value for cost in rules.costs(seat.task, helper) if cost.term != "load")


def window_of(seat: Seat, helper: Helper) -> int | None:
    """Which of the helper's windows holds the visit."""
    alone = (replace(helper, windows=(one,)) for one in helper.windows)
    free = (number for number, one in enumerate(alone) if Obstacle.WINDOW not in rules.obstacles(seat.task, one))
    return next(free, None)


def exact(week: Week, taken: frozenset[tuple[int, int]], given: dict[int, int], seats: list[int]) -> int:
    """The least cost of these seats: every choice of every seat, by memory over which windows are used."""
    options = {
        seat: [
            (number, place, price)
            for number, helper in enumerate(week.helpers)
            if (price := points(week.seats[seat], helper)) is not None
            and (place := window_of(week.seats[seat], helper)) is not None
        ]
        for seat in seats
    }

    @cache
    def best(at: int, used: frozenset[tuple[int, int]]) -> int:
        if at == len(seats):
            return 0
        seat = seats[at]
        least = week.seats[seat].empty + best(at + 1, used)
        for number, place, price in options[seat]:
            helper = week.helpers[number]
            visits = given.get(number, 0) + sum(1 for one, _ in used if one == number)
            if (number, place) in used | taken or visits >= helper.weekly_cap:
                continue
            tired = rules.burnout(helper.month_count + visits)
            least = min(least, price + tired + best(at + 1, used | {(number, place)}))
        return least

    return best(0, frozenset())


def _needs(seats: list[Seat]) -> Needs:
    tasks = [seat.task for seat in seats]
    return Needs(
        lat=np.array([task.lat for task in tasks]),
        lon=np.array([task.lon for task in tasks]),
        town=np.array([task.town_id for task in tasks], np.int64),
        weekday=np.array([task.starts.weekday() for task in tasks], np.int64),
        starts=np.array([_minute(task.starts) for task in tasks], np.int64),
        ends=np.array([_minute(task.ends) for task in tasks], np.int64),
        service=np.array([task.service_id for task in tasks], np.int64),
        risk=np.array([task.risk for task in tasks], np.int64),
        licences=np.array([bits(task.licences, LICENCES) for task in tasks], np.int64),
        languages=np.array([bits(task.languages, LANGUAGES) for task in tasks], np.int64),
        gender=np.array([GENDERS.index(task.gender) for task in tasks], np.int64),
        minor=np.array([task.with_minor for task in tasks], bool),
        stairs=np.array([task.stairs for task in tasks], bool),
        car=np.array([task.car for task in tasks], bool),
        empty=np.array([seat.empty for seat in seats], np.int64),
        bundle=np.array([seat.bundle for seat in seats], np.int64),
        same=np.array([seat.same for seat in seats], bool),
    )


def _helpers(people: list[Helper]) -> Helpers:
    days = [MONDAY + timedelta(days=number) for number in range(7)]
    level = [
        [0 if one.level_until is not None and one.level_until < day else one.level for day in days] for one in people
    ]
    licences = [[bits(rules.licences_on(one, day), LICENCES) for day in days] for one in people]
    return Helpers(
        lat=np.array([one.lat for one in people]),
        lon=np.array([one.lon for one in people]),
        town=np.array([one.town_id for one in people], np.int64),
        radius=np.array([one.radius_km for one in people]),
        skills=np.array([sum(1 << number for number in one.skills) for one in people], np.int64),
        practised=np.array([sum(1 << number for number in one.served) for one in people], np.int64),
        level=np.array(level, np.int64),
        licences=np.array(licences, np.int64),
        languages=np.array([bits(one.languages, LANGUAGES) for one in people], np.int64),
        gender=np.array([GENDERS.index(one.gender) for one in people], np.int64),
        adult=np.array([rules.surely_adult(one.birth_year, MONDAY.year) for one in people], bool),
        stairs_ok=np.array([one.stairs_ok for one in people], bool),
        car=np.array([one.car for one in people], bool),
        room=np.array([_room(one) for one in people], np.int64),
        load=np.array([one.month_count for one in people], np.int64),
        reluctance=np.array([rules.reluctance(one.asked, one.accepted) for one in people], np.int64),
        turn=np.array([rules.turn(one.lately) for one in people], np.int64),
    )


def _room(helper: Helper) -> int:
    may_be_asked = helper.state == "active" and helper.lately < rules.MOST_QUESTIONS
    return helper.weekly_cap if may_be_asked else 0


def _windows(people: list[Helper]) -> Windows:
    rows = [(number, one) for number, person in enumerate(people) for one in person.windows]
    return Windows(
        helper=np.array([number for number, _ in rows], np.int64),
        weekday=np.array([one.weekday for _, one in rows], np.int64),
        starts=np.array([one.starts.hour * 60 for _, one in rows], np.int64),
        ends=np.array([one.ends.hour * 60 for _, one in rows], np.int64),
    )


def _links(week: Week) -> Links:
    def pairs(of: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        found = [
            (seat, number)
            for seat, one in enumerate(week.seats)
            for number, helper in enumerate(week.helpers)
            if one.task.case_id in getattr(helper, of)
        ]
        return np.array(found, np.int64).reshape(-1, 2)

    return Links(pairs("known_cases"), pairs("barred"), np.array(week.pinned, np.int64).reshape(-1, 2))


def bits(found: frozenset[str], names: tuple[str, ...]) -> int:
    return sum(1 << number for number, name in enumerate(names) if name in found)


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute
