"""What an intake needs before it may be taken, and in which order a day drives its stops. Values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise, permutations
from math import asin, cos, radians, sin, sqrt

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

_EARTH_KM = 6371.0
_DETOUR, _KM_PER_HOUR = 1.35, 32.0  # roads are no straight lines; town and country roads mixed
_TRY_ALL = 7
#: How long a tablet may bring what was written on the day: as long as it keeps what waits. A week holds a tablet that
#: was forgotten in the vehicle over a holiday.
LATE_DAYS = 7


@dataclass(frozen=True)
class Arrived:
    """What was told at a door. `door`: code; `somebody`: a name or a telephone by which the person is found again."""

    door: str
    name: str
    words: str
    somebody: bool
    by_phone_for_another: bool = False
    caller_name: str = ""


def problems(told: Arrived) -> list[Problem]:
    """Everything that is missing at once. Nobody is asked for a number, a paper or a reason to be poor (R87)."""
    found = []
    if not told.somebody:
        found.append(Problem("nobody", _("A name or a telephone number, so that we find them again."), "name"))
    if not told.words.strip() and told.door != "simulator":
        found.append(Problem("no_words", _("What do they ask for, in their words?"), "words"))
    if told.by_phone_for_another and not told.caller_name.strip():
        found.append(Problem("no_caller", _("Who rings for them? Both names belong on the sheet."), "caller_name"))
    return found


def answer_problems(words: str, *, agreed: bool) -> list[Problem]:
    """Without a case an intake ends only with an answer that was enough for the person (R17)."""
    found = []
    if not words.strip():
        found.append(required("answer"))
    if not agreed:
        found.append(Problem("not_agreed", _("Was it enough for them? Otherwise open a case."), "agreed"))
    return found


def on_paper(name: str) -> str:
    """The given name alone, for a sheet that may get lost: 순덕 of 윤순덕, Linh of "Linh Nguyen"."""
    name = name.strip()
    if name and all("가" <= sign <= "힣" for sign in name):
        return name[-2:] if len(name) > 2 else name[-1:]
    return name.split()[0] if name else ""


def written_at(told: datetime, *, begins: datetime, now: datetime) -> datetime:
    """When something was written, by the tablet's own clock: not before its day began and not after now."""
    return min(max(told, begins), now)


def door_open(told: datetime, *, ends: datetime, now: datetime) -> bool:
    """Whether what was written on a day that is over is still taken: it was written before the day's end, and came
    within a week of it."""
    return ends - timedelta(days=1) < told <= ends < now <= ends + timedelta(days=LATE_DAYS)


Point = tuple[float, float]


def drive(one: Point, other: Point) -> timedelta:
    """Rough driving time between two points (degrees), to the minute, at least three."""
    lat, lon = radians(other[0] - one[0]), radians(other[1] - one[1])
    half = sin(lat / 2) ** 2 + cos(radians(one[0])) * cos(radians(other[0])) * sin(lon / 2) ** 2
    kilometres = 2 * _EARTH_KM * asin(sqrt(half)) * _DETOUR
    return timedelta(minutes=max(3, round(kilometres / _KM_PER_HOUR * 60)))


def order_of(start: Point, stops: Sequence[Point]) -> list[int]:
    """Indexes of the stops in the order of the shortest round: all orders for few stops, else nearest with 2-opt."""
    if len(stops) <= _TRY_ALL:
        best = min(permutations(range(len(stops))), key=lambda order: (round_time(start, stops, order), order))
        return list(best)
    left, at, order = set(range(len(stops))), start, []
    while left:
        near = min(left, key=lambda index: (drive(at, stops[index]), index))
        order.append(near)
        left.remove(near)
        at = stops[near]
    return _untangled(start, stops, order)


def _untangled(start: Point, stops: Sequence[Point], order: list[int]) -> list[int]:
    better = True
    while better:
        better = False
        for first in range(len(order) - 1):
            for last in range(first + 1, len(order)):
                turned = order[:first] + order[first : last + 1][::-1] + order[last + 1 :]
                if round_time(start, stops, turned) < round_time(start, stops, order):
                    order, better = turned, True
    return order


def round_time(start: Point, stops: Sequence[Point], order: Sequence[int]) -> timedelta:
    """Driving time of the whole round, back to where it began."""
    way = [start, *(stops[index] for index in order), start]
    return sum((drive(one, other) for one, other in pairwise(way)), timedelta())


def arrivals(leaves: datetime, start: Point, stops: Sequence[Point], minutes: Sequence[int]) -> list[datetime]:
    """When the unit arrives at each stop, in the order given, staying `minutes` at each."""
    found, at, moment = [], start, leaves
    for place, stay in zip(stops, minutes, strict=True):
        moment += drive(at, place)
        found.append(moment)
        moment += timedelta(minutes=stay)
        at = place
    return found
