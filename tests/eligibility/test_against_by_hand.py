"""Two reckonings of the same law, written apart, agree on every verdict and every won."""

import os
from typing import Any

import pytest

from eligibility.selectors import simulate, told
from tests.eligibility import by_hand
from tests.eligibility.households import household, person
from tests.eligibility.strategies import random_household

HOW_MANY = 10_000 if os.environ.get("HOPECARE_DRILL") else 100


def differences(told_values: dict[str, Any]) -> list[str]:
    found = {result.programme: result for result in simulate(told(told_values), detail="verdicts").results}
    complaints = []
    for programme, (likely, amount) in by_hand.judge(told_values).items():
        result = found[programme]
        if result.verdict != ("likely" if likely else "unlikely"):
            complaints.append(f"{programme} is {result.verdict}")
        elif likely and amount is not None and (result.amount is None or result.amount.won != amount):
            complaints.append(f"{programme} gives {result.amount}, by hand {amount}")
    return complaints


def test_random_households() -> None:
    wrong = {seed: found for seed in range(HOW_MANY) if (found := differences(random_household(seed)))}
    assert wrong == {}


@pytest.mark.parametrize("seed", range(3_000, 3_000 + max(HOW_MANY // 500, 1)))
def test_one_won_beside_each_turning_point(seed: int) -> None:
    """Whatever sum of money turns a verdict: a won below it, at it and a won above it both reckonings agree."""
    told_values = random_household(seed)
    people = {one["id"]: one for one in told_values["persons"]}
    turns = {
        (result.programme, flip.input.rpartition(".")[0]): flip
        for result in simulate(told(told_values), detail="full").results
        for flip in result.flips
    }
    assert turns  # few for the well-to-do: nearly nothing turns for them
    for flip in turns.values():
        place, _dot, name = flip.input.rpartition(".")
        of = told_values["household"] if place == "household" else people[place.removeprefix("persons.")]
        today = of[name]
        for at in (flip.at - 1, flip.at, flip.at + 1):
            of[name] = max(at, 0)
            assert differences(told_values) == [], (flip, at)
        of[name] = today


LINES = [32, 40, 48, 50, 60, 65, 75, 100]


@pytest.mark.parametrize("percent", LINES)
@pytest.mark.parametrize("step", [-1, 0, 1])
@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_one_won_beside_each_line(percent: int, step: int, size: int) -> None:
    income = by_hand.line(size, percent) + step
    others = [
        person(f"c{n}", f"{2010 + n}-05-05", "child", school="middle", illness="chronic") for n in range(size - 1)
    ]
    told_values = household(
        person("a", "1980-01-01", transfer_income=income, illness="chronic"),
        *others,
        crisis="job_loss",
        single_parent=size > 1,
    )
    assert differences(told_values) == []


@pytest.mark.parametrize("income", [2_469_999, 2_470_000, 2_470_001])
@pytest.mark.parametrize("kind", ["national", "special"])
def test_the_line_of_the_basic_pension(income: int, kind: str) -> None:
    old = person("a", "1950-01-01", public_pension_income=income, public_pension_kind=kind)
    assert differences(household(old)) == []


@pytest.mark.parametrize("earned", [1_172_222, 1_172_223, 1_172_224])
def test_half_a_won_over_the_line_is_over_it(earned: int) -> None:
    assert differences(household(person("a", "1950-01-01", earned_income=earned))) == []
