"""The matcher against the rules it must keep and against an exact answer found another way."""

import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.volunteers import weeks
from volunteers import matching
from volunteers.matching import engine, flow, pairs, stages
from volunteers.matching.model import NOBODY, Book, Plan
from volunteers.rules import matching as rules

#: 25 weeks here, 500 in `make drill`.
WEEKS = range(500 if os.environ.get("HOPECARE_DRILL") else 25)


def settled_by_stages(week: weeks.Week) -> tuple[frozenset[tuple[int, int]], dict[int, int], list[int], int]:
    """(windows taken, visits given, seats the flow fills, points) after pins, blocks and visits by two."""
    problem = week.problem()
    book = Book.empty(problem)
    stages.pin(problem, book)
    stages.bundles(problem, book)
    first = {int(helper): at for at, helper in reversed(list(enumerate(problem.windows.helper)))}
    taken = {
        (int(problem.windows.helper[at]), int(at) - first[int(problem.windows.helper[at])])
        for at in book.window
        if at != NOBODY
    }
    given = {number: int(count) for number, count in enumerate(book.given)}
    return frozenset(taken), given, np.flatnonzero(~book.settled).tolist(), int(book.cost.sum())


@pytest.mark.rule("R33")
@pytest.mark.parametrize("seed", WEEKS)
def test_the_plan_costs_exactly_what_the_best_of_all_choices_costs(seed: int) -> None:
    week = weeks.some_week(seed)
    plan = engine.solve(week.problem(), nearest=2)
    taken, given, seats, fixed = settled_by_stages(week)
    assert plan.total == plan.bound == weeks.exact(week, taken, given, seats)
    assert plan.fixed == fixed and plan.method == "flow"


@pytest.mark.rule("R33")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_pair_is_judged_as_the_rules_judge_it(seed: int) -> None:
    week = weeks.some_week(seed, seats=40, helpers=60)
    problem = week.problem()
    found = pairs.joined(list(pairs.feasible(problem, Book.empty(problem), np.arange(len(week.seats)))))
    judged = {
        (need, int(problem.windows.helper[window])): cost
        for need, window, cost in zip(found.need.tolist(), found.window.tolist(), found.cost.tolist(), strict=True)
    }
    expected = {
        (seat, number): points
        for seat, one in enumerate(week.seats)
        for number, helper in enumerate(week.helpers)
        if (points := weeks.points(one, helper)) is not None
    }
    assert len(expected) > 60 and judged == expected


@pytest.mark.parametrize("seed", range(12))
def test_pins_hold_blocks_stay_whole_and_nobody_is_overbooked(seed: int) -> None:
    week = weeks.some_week(seed, seats=8)
    problem = week.problem()
    plan = engine.solve(problem)
    helper = np.where(plan.window == NOBODY, NOBODY, problem.windows.helper[plan.window])
    for seat, number in week.pinned:
        assert helper[seat] == number or (seat, number) in plan.refused
    used = plan.window[plan.window != NOBODY]
    assert len(set(used.tolist())) == len(used)
    assert all(np.sum(helper == number) <= one.weekly_cap for number, one in enumerate(week.helpers))
    for bundle in {seat.bundle for seat in week.seats} - {-1}:
        members = [helper[at] for at, seat in enumerate(week.seats) if seat.bundle == bundle]
        same = next(seat.same for seat in week.seats if seat.bundle == bundle)
        assert all(one == NOBODY for one in members) or len(set(members)) == (1 if same else len(members))


@pytest.mark.rule("R89")
def test_a_decline_is_filled_again_and_nobody_else_is_moved() -> None:
    week = weeks.some_week(4, seats=20, helpers=25)
    problem = week.problem()
    before = engine.solve(problem)
    seat = int(np.flatnonzero(before.window != NOBODY)[0])
    said_no = int(problem.windows.helper[before.window[seat]])
    problem.links.barred = np.vstack([problem.links.barred, [(seat, said_no)]])
    after = engine.resolve(problem, before, np.array([seat]))
    others = np.arange(len(week.seats)) != seat
    assert (after.window[others] == before.window[others]).all()
    assert after.window[seat] == NOBODY or problem.windows.helper[after.window[seat]] != said_no
    assert after.gap_percent == 0


@pytest.fixture
def no_solver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(flow, "min_cost_flow", None)
    yield


@pytest.mark.usefixtures("no_solver")
def test_without_the_solver_the_most_urgent_is_served_first_and_the_bound_still_holds() -> None:
    week = weeks.some_week(5, seats=12, helpers=8)
    plan = engine.solve(week.problem())
    assert not flow.ready() and plan.method == "greedy"
    assert plan.bound <= plan.total
    assert plan.empty_seats < len(week.seats)


def test_work_spreads_because_the_next_visit_of_one_person_costs_more() -> None:
    seat = replace(weeks.some_week(8).seats[0], empty=1000)
    task = replace(
        seat.task, risk=0, gender="", car=False, with_minor=False, licences=frozenset(), languages=frozenset()
    )
    days = [replace(task, starts=task.starts + step, ends=task.ends + step) for step in weeks.DAY_STEPS]
    near = replace(weeks.free_always(), id=0, lat=task.lat, lon=task.lon, weekly_cap=3)
    other = replace(near, id=1, lat=task.lat + 0.004)
    plan = engine.solve(weeks.Week([weeks.Seat(one, 1000) for one in days], [near, other]).problem())
    assert helpers_of(plan, weeks.Week([], [near, other])) == {0, 1}


def helpers_of(plan: Plan, week: weeks.Week) -> set[int]:
    owners = week.problem_windows()
    return {int(owners[at]) for at in plan.window if at != NOBODY}


def test_a_seat_is_told_with_its_named_points_and_the_next_best() -> None:
    week = weeks.some_week(9, seats=6, helpers=30)
    problem = week.problem()
    plan = engine.solve(problem)
    seat = int(np.flatnonzero(plan.window != NOBODY)[0])
    found = engine.candidates(problem, plan, [seat])[seat]
    chosen = next(one for one in found if one.window == plan.window[seat])
    helper = week.helpers[chosen.helper]
    told = {cost.term.value: cost.value for cost in rules.costs(week.seats[seat].task, helper)}
    assert {name: value for name, value in chosen.terms.items() if name != "load"} | {"load": told["load"]} == {
        "stairs": 0,
        **told,
    }
    assert len({one.helper for one in found}) == len(found) <= 4


def test_the_engine_is_loaded_on_first_use() -> None:
    loaded: Any = matching.load()
    assert loaded.solve is engine.solve
