"""The engine's promises: exact width, gaps found, years to come, flips that hold, OpenFisca agreeing."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from eligibility import parameters
from eligibility.checks import figures_are_complete
from eligibility.engine import load
from eligibility.engine.changes import coming
from eligibility.engine.completions import Completions
from eligibility.engine.frame import frame_of
from eligibility.engine.judge import Judge
from eligibility.engine.registry import REGISTRY
from eligibility.facts import Simulation
from eligibility.programmes import effects, entries
from eligibility.selectors import programmes, simulate, source_conflicts, told
from hopecare.runtime.stamps import ROOT
from tests.eligibility.households import family, household, old_woman, person
from tests.eligibility.strategies import random_household

CASH = ["nbls_livelihood", "nbls_housing", "single_parent", "basic_pension", "disability_pension"]
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def ask(values: dict[str, Any], detail: str = "verdicts") -> Simulation:
    return simulate(told(values), detail=detail)


def test_every_worked_example_passes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("worked_examples", Path(__file__).parent / "worked_examples.yaml")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 40 and all(line.endswith(" pass") for line in lines)


def test_an_example_that_is_wrong_or_unknown_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(
        "- {id: a, rule: median_income, year: 2026, input: {size: 1}, expect: {amount: 1}}\n"
        "- {id: b, rule: moon, year: 2026, input: {}, expect: {}}\n"
        "- {id: c, rule: median_income, year: 2026, input: {size: 1, moon: 1}, expect: {amount: 2564238}}\n"
        "- {id: d, rule: median_income, year: 2026, input: {size: 1}, expect: {amount: 2564238, moon: 1}}\n"
    )
    with pytest.raises(CommandError, match="4 of 4"):
        call_command("worked_examples", file)
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["fail:"] * 4


def test_money_has_sixty_four_bits() -> None:
    done = Completions(load().system, frame_of(told(family())))
    assert done.run("nbls_means").dtype == np.int64
    assert done.run("nbls_livelihood").dtype == np.bool_


@pytest.mark.parametrize("seed", range(8))
def test_openfisca_itself_agrees_with_the_short_way(seed: int) -> None:
    """Every variable, reckoned by OpenFisca's own machinery, is what the formulas give straight away."""
    frame = frame_of(told(random_household(seed)))
    copies = frame.copies(2)
    short = load().system.run(frame.day, copies.layout, copies.inputs())
    long = load().system.run(frame.day, copies.layout, copies.inputs(), trace=True)
    for name in REGISTRY:
        np.testing.assert_array_equal(short(name), long(name), err_msg=name)
    assert "nbls_livelihood" in {node.name for node in long.simulation.tracer.browse_trace()}


def test_the_rules_have_no_gap() -> None:
    assert figures_are_complete() == []


def test_a_gap_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parameters, "rules", lambda: {"complete_through": date(2027, 6, 30)})
    assert any(found.msg.startswith("basic_pension: known through 2026-12-31") for found in figures_are_complete())


def test_a_year_without_figures_is_possible_and_says_so() -> None:
    later = ask({**old_woman(), "as_of": "2029-06-01"}, "reasons")
    pension = later.result("basic_pension")
    assert pension.verdict == "possible" and not pension.announced and "발표되지 않아" in pension.advice
    assert later.of("likely") == tuple(r for r in later.of("likely") if r.announced)
    assert later.result("child_allowance").verdict == "unlikely"


def test_a_figure_announced_for_next_year_is_used_from_its_day() -> None:
    amounts = [
        ask({**old_woman(), "as_of": day}).result("nbls_livelihood").amount for day in ("2026-12-31", "2027-01-01")
    ]
    assert [amount and amount.won for amount in amounts] == [820_556, 875_533]


def test_a_law_that_counts_back_counts_back() -> None:
    """The Act of 20 March 2026 pays children of eight from 1 January 2026."""
    told_values = household(person("a", "1985-01-01"), person("c", "2017-06-01", "child"))
    days = {
        day: ask({**told_values, "as_of": day}).result("child_allowance").verdict
        for day in ("2025-12-31", "2026-01-15")
    }
    assert days == {"2025-12-31": "unlikely", "2026-01-15": "likely"}


@pytest.mark.parametrize("seed", range(4))
def test_each_flip_holds(seed: int) -> None:
    """Asked again with the value of a flip, the verdict is the one foretold; one won nearer it is today's."""
    values = random_household(seed + 900)
    found = ask(values, "full")
    people = {one["id"]: one for one in values["persons"]}
    for result in found.results[:10]:
        for flip in result.flips[:3]:
            place, name = flip.input.rsplit(".", 1)
            told_of = values["household"] if place == "household" else people[place.split(".")[1]]
            today = told_of[name]
            for at, verdict in ((flip.at, flip.verdict), (flip.at + (1 if flip.at < today else -1), result.verdict)):
                told_of[name] = at
                assert ask(values).result(result.programme).verdict == verdict, (result.programme, flip)
            told_of[name] = today


@FEW
@given(seed=some.integers(0, 10**6), more=some.integers(1, 3_000_000), kind=some.sampled_from(["earned", "transfer"]))
def test_more_income_never_raises_a_benefit(seed: int, more: int, kind: str) -> None:
    values = random_household(seed)
    before = ask(values)
    values["persons"][0][f"{kind}_income"] += more
    after = ask(values)
    for programme in CASH:
        old, new = before.result(programme).amount, after.result(programme).amount
        assert (new.won if new else 0) <= (old.won if old else 0), programme


@FEW
@given(seed=some.integers(0, 10**6), order=some.randoms(use_true_random=False))
def test_the_order_of_people_never_matters(seed: int, order: Any) -> None:
    values = random_household(seed)
    before = {result.programme: (result.verdict, result.amount) for result in ask(values).results}
    order.shuffle(values["persons"])
    assert {result.programme: (result.verdict, result.amount) for result in ask(values).results} == before


def test_what_lies_ahead() -> None:
    mother = person("a", "1995-05-05", pregnant=True, due_date="2027-02-01", sex="F")
    births = ask(household(mother), "full").result("parent_benefit").changes
    assert [(change.event, change.verdict) for change in births] == [("birth", "possible")]
    sixty_four = ask(household(person("a", "1961-12-24")), "full").result("basic_pension").changes
    assert ("birthday", "likely") in [(change.event, change.verdict) for change in sixty_four]


@pytest.mark.parametrize("seed", range(6))
def test_a_day_of_the_same_law_is_reckoned_like_one_alone(seed: int) -> None:
    """What is taken over from today's answer is what a run of its own would give, also with something unknown."""
    values = random_household(seed + 300)
    values["household"]["monthly_rent"] = 310_000
    for name in ("financial_assets", "debt")[: seed % 3]:
        del values["household"][name]
    facts, system = told(values), load().system
    now = Judge(Completions(system, frame_of(facts)))
    events = list(coming(facts))
    taken = 0
    for event in events:
        alone = Judge(Completions(system, frame_of(event.facts)))
        like = Judge(Completions(system, frame_of(event.facts), like=now.done))
        np.testing.assert_array_equal(like.done.met, alone.done.met)
        for programme, judged in alone.judged.items():
            source = like if programme in like.judged else now
            assert source.judged[programme].verdict == judged.verdict, (event.name, programme)
            assert source.amounts(programme) == alone.amounts(programme), (event.name, programme)
        taken += len(alone.judged) - len(like.judged)
    assert {"new_year", "birthday", "rent_rise"} <= {event.name for event in events} and taken > 10


def test_what_the_new_year_changes_is_not_told_again_of_a_later_birthday() -> None:
    earner = household(person("a", "1980-03-01", earned_income=900_000))
    changes = ask(earner, "full").result("nbls_livelihood").changes
    assert [(change.event, change.amount and change.amount.won) for change in changes] == [("new_year", 245_533)]


def test_kinds_of_money_are_never_added() -> None:
    baby = ask(household(person("a", "1995-05-05"), person("c", "2026-05-01", "child", childcare="daycare")))
    parent = baby.result("parent_benefit")
    assert {(part.kind, part.won) for part in parent.parts} == {("cash", 416_000), ("voucher", 584_000)}
    assert parent.amount and (parent.amount.kind, parent.amount.won) == ("cash", 416_000)


def test_taking_one_lowers_the_other_by_so_many_won() -> None:
    """The basic pension counts as income of basic livelihood (국민기초생활 보장법 시행령 제5조)."""
    found = ask(old_woman(), "full")
    words = "기초연금 월 349,700원을 받으면 생계급여: 월 820,556원 → 470,856원. 둘을 합한 돈은 줄지 않습니다."
    assert words in found.result("basic_pension").lowers and words in found.result("nbls_livelihood").lowers
    assert ask({**old_woman(), "receives": ["basic_pension"]}, "full").result("basic_pension").lowers == ()
    near = ask(household(person("a", "1950-03-02", transfer_income=900_000)), "full").result("nbls_medical")
    assert near.verdict == "likely" and "소득 기준을 넘을 수 있습니다" in near.lowers[0]
    assert ask(old_woman(), "reasons").result("basic_pension").lowers == ()
    for code, entry in entries().items():
        assert len(effects(entry, "ko")) == len(effects(entry, "en")) == len(entry.get("interacts", ())), code


def test_an_application_window_never_makes_unlikely() -> None:
    young = household(person("a", "2000-01-01"), monthly_rent=500_000)
    rent = ask(young).result("youth_rent")
    assert rent.verdict == "likely" and rent.application and not rent.application.open


def test_a_fifteen_year_old_who_looks_after_someone() -> None:
    home = household(person("a", "1980-01-01", illness="rare_or_severe"), person("c", "2011-03-03", "child"))
    carer = ask(home).result("young_carer")
    assert carer.verdict == "likely" and carer.parts[0].person == "c"
    before = ask({**home, "as_of": "2026-03-25"}, "reasons").result("young_carer")
    assert before.verdict == "unlikely" and [one.id for one in before.criteria if not one.met] == ["in_force"]


def test_an_amount_of_figures_from_memory_says_so_and_no_words_advise_to_earn_less() -> None:
    babies = [household(person("a", "1995-05-05"), person("c", f"{year}-01-01", "child")) for year in (2024, 2026)]
    days = ("2024-06-01", "2026-11-21")
    found = [ask({**told_of, "as_of": day}).result("parent_benefit") for told_of, day in zip(babies, days, strict=True)]
    assert [(result.verdict, result.confirmed) for result in found] == [("likely", False), ("likely", True)]
    files = [*ROOT.glob("eligibility/*/*.yaml"), ROOT / "locale/eligibility/ko/LC_MESSAGES/django.po"]
    words = "".join(path.read_text() for path in files)
    for advice in ("덜 벌", "적게 버", "적게 벌", "소득을 줄", "일을 줄이", "earn less", "work less"):
        assert advice not in words


def test_who_receives_already_counts_as_a_recipient() -> None:
    earner = household(person("a", "1950-01-01", public_pension_income=2_000_000))
    drawing = {**earner, "receives": ["nbls_education"]}
    verdicts = [ask(values).result("energy_voucher").verdict for values in (earner, drawing)]
    assert verdicts == ["unlikely", "likely"]


def test_the_register_of_conflicts_and_the_programmes_are_public() -> None:
    assert {entry.id for entry in source_conflicts()} >= {"elder_deduction", "standard_rent_2026"}
    listed = programmes(language="en", town="hwado")
    assert listed[0].apply_at.phone == "031-000-0101" and len(listed) == 31
