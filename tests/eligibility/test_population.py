"""A whole city in arrays says of each household what the simulator says of it alone."""

from dataclasses import replace

import pytest

from eligibility.engine import load
from eligibility.engine.flips import MONEY
from eligibility.engine.population import BLOCK, of_facts, reckon
from eligibility.engine.registry import REGISTRY
from eligibility.engine.what_if import of_homes
from eligibility.facts import NOT_KNOWN, Homes, WhatIf
from eligibility.selectors import simulate, told, what_if
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


def test_what_no_sum_of_money_sways_is_known_to_stay() -> None:
    """The search for turning points reckons the rest once: other sums of money for everybody change nothing in it."""
    people = of_facts([facts for facts in SOME if not facts.household.supporters], {})
    _homes, layout, inputs = next(people.blocks())
    system = load().system
    richer = {name: values + 900_001 if name in MONEY else values for name, values in inputs.items()}
    before, after = system.run(DAY, layout, dict(inputs)), system.run(DAY, layout, richer)
    stays = set(REGISTRY) - system.swayed_by(MONEY)
    assert {"age", "median", "livelihood_line", "child_allowance"} <= stays and len(stays) > 60
    assert {"nbls_income", "basic_pension", "eitc"} <= system.swayed_by(MONEY)
    assert [name for name in stays if (before(name) != after(name)).any()] == []


LINE = 820_556  # livelihood, one person, 2026


def homes(incomes: list[int], zones: list[int]) -> Homes:
    """People of forty-six who live alone."""
    count = len(incomes)
    return Homes([1] * count, [19800101] * count, ["other"] * count, incomes, {"zone": zones})


def ask(told: Homes, percent: int = 35) -> WhatIf:
    return what_if(told, lever="nbls_livelihood", figure=percent, on=DAY)


def test_what_a_higher_line_would_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """830,000 won is above 32 % of the median and below 35 %; those below get the difference of the lines."""
    monkeypatch.setattr("eligibility.engine.population.BLOCK", 16)
    found = ask(homes([830_000] * 30 + [0] * 10, [0, 1] * 20))
    more = 897_483 - LINE
    assert (found.households, found.before, found.after) == (40, 10, 40)
    assert [(cell.gained, cell.lost) for cell in found.cells] == [(15, 0), (15, 0)]
    assert found.total.won_a_year == (30 * (897_483 - 830_000) + 10 * more) * 12
    assert sum(cell.won_a_year or 0 for cell in found.cells) == found.total.won_a_year
    lower = ask(homes([830_000] * 30 + [800_000] * 10, [0, 1] * 20), 30)
    assert (lower.total.gained, lower.total.lost, lower.after) == (0, 10, 0) and (lower.total.won_a_year or 0) < 0


def test_housing_at_the_standard_rent_and_pensions_by_a_line_in_won() -> None:
    """1,300,000 won is above 48 % of the median and below 51 %; pensions end where the line is reached."""
    rents = what_if(homes([1_300_000] * 9, [0] * 9), lever="nbls_housing", figure=51, on=DAY).total
    own_share = (1_300_000 - LINE) * 0.3
    assert (rents.gained, rents.won_a_year) == (9, 9 * 12 * round(300_000 - own_share))
    old = Homes([1] * 7, [19500101] * 7, ["other"] * 7, [2_500_000] * 7, {"zone": [0] * 7})
    pairs = Homes([2] * 5, [19500101, 19510101] * 5, ["other", "spouse"] * 5, [4_000_000] * 5, {"zone": [0] * 5})
    for people, gap in ((old, 2_600_000 - 2_500_000), (pairs, 2_600_000 * 16 // 10 - 4_000_000)):
        total = what_if(people, lever="basic_pension", figure=260, on=DAY).total
        assert (total.gained, total.won_a_year) == (len(people.sizes), len(people.sizes) * 12 * gap)


def test_the_disability_pension_is_asked_about_only_where_a_disability_is_known() -> None:
    """1,450,000 won is 50,000 below the new line: three steps of 20,000 won and the additional 30,000."""
    count, known = 13, [2] * 6 + [NOT_KNOWN] * 4 + [0] * 3
    told = replace(homes([1_450_000] * count, [0] * count), disabilities=known)
    found = what_if(told, lever="disability_pension", figure=150, on=DAY)
    assert (found.households, found.not_known, found.before, found.after) == (9, 4, 0, 6)
    assert (found.total.gained, found.total.won_a_year) == (6, 6 * 12 * 90_000)
    few = what_if(homes([0] * 3, [0] * 3), lever="disability_pension", figure=150, on=DAY)
    assert (few.households, few.not_known, few.cells) == (0, 3, ())
    small = replace(homes([0] * 3, [0] * 3), disabilities=[2, 2, NOT_KNOWN])
    assert what_if(small, lever="disability_pension", figure=150, on=DAY).households is None


def test_no_small_cell_is_told_nor_given_away_by_the_sum() -> None:
    """Three in the first zone: the sum less the two others would tell, so the smaller of these is hidden, too."""
    found = ask(homes([830_000] * 29, [0] * 3 + [1] * 6 + [2] * 20))
    assert found.total.gained == 29
    assert [cell.gained for cell in found.cells] == [None, None, 20]
    few = ask(homes([830_000] * 3 + [5_000_000] * 20, [0] * 3 + [1] * 20))
    assert few.total.gained is None and few.after is None
    assert [cell.won_a_year for cell in few.cells] == [None, 0]


@pytest.mark.parametrize("percent", [60, 50])
def test_a_household_of_a_record_is_read_as_the_simulator_reads_it(percent: int) -> None:
    """A mother with two children and 2.8 million won: below 60 % of the median of three, above half of it."""
    told = Homes([3], [19850501, 20150301, 20190401], ["other", "child", "child"], [2_800_000], {"zone": [0]})
    people = of_homes(told, DAY)
    run = load().system.run(DAY, *next(people.blocks())[1:])
    assert run("raises_alone")[0] and run("size")[0] == 3 and run("plain_income")[0] == 2_800_000
    assert list(run("school")) == [0, 1 + 1, 1 + 1] and list(run("spouse_row")) == [-1, -1, -1]
    assert (run("median")[0] * percent // 100 >= 2_800_000) == (percent == 60)
