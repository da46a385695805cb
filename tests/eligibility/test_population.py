"""A whole city in arrays says of each household what the simulator says of it alone."""

from typing import Any

import pytest

from eligibility.engine import load
from eligibility.engine.population import BLOCK, of_facts, reckon
from eligibility.selectors import simulate, told, what_if
from tests.eligibility.households import household, person
from tests.eligibility.strategies import DAY, random_household

SOME = [told(random_household(seed)) for seed in range(30)]


def test_each_household_as_if_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Supporters aside, which a city's records do not hold."""
    monkeypatch.setattr("eligibility.engine.population.BLOCK", 7)
    alone = [facts for facts in SOME if not facts.household.supporters]
    found = reckon(load().system, DAY, of_facts(alone, {}))
    for number, facts in enumerate(alone):
        for result in simulate(facts, detail="verdicts").results:
            assert found.likely[result.programme][number] == (result.verdict == "likely"), result.programme
            if result.verdict == "likely" and result.amount:
                assert found.won[result.programme][number] == result.amount.won, result.programme
    assert BLOCK > 7


def poor(count: int, income: int) -> list[Any]:
    return [told(household(person("a", "1980-01-01", transfer_income=income))) for _ in range(count)]


@pytest.mark.parametrize("count, gained", [(40, 20), (6, None)])
def test_what_a_higher_line_would_change(count: int, gained: int | None) -> None:
    """830,000 won is above 32 % of the median and below 35 %; too few households are not told."""
    cells = what_if(
        poor(count, 830_000),
        {"zone": [number % 2 for number in range(count)]},
        programme="nbls_livelihood",
        changed={"nbls": {"livelihood": 3500}},
        on=DAY,
    )
    assert [(cell.gained, cell.lost) for cell in cells] == [(gained, None if gained is None else 0)] * 2
    assert gained is None or cells[0].won_a_year == gained * (897_483 - 830_000) * 12
