"""What a window is worth, and the bound that follows from it over all feasible pairs.

Prices are the shortest ways to the sink in the residual graph of a solution. Whatever the prices are, the dual sum is
a lower bound for the whole problem, pruned or not; where it equals the cost, the solution is the best there is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from volunteers.matching import costs
from volunteers.matching.model import NOBODY, Book, Ints, Problem
from volunteers.matching.pairs import Pairs, starts

FAR = np.int64(1) << 40


@dataclass
class Prices:
    """Points by window, by helper and by open seat; a window never costs less than its helper."""

    window: Ints
    helper: Ints
    seat: Ints


@dataclass
class Proof:
    """The bound, the arcs that would still help, and how many pairs were looked at."""

    bound: int
    helpful: list[Pairs]
    priced: int


def after(problem: Problem, book: Book, pairs: Pairs, open_needs: Ints, chosen: Ints, method: str) -> Prices:
    """The prices that prove a flow; what the greedy chose has none, so the prices of an untouched week stand in."""
    if method == "flow":
        return of_flow(problem, book, pairs, open_needs, chosen)
    free = problem.helpers.room > book.given
    helper = np.where(free, costs.burnout(problem.helpers.load + book.given), FAR)
    return Prices(helper[problem.windows.helper], helper, np.zeros(len(open_needs), np.int64))


def of_flow(problem: Problem, book: Book, pairs: Pairs, open_needs: Ints, chosen: Ints) -> Prices:
    """From the cheapest flow over `pairs`: Bellman and Ford, all arcs of a round at once."""
    owner = problem.windows.helper
    used = chosen[chosen != NOBODY]
    given = book.given + np.bincount(owner[used], minlength=len(problem.helpers))
    next_step = np.where(problem.helpers.room > given, costs.burnout(problem.helpers.load + given), FAR)
    helper = next_step.copy()
    window = helper[owner]
    window[used] = FAR
    seat = problem.needs.empty[open_needs].copy()
    own = _own_costs(pairs, open_needs, chosen)
    first = starts(pairs.need)
    at = np.searchsorted(open_needs, pairs.need[first]) if len(first) else first
    filled = np.flatnonzero(chosen != NOBODY)
    while True:
        before = (int(seat.sum()), int(np.minimum(window, FAR).sum()))
        if len(first):
            seat[at] = np.minimum(seat[at], np.minimum.reduceat(pairs.cost + window[pairs.window], first))
        through = seat[filled] - own[filled]
        np.minimum.at(helper, owner[chosen[filled]], through)
        window = helper[owner]
        window[chosen[filled]] = through
        if (int(seat.sum()), int(np.minimum(window, FAR).sum())) == before:
            return Prices(window, helper, seat)


def _own_costs(pairs: Pairs, open_needs: Ints, chosen: Ints) -> Ints:
    """Points of the pair each filled seat uses."""
    own = np.zeros(len(open_needs), np.int64)
    seats = np.searchsorted(open_needs, pairs.need)
    used = pairs.window == chosen[seats]
    own[seats[used]] = pairs.cost[used]
    return own


def prove(problem: Problem, book: Book, found: Prices, open_needs: Ints, everything: Iterable[Pairs]) -> Proof:
    """Price all feasible pairs. `helpful`: pairs that undercut their seat's best, left out by pruning until now."""
    best = problem.needs.empty[open_needs].astype(np.int64).copy()
    helpful, priced = [], 0
    place = np.zeros(len(problem.needs), np.int32)
    place[open_needs] = np.arange(len(open_needs), dtype=np.int32)
    for part in everything:
        priced += len(part)
        if not len(part):
            continue
        first = starts(part.need)
        reduced = part.cost + found.window[part.window]
        seats = place[part.need]
        best[seats[first]] = np.minimum(best[seats[first]], np.minimum.reduceat(reduced, first))
        under = reduced < found.seat[seats]
        if under.any():
            helpful.append(Pairs(part.need[under], part.window[under], part.cost[under]))
    windows = np.maximum(found.window - found.helper[problem.windows.helper], 0)
    steps = _profit_of_helpers(problem, book, found.helper)
    bound = int(best.sum() - windows[~book.taken].sum() - steps)
    return Proof(bound, helpful, priced)


def _profit_of_helpers(problem: Problem, book: Book, price: Ints) -> int:
    """What helpers would earn at these prices over what their visits cost them."""
    room = np.maximum(problem.helpers.room - book.given, 0)
    total = 0
    for nth in range(int(room.max(initial=0))):
        able = room > nth
        earned = price - costs.burnout(problem.helpers.load + book.given + nth)
        total += int(np.maximum(earned[able], 0).sum())
    return total
