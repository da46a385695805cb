"""The minimum-cost flow: seats to windows, windows to helpers, helpers to the sink along arcs that grow dearer.

The only file that knows OR-Tools. Each seat also has an arc of its own for staying empty, so a flow always exists.
"""

from typing import Any

import numpy as np

from volunteers.matching import costs
from volunteers.matching.model import NOBODY, Book, Ints, Problem
from volunteers.matching.pairs import Pairs

try:
    from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]
except ImportError:  # a machine without the solver still matches, by the greedy order
    min_cost_flow = None


class NoSolver(Exception):
    """The library is missing, or it gave up."""


def ready() -> bool:
    return min_cost_flow is not None


def solve(problem: Problem, book: Book, pairs: Pairs, open_needs: Ints) -> Ints:
    """The window of each of `open_needs` (NOBODY = empty) in the cheapest flow over `pairs`. Raises NoSolver."""
    if min_cost_flow is None:
        raise NoSolver
    windows, window_at = np.unique(pairs.window, return_inverse=True)
    owners, owner_at = np.unique(problem.windows.helper[windows], return_inverse=True)
    seats = np.searchsorted(open_needs, pairs.need)
    n, w, h = len(open_needs), len(windows), len(owners)
    sink = n + w + h
    steps_helper, steps_cost = _steps(problem, book, owners)
    network = min_cost_flow.SimpleMinCostFlow()
    _arcs(network, seats, n + window_at, 1, pairs.cost)
    _arcs(network, np.arange(n), np.full(n, sink), 1, problem.needs.empty[open_needs])
    _arcs(network, n + np.arange(w), n + w + owner_at, 1, np.zeros(w, np.int64))
    _arcs(network, n + w + steps_helper, np.full(len(steps_helper), sink), 1, steps_cost)
    supplies = np.zeros(sink + 1, np.int64)
    supplies[:n], supplies[sink] = 1, -n
    network.set_nodes_supplies(np.arange(sink + 1, dtype=np.int32), supplies)
    if network.solve() != network.OPTIMAL:
        raise NoSolver
    used = network.flows(np.arange(len(pairs), dtype=np.int32)) > 0
    chosen = np.full(n, NOBODY, np.int64)
    chosen[seats[used]] = pairs.window[used]
    return chosen


def _steps(problem: Problem, book: Book, owners: Ints) -> tuple[Ints, Ints]:
    """(helper's place, points) of each further visit that somebody may make this week."""
    room = np.maximum(problem.helpers.room[owners] - book.given[owners], 0)
    place = np.repeat(np.arange(len(owners)), room)
    nth = np.arange(len(place)) - np.repeat(np.cumsum(room) - room, room)
    before = problem.helpers.load[owners] + book.given[owners]
    return place, costs.burnout(before[place] + nth)


def _arcs(network: Any, tails: Ints, heads: Ints, capacity: int, points: Ints) -> None:
    network.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), np.full(len(tails), capacity, np.int64), points.astype(np.int64)
    )
