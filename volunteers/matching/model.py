"""The arrays of one week. Sets are bits of an int64; minutes count from midnight; weekdays from Monday = 0.

One need is one seat. A helper's weekly window is the unit of a clash: one visit in it, whatever its minutes are.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.signedinteger[Any]]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
NOBODY = -1
DAYS = 7


@dataclass
class Needs:
    """`empty`: what it costs to leave the seat empty. `bundle` ≥ 0 ties seats: `same` helper for all of them (a block)
    or, else, that many different helpers at once (a visit by two); all are filled or none.
    """

    lat: Floats
    lon: Floats
    town: Ints
    weekday: Ints
    starts: Ints
    ends: Ints
    service: Ints  # number of the bit in Helpers.skills
    risk: Ints
    licences: Ints  # bits, all wanted
    languages: Ints  # bits, one of them wanted; 0 = any
    gender: Ints  # 0 = any
    minor: Bools
    stairs: Bools
    car: Bools
    empty: Ints
    bundle: Ints
    same: Bools

    def __len__(self) -> int:
        return len(self.lat)


@dataclass
class Helpers:
    """`level` and `licences` by weekday, shape (helpers, 7): papers run out in the middle of a week.

    `room`: visits still possible this week; `load`: visits of this month; `reluctance` and `turn`: points of the
    acceptance history and of fairness.
    """

    lat: Floats
    lon: Floats
    town: Ints
    radius: Floats
    skills: Ints
    practised: Ints
    level: Ints
    licences: Ints
    languages: Ints
    gender: Ints
    adult: Bools
    stairs_ok: Bools
    car: Bools
    room: Ints
    load: Ints
    reluctance: Ints
    turn: Ints

    def __len__(self) -> int:
        return len(self.lat)


@dataclass
class Windows:
    """Weekly windows that are free this week, sorted by helper; overlapping ones of a helper are one window."""

    helper: Ints
    weekday: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.helper)


@dataclass
class Links:
    """Pairs (need, helper) as arrays of shape (n, 2): who knows the house, who must not go, whom staff pinned."""

    known: Ints
    barred: Ints
    pinned: Ints


@dataclass
class Problem:
    """Everything of one week. The arrays are not changed once a solve has begun, but for `links`."""

    needs: Needs
    helpers: Helpers
    windows: Windows
    links: Links

    @cached_property
    def globe(self) -> "tuple[Angles, Angles]":
        """Of needs and of helpers: what distances are made of, drawn once."""
        return Angles.of(self.needs.lat, self.needs.lon), Angles.of(self.helpers.lat, self.helpers.lon)


@dataclass(frozen=True)
class Angles:
    """In radians; cosine and sine of half the latitude."""

    lat: Floats
    lon: Floats
    cosine: Floats
    sine: Floats

    @classmethod
    def of(cls, lat: Floats, lon: Floats) -> "Angles":
        return cls(np.radians(lat), np.radians(lon), np.cos(np.radians(lat / 2)), np.sin(np.radians(lat / 2)))


@dataclass
class Plan:
    """What came out. `window` and `cost` by need (NOBODY = empty); costs in points.

    `total` and `bound` cover the seats that the flow was free to fill; `fixed` the pins, blocks and visits by two.
    `refused`: pins that a hard rule forbids. `priced` counts the feasible pairs the bound was proven on, `arcs` those
    the solver saw, `added` those of them that pricing brought back.
    """

    window: Ints
    cost: Ints
    total: int
    bound: int
    fixed: int
    arcs: int
    added: int
    priced: int
    rounds: int
    method: str
    refused: list[tuple[int, int]] = field(default_factory=list)

    @property
    def gap_percent(self) -> float:
        return 100.0 * (self.total - self.bound) / self.total if self.total else 0.0

    @property
    def empty_seats(self) -> int:
        return int((self.window == NOBODY).sum())


@dataclass
class Book:
    """What is already given away while the stages run: windows, visits of the week, and which needs are settled."""

    taken: Bools
    given: Ints
    window: Ints
    cost: Ints
    settled: Bools

    @classmethod
    def empty(cls, problem: Problem) -> "Book":
        needs, helpers, windows = len(problem.needs), len(problem.helpers), len(problem.windows)
        return cls(
            taken=np.zeros(windows, bool),
            given=np.zeros(helpers, np.int64),
            window=np.full(needs, NOBODY, np.int64),
            cost=np.zeros(needs, np.int64),
            settled=np.zeros(needs, bool),
        )

    def give(self, problem: Problem, need: int, window: int, cost: int) -> None:
        self.window[need], self.cost[need], self.settled[need] = window, cost, True
        self.taken[window] = True
        self.given[problem.windows.helper[window]] += 1
