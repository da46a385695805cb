"""What is fixed before the flow: pins of staff, blocks (one helper, several visits) and visits by two; and the greedy.

All of them take the cheapest that is left, the most urgent first; ties go to the smaller number.
"""

import numpy as np

from volunteers.matching import costs
from volunteers.matching.model import NOBODY, Book, Ints, Problem
from volunteers.matching.pairs import Pairs, Shelf

#: (need, window, points) of each seat.
Choice = list[tuple[int, int, int]]


def pin(problem: Problem, book: Book) -> list[tuple[int, int]]:
    """Give pinned seats to their helpers. Returns the pins that a hard rule forbids: nobody is forced past one."""
    refused = []
    shelf = Shelf(problem, book, np.unique(problem.links.pinned[:, 0]))
    for need, helper in problem.links.pinned.tolist():
        found = shelf.of(need)
        mine = problem.windows.helper[found.window] == helper
        if book.settled[need] or not mine.any():
            refused.append((need, helper))
            continue
        at = int(np.flatnonzero(mine)[0])
        _give(problem, book, need, int(found.window[at]), int(found.cost[at]))
    return refused


def bundles(problem: Problem, book: Book) -> None:
    """Seats that are filled together or not at all."""
    needs = problem.needs
    groups: dict[int, list[int]] = {}
    for need in np.flatnonzero(needs.bundle >= 0).tolist():
        groups.setdefault(int(needs.bundle[need]), []).append(need)
    shelf = Shelf(problem, book, np.flatnonzero((needs.bundle >= 0) & ~book.settled))
    order = sorted(groups, key=lambda one: (-int(needs.empty[groups[one]].sum()), -len(groups[one]), one))
    for bundle in order:
        members = [need for need in groups[bundle] if not book.settled[need]]
        same = bool(needs.same[members].any()) if members else False
        choice = (
            _one_for_all(problem, book, shelf, members) if same else _several_at_once(problem, book, shelf, members)
        )
        if choice is None and len(members) < len(groups[bundle]):
            choice = []  # a pin holds one of the seats: a person looks for the other
        for need, window, cost in choice or ():
            _give(problem, book, need, window, cost)
        book.settled[members] = True


def _one_for_all(problem: Problem, book: Book, shelf: Shelf, members: list[int]) -> Choice | None:
    """The helper for whom the whole block is cheapest, burnout included."""
    found = [shelf.of(need) for need in members]
    shared = set(problem.windows.helper[found[0].window].tolist()) if found else set()
    for one in found[1:]:
        shared &= set(problem.windows.helper[one.window].tolist())
    best: tuple[int, int, Choice] | None = None
    for helper in sorted(shared):
        choice = _windows_of(problem, found, members, helper)
        free = int(problem.helpers.room[helper] - book.given[helper])
        if choice is None or free < len(members):
            continue
        load = int(problem.helpers.load[helper] + book.given[helper])
        tired = int(costs.burnout(load + np.arange(len(members))).sum())
        total = sum(cost for _, _, cost in choice) + tired
        if best is None or total < best[0]:
            best = (total, helper, choice)
    return best[2] if best is not None and best[0] < int(problem.needs.empty[members].sum()) else None


def _windows_of(problem: Problem, found: list[Pairs], members: list[int], helper: int) -> Choice | None:
    """A window of its own for each visit of the block; None where two would share one."""
    choice: list[tuple[int, int, int]] = []
    for need, one in zip(members, found, strict=True):
        at = int(np.flatnonzero(problem.windows.helper[one.window] == helper)[0])
        if any(window == int(one.window[at]) for _, window, _ in choice):
            return None
        choice.append((need, int(one.window[at]), int(one.cost[at])))
    return choice


def _several_at_once(problem: Problem, book: Book, shelf: Shelf, members: list[int]) -> Choice | None:
    """Different helpers for the seats of one visit: the cheapest for each in turn."""
    choice: list[tuple[int, int, int]] = []
    total, coming = 0, set[int]()
    for need in members:
        found = shelf.of(need)
        helper = problem.windows.helper[found.window]
        price = found.cost + costs.burnout(problem.helpers.load[helper] + book.given[helper])
        free = np.flatnonzero(~np.isin(helper, list(coming))) if coming else np.arange(len(found))
        if not len(free):
            return None
        at = int(free[np.argmin(price[free])])
        coming.add(int(helper[at]))
        choice.append((need, int(found.window[at]), int(found.cost[at])))
        total += int(price[at])
    return choice if total < int(problem.needs.empty[members].sum()) else None


def greedy(problem: Problem, book: Book, open_needs: Ints) -> Ints:
    """The most urgent seat first, each takes the cheapest that is left: what is done without a solver."""
    chosen = np.full(len(open_needs), NOBODY, np.int64)
    shelf = Shelf(problem, book, open_needs)
    order = np.argsort(-problem.needs.empty[open_needs], kind="stable")
    for seat in order.tolist():
        need = int(open_needs[seat])
        found = shelf.of(need)
        if not len(found):
            continue
        helper = problem.windows.helper[found.window]
        price = found.cost + costs.burnout(problem.helpers.load[helper] + book.given[helper])
        at = int(np.argmin(price))
        if int(price[at]) < int(problem.needs.empty[need]):
            chosen[seat] = found.window[at]
            _give(problem, book, need, int(found.window[at]), int(found.cost[at]))
    return chosen


def _give(problem: Problem, book: Book, need: int, window: int, cost: int) -> None:
    book.give(problem, need, window, cost + tired(problem, book, window))


def tired(problem: Problem, book: Book, window: int) -> int:
    """Burnout of one more visit for the owner of this window."""
    helper = int(problem.windows.helper[window])
    return int(costs.burnout(int(problem.helpers.load[helper] + book.given[helper])))
