"""The whole of it: fix, solve, prove, and solve again where something changed.

`solve` never fails: without the library, or where it gives up, the greedy order answers, and the bound says how far
from the best that may be.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from volunteers.matching import costs, flow, pairs, prices, stages
from volunteers.matching.columns import HelperRow, NeedRow, problem
from volunteers.matching.model import NOBODY, Book, Helpers, Ints, Links, Needs, Plan, Problem, Windows
from volunteers.matching.pairs import Pairs

__all__ = [
    "NOBODY",
    "HelperRow",
    "Helpers",
    "Links",
    "NeedRow",
    "Needs",
    "Plan",
    "Problem",
    "Windows",
    "candidates",
    "problem",
    "resolve",
    "solve",
]
#: Candidates a seat in the first flow; pricing brings back whoever was left out and would still help.
NEAREST = 20
#: So many pairs are kept between the stages; more are found again, which costs time and no memory.
KEPT = 25_000_000
MOST_ROUNDS = 12


@dataclass(frozen=True)
class Candidate:
    """Somebody for a seat beside the plan: points by term, and whether their window is planned for another seat."""

    helper: int
    window: int
    terms: dict[str, int]
    planned: bool

    @property
    def total(self) -> int:
        return sum(self.terms.values())


def solve(problem: Problem, *, nearest: int = NEAREST, method: str = "flow") -> Plan:
    """The best plan of a week. `method`: "flow", or "greedy" for the order that is used without a solver."""
    book = Book.empty(problem)
    refused = stages.pin(problem, book)
    stages.bundles(problem, book)
    fixed = int(book.cost.sum())
    open_needs = np.flatnonzero(~book.settled)
    plan = _filled(problem, book, open_needs, nearest, method)
    return replace(plan, fixed=fixed, refused=refused)


def resolve(problem: Problem, plan: Plan, changed: Ints) -> Plan:
    """Fill `changed` seats again while all others keep whom they have: those people were asked already."""
    book = Book.empty(problem)
    keep = np.setdiff1d(np.flatnonzero(plan.window != NOBODY), changed)
    book.window[keep], book.cost[keep] = plan.window[keep], plan.cost[keep]
    book.settled[:] = True
    book.settled[changed] = False
    book.taken[plan.window[keep]] = True
    book.given += np.bincount(problem.windows.helper[plan.window[keep]], minlength=len(problem.helpers))
    return replace(_filled(problem, book, np.sort(changed), NEAREST, "flow"), fixed=int(plan.cost[keep].sum()))


def candidates(problem: Problem, plan: Plan, seats: Iterable[int], most: int = 4) -> dict[int, list[Candidate]]:
    """For each seat: whoever is at it and the next best, cheapest first; their other seats are left standing."""
    book = _book_of(problem, plan)
    # a planned window may still be weighed; hours already promised are no window at all
    wanted = [int(seat) for seat in seats]
    shelf = pairs.Shelf(problem, Book.empty(problem), np.array(wanted, np.int64))
    return {seat: _best(problem, plan, book, shelf.of(seat), seat, most) for seat in wanted}


def _best(problem: Problem, plan: Plan, book: Book, found: Pairs, seat: int, most: int) -> list[Candidate]:
    mine = int(plan.window[seat])
    helper = problem.windows.helper[found.window]
    own = helper == (problem.windows.helper[mine] if mine != NOBODY else NOBODY)
    tired = costs.burnout(problem.helpers.load[helper] + book.given[helper] - own)
    order = np.argsort(found.cost + tired, kind="stable")[:most].tolist()
    if mine != NOBODY and mine not in found.window[order]:
        order = [int(np.flatnonzero(found.window == mine)[0]), *order[: most - 1]]
    return [
        _candidate(problem, seat, int(found.window[at]), int(tired[at]), planned=bool(book.taken[found.window[at]]))
        for at in order
    ]


def _candidate(problem: Problem, need: int, window: int, tired: int, *, planned: bool) -> Candidate:
    helper = int(problem.windows.helper[window])
    links = problem.links.known
    known = bool(len(links)) and bool(((links[:, 0] == need) & (links[:, 1] == helper)).any())
    one = np.array([need]), np.array([helper]), np.array([int(known)])
    points = {name: int(values[0]) for name, values in costs.terms(problem, *one).items()}
    return Candidate(helper, window, {**points, "load": tired}, planned)


def _filled(problem: Problem, book: Book, open_needs: Ints, nearest: int, method: str) -> Plan:
    """Fill the open seats over the few nearest, then price everybody until no pair left out would help."""
    everything, pruned = _look(problem, book, open_needs, nearest)
    added, rounds = 0, 0
    chosen = _chosen(problem, book, pruned, open_needs, method)
    while True:
        rounds += 1
        found = prices.after(problem, book, pruned, open_needs, *chosen)
        source = everything if everything is not None else pairs.feasible(problem, book, open_needs)
        proof = prices.prove(problem, book, found, open_needs, source)
        if not proof.helpful or chosen[1] == "greedy" or rounds >= MOST_ROUNDS:
            break
        before = len(pruned)
        pruned = _merged([pruned, *proof.helpful])
        added += len(pruned) - before
        chosen = _chosen(problem, book, pruned, open_needs, method)
    total = _settle(problem, book, pruned, open_needs, chosen[0])
    return Plan(
        window=book.window,
        cost=book.cost,
        total=total,
        bound=proof.bound,
        fixed=0,
        arcs=len(pruned),
        added=added,
        priced=proof.priced,
        rounds=rounds,
        method=chosen[1],
    )


def _look(problem: Problem, book: Book, open_needs: Ints, nearest: int) -> tuple[list[Pairs] | None, Pairs]:
    """(all feasible pairs, or None where they are too many to keep; the nearest of each seat)."""
    kept: list[Pairs] | None = []
    few, count = [], 0
    for part in pairs.feasible(problem, book, open_needs):
        if not len(part):
            continue
        helper = problem.windows.helper[part.window]
        tired = costs.burnout(problem.helpers.load[helper] + book.given[helper])
        few.append(pairs.cheapest(part, tired, nearest))
        count += len(part)
        if kept is not None:
            kept.append(part)
            kept = kept if count <= KEPT else None
    return kept, pairs.joined(few)


def _chosen(problem: Problem, book: Book, pruned: Pairs, open_needs: Ints, method: str) -> tuple[Ints, str]:
    if method == "flow":
        try:
            return flow.solve(problem, book, pruned, open_needs), "flow"
        except flow.NoSolver:
            pass
    trial = Book(book.taken.copy(), book.given.copy(), book.window.copy(), book.cost.copy(), book.settled.copy())
    return stages.greedy(problem, trial, open_needs), "greedy"


def _merged(parts: Iterable[Pairs]) -> Pairs:
    """One list without doubles."""
    whole = pairs.joined(list(parts))
    fresh = np.ones(len(whole), bool)
    fresh[1:] = (np.diff(whole.need) != 0) | (np.diff(whole.window) != 0)
    return Pairs(whole.need[fresh], whole.window[fresh], whole.cost[fresh])


def _settle(problem: Problem, book: Book, pruned: Pairs, open_needs: Ints, chosen: Ints) -> int:
    """Write the choice into the book; what all open seats cost together, empty ones included."""
    filled = np.flatnonzero(chosen != NOBODY)
    own = _costs_of(problem, book, pruned, open_needs[filled], chosen[filled])
    total = int(problem.needs.empty[open_needs[chosen == NOBODY]].sum())
    for need, window, cost in zip(open_needs[filled].tolist(), chosen[filled].tolist(), own.tolist(), strict=True):
        points = cost + stages.tired(problem, book, window)
        book.give(problem, need, window, points)
        total += points
    return total


def _costs_of(problem: Problem, book: Book, pruned: Pairs, needs: Ints, windows: Ints) -> Ints:
    """Points of the chosen pairs; the greedy may have chosen outside the pruned list."""
    width = len(problem.windows)
    keys = pruned.need.astype(np.int64) * width + pruned.window
    wanted = needs * width + windows
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    if len(keys) and bool((keys[at] == wanted).all()):
        return pruned.cost[at]
    helper = problem.windows.helper[windows]
    known = {tuple(pair) for pair in problem.links.known.tolist()}
    marks = np.array([int(pair in known) for pair in zip(needs.tolist(), helper.tolist(), strict=True)], np.int64)
    return np.asarray(sum(costs.terms(problem, needs, helper, marks).values()), np.int64)


def _book_of(problem: Problem, plan: Plan) -> Book:
    book = Book.empty(problem)
    used = plan.window[plan.window != NOBODY]
    book.taken[used] = True
    book.given += np.bincount(problem.windows.helper[used], minlength=len(problem.helpers))
    return book
