"""Not asked is never zero, and counts only where some answer would change the verdict."""

import copy
import random
from typing import Any

import pytest

from eligibility.facts import Simulation
from eligibility.selectors import simulate, told
from tests.eligibility.households import family, household, nearly_silent, old_woman, person
from tests.eligibility.strategies import random_household

MONEY = ["earned_income", "business_income", "transfer_income", "public_pension_income"]


def ask(values: dict[str, Any], detail: str = "reasons") -> Simulation:
    return simulate(told(values), detail=detail)


def without(values: dict[str, Any], *path: str | int) -> dict[str, Any]:
    left: Any = copy.deepcopy(values)
    place = left
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return dict(left)


@pytest.mark.parametrize("name", MONEY)
def test_an_income_left_out_is_not_zero(name: str) -> None:
    livelihood = ask(without(old_woman(), "persons", 0, name)).result("nbls_livelihood")
    assert livelihood.verdict == "possible" and livelihood.amount is None
    assert livelihood.next_question and livelihood.next_question.input == f"persons.a.{name}"


def test_what_cannot_change_anything_is_not_asked() -> None:
    rich = household(person("a", "1950-03-02", earned_income=9_000_000))
    result = ask(without(rich, "persons", 0, "transfer_income")).result("nbls_livelihood")
    assert result.verdict == "unlikely" and result.next_question is None


def test_the_car_of_somebody_without_a_car_is_no_question() -> None:
    told_values = without(without(old_woman(), "household", "car_use"), "household", "car_cc")
    assert ask(told_values).result("nbls_livelihood").verdict == "likely"


def test_supporters_matter_to_two_benefits_only() -> None:
    found = ask(without(old_woman(), "household", "supporters"))
    verdicts = {name: found.result(f"nbls_{name}").verdict for name in ("livelihood", "medical", "housing")}
    assert verdicts == {"livelihood": "possible", "medical": "possible", "housing": "likely"}


def test_a_year_of_birth_may_be_enough_and_may_not() -> None:
    verdicts = [
        ask(household(person("a", year))).result("basic_pension").verdict for year in ("1961", "1961-01", "1960")
    ]
    assert verdicts == ["possible", "likely", "likely"]


def test_the_next_question_settles_most() -> None:
    found = ask(nearly_silent())
    assert found.next_question is not None
    assert found.next_question.input in found.result("nbls_livelihood").unknown_inputs


def test_what_is_taken_for_granted_is_told() -> None:
    assert any("열두 배" in words for words in ask(old_woman()).assumptions)


HIDEABLE = [*MONEY, "disability", "illness", "property_income", "school"]
HOMES = ["tenure", "deposit", "home_value", "financial_assets", "debt", "car_value", "supporters", "crisis"]


@pytest.mark.parametrize("seed", range(25))
def test_answering_only_narrows(seed: int) -> None:
    """From hidden to told, no likely or unlikely is ever taken back."""
    dice = random.Random(seed)
    full = random_household(seed + 50_000)
    hidden = copy.deepcopy(full)
    for one in hidden["persons"]:
        for name in dice.sample(HIDEABLE, 3):
            one.pop(name, None)
    for name in dice.sample(HOMES, 3):
        hidden["household"].pop(name, None)
    sure = {result.programme: result.verdict for result in ask(hidden, "verdicts").results}
    for result in ask(full, "verdicts").results:
        assert sure[result.programme] in {"possible", result.verdict}, result.programme


@pytest.mark.rule("D12")
def test_close_is_told_as_close() -> None:
    near = ask(household(person("a", "1950-03-02", public_pension_income=1_310_000)))
    housing = near.result("nbls_housing")
    assert housing.verdict == "unlikely" and housing.near_miss and "물어보세요" in housing.advice
    assert not near.result("nbls_livelihood").near_miss


@pytest.mark.rule("D12")
@pytest.mark.rule("K17")
def test_never_a_bare_no() -> None:
    found = ask(family())
    assert "결정이 아니라" in found.disclaimer and len(found.rights) == 2
    assert all(result.advice and result.apply_at.phone for result in found.results)


@pytest.mark.rule("D12")
def test_an_unconfirmed_deduction_makes_close_what_it_would_bring_in() -> None:
    """200,000 won off for workers of 65 would mean 140,000 won less: enough to ask, not enough to promise."""
    worker = ask(household(person("a", "1950-03-02", earned_income=1_372_223))).result("nbls_livelihood")
    younger = ask(household(person("a", "1980-03-02", earned_income=1_372_223))).result("nbls_livelihood")
    assert (worker.verdict, worker.near_miss, younger.near_miss) == ("unlikely", True, False)


def test_who_counts_as_a_recipient_is_told() -> None:
    likely = ask(old_woman()).result("energy_voucher").criteria[0].note
    drawn = ask({**old_woman(), "receives": ["nbls_medical"]}).result("energy_voucher").criteria[0].note
    assert "가능성이 높음: 생계급여, 의료급여, 주거급여" in likely and "받고 있음: 의료급여" in drawn
    assert any("생계급여가 줄어듭니다" in words for words in ask(old_woman()).result("basic_pension").effects)
