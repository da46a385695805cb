"""Every pair of a seat and a weekly window that breaks no hard rule, weekday by weekday and service by service.

A few seats (somebody said no) are looked at a weekday at once: there the many small pieces would take the time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from volunteers.matching import costs
from volunteers.matching.model import Book, Bools, Floats, Ints, Problem
from volunteers.rules import matching as rules

#: Cells of one comparison; keeps the peak of memory low and the processor's cache warm.
CELLS = 1_500_000
#: The first look at distance is rough (one cosine for a piece); the exact one follows on what it leaves.
KM_PER_DEGREE, SLACK_KM = 111.195, 0.15
#: Needs that begin within the same so many minutes are looked at together, against the windows of that time of day.
BAND = 240
#: Up to so many seats times windows a whole weekday is one piece.
FEW_CELLS = 20_000_000


@dataclass
class Pairs:
    """Sorted by need, then by window; 32-bit numbers, as there are millions. `cost` without burnout."""

    need: Ints
    window: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.need)


def feasible(problem: Problem, book: Book, wanted: Ints) -> Iterator[Pairs]:
    """All pairs of the `wanted` needs, in pieces; a need stands in one piece only."""
    needs, windows = problem.needs, problem.windows
    room = problem.helpers.room - book.given > 0
    usable = np.flatnonzero(~book.taken & room[windows.helper])
    hours = needs.starts[wanted] // BAND
    kinds = needs.service[wanted]
    if len(wanted) * len(usable) <= FEW_CELLS:
        hours, kinds = np.zeros_like(hours), np.zeros_like(kinds)
    keys = (needs.weekday[wanted] * 64 + kinds) * BAND + hours
    sequence = np.lexsort((wanted, keys))
    order, keys = wanted[sequence], keys[sequence]
    day, rows = -1, usable
    for group in np.split(order, np.flatnonzero(np.diff(keys)) + 1) if len(order) else ():
        if day != needs.weekday[group[0]]:
            day = int(needs.weekday[group[0]])
            rows = usable[windows.weekday[usable] == day]
        fitting = windows.starts[rows] <= needs.starts[group].max()
        fitting &= windows.ends[rows] >= needs.ends[group].min()
        fitting &= problem.helpers.skills[windows.helper[rows]] & _bits_of(needs.service[group]) != 0
        able = rows[fitting]
        step = max(1, CELLS // max(len(able), 1))
        for start in range(0, len(group), step):
            yield _pairs(problem, np.sort(group[start : start + step]), able, day)


def _pairs(problem: Problem, group: Ints, rows: Ints, day: int) -> Pairs:
    ok = _in_time_and_reach(problem, group, rows)
    _qualified(problem, group, rows, day, ok)
    at, column = np.nonzero(ok)
    need, window = group.astype(np.int32)[at], rows.astype(np.int32)[column]
    helper = problem.windows.helper[rows][column]
    km = costs.kilometres(problem, need, helper)
    keep = problem.needs.town[need] == problem.helpers.town[helper]
    keep |= km <= problem.helpers.radius[helper]
    keep &= ~_linked(problem, problem.links.barred, need, helper)
    if not keep.all():
        need, window, helper, km = need[keep], window[keep], helper[keep], km[keep]
    points = costs.points(problem, need, helper, km)
    points[_linked(problem, problem.links.known, need, helper)] -= rules.NEW_TO_HOUSE
    return Pairs(need, window, points)


def _in_time_and_reach(problem: Problem, group: Ints, rows: Ints) -> Bools:
    needs, helpers, windows = problem.needs, problem.helpers, problem.windows
    helper = windows.helper[rows]
    ok = _narrow(windows.starts[rows])[None, :] <= _narrow(needs.starts[group])[:, None]
    ok &= _narrow(windows.ends[rows])[None, :] >= _narrow(needs.ends[group])[:, None]
    lat, lon = float(needs.lat[group[0]]), float(needs.lon[group[0]])
    narrower = np.float32(np.cos(np.radians(lat)))
    down = _rough(needs.lat[group], lat)[:, None] - _rough(helpers.lat[helper], lat)[None, :]
    across = (_rough(needs.lon[group], lon)[:, None] - _rough(helpers.lon[helper], lon)[None, :]) * narrower
    reach = ((helpers.radius[helper] * 1.01 + SLACK_KM) ** 2).astype(np.float32)
    near = down * down + across * across <= reach[None, :]
    near |= _narrow(needs.town[group])[:, None] == _narrow(helpers.town[helper])[None, :]
    ok &= near
    return np.asarray(ok)


def _qualified(problem: Problem, group: Ints, rows: Ints, day: int, ok: Bools) -> None:
    """Narrow `ok` by what is asked of the helper: only the seats that ask for something are looked at."""
    needs, helpers = problem.needs, problem.helpers
    helper = problem.windows.helper[rows]
    if needs.service[group].min() != needs.service[group].max():
        ok &= helpers.skills[helper][None, :] & (np.int64(1) << needs.service[group])[:, None] != 0
    asked = np.flatnonzero(needs.risk[group] > 0)
    ok[asked] &= helpers.level[helper, day][None, :] >= needs.risk[group[asked]][:, None]
    asked = np.flatnonzero(needs.licences[group])
    wanted = needs.licences[group[asked]][:, None]
    ok[asked] &= (helpers.licences[helper, day][None, :] & wanted) == wanted
    asked = np.flatnonzero(needs.languages[group])
    ok[asked] &= (helpers.languages[helper][None, :] & needs.languages[group[asked]][:, None]) != 0
    asked = np.flatnonzero(needs.gender[group])
    ok[asked] &= helpers.gender[helper][None, :] == needs.gender[group[asked]][:, None]
    ok[needs.minor[group]] &= helpers.adult[helper]
    ok[needs.car[group]] &= helpers.car[helper]


def _linked(problem: Problem, links: Ints, need: Ints, helper: Ints) -> Bools:
    """Which of the pairs stand in `links`. The links are few, the pairs many and sorted by need and helper."""
    marks = np.zeros(len(need), bool)
    if not len(links) or not len(need):
        return marks
    width = len(problem.helpers)
    keys = need.astype(np.int64) * width + helper
    inside = links[(links[:, 0] >= need[0]) & (links[:, 0] <= need[-1])]
    wanted = inside[:, 0] * width + inside[:, 1]
    first, after = np.searchsorted(keys, wanted, "left"), np.searchsorted(keys, wanted, "right")
    for offset in range(int((after - first).max(initial=0))):
        at = first + offset
        marks[at[at < after]] = True
    return marks


def cheapest(pairs: Pairs, extra: Ints, most: int) -> Pairs:
    """At most `most` pairs a need, the cheapest with `extra` points by pair; ties go to the earlier window."""
    bounds = np.append(starts(pairs.need), len(pairs))
    price = pairs.cost + extra
    kept = []
    for start, stop in pairwise(bounds.tolist()):
        if stop - start <= most:
            kept.append(np.arange(start, stop))
        else:
            kept.append(start + np.sort(np.argpartition(price[start:stop], most - 1)[:most]))
    chosen = np.concatenate(kept) if kept else np.zeros(0, np.int64)
    return Pairs(pairs.need[chosen], pairs.window[chosen], pairs.cost[chosen])


class Shelf:
    """All pairs of some needs, found once; `of` gives those of one need that are still free."""

    def __init__(self, problem: Problem, book: Book, wanted: Ints) -> None:
        self._problem, self._book = problem, book
        self._pairs = joined(list(feasible(problem, book, wanted)))

    def of(self, need: int) -> Pairs:
        first, after = np.searchsorted(self._pairs.need, [need, need + 1])
        window = self._pairs.window[first:after]
        helper = self._problem.windows.helper[window]
        free = ~self._book.taken[window] & (self._problem.helpers.room[helper] > self._book.given[helper])
        return Pairs(self._pairs.need[first:after][free], window[free], self._pairs.cost[first:after][free])


def starts(need: Ints) -> Ints:
    """Where each need's pairs begin."""
    return np.flatnonzero(np.diff(need, prepend=-1))


def joined(parts: list[Pairs]) -> Pairs:
    """One list, sorted by need."""
    if not parts:
        none = np.zeros(0, np.int64)
        return Pairs(none, none, none)
    need = np.concatenate([part.need for part in parts])
    window = np.concatenate([part.window for part in parts])
    cost = np.concatenate([part.cost for part in parts])
    order = np.lexsort((window, need))
    return Pairs(need[order], window[order], cost[order])


def _bits_of(services: Ints) -> int:
    return int(np.bitwise_or.reduce(np.int64(1) << services))


def _narrow(values: Ints) -> "np.ndarray[tuple[int, ...], np.dtype[np.int32]]":
    return values.astype(np.int32)


def _rough(degrees: Floats, origin: float) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Degrees as kilometres from a point of the city: float32 keeps them to centimetres."""
    return ((degrees - origin) * KM_PER_DEGREE).astype(np.float32)
