"""What another line would change: asked by a planner, reckoned by the worker, told in sums that give nobody away."""

import json
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from cases.models import Benefit, BenefitRun, Case, Means, WhatIfRun
from cases.selectors import what_if as selectors
from cases.selectors.care_targets import care_targets
from cases.services import what_if
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Coverage
from tests.cast import Actor
from tests.database import as_owner
from tests.factories import make_case, make_person

pytestmark = pytest.mark.django_db
As = Callable[..., Client]
#: 820,556 won is the line of one person at 32 % of the median, 897,483 at 35 %.
BETWEEN = 860_000


@pytest.fixture
def targets(hana: Actor) -> list[Case]:
    """Seven people who live alone with an income between the lines, one without an income, one sealed."""
    cases = [make_case(hana, make_person(birth_date=date(1950, 1, 1))) for _ in range(9)]
    with as_owner():
        for case in cases[:8]:
            Coverage.objects.create(
                household=case.household, coverage_class="near_poverty", starts_on=date(2026, 1, 1), scope_keys=[]
            )
        for case in [*cases[:7], cases[8]]:
            keys = {"case": case, "team": case.team, "provider": case.provider}
            told = {"monthly_income_won": BETWEEN, "household_size": 1, "told_on": date(2026, 10, 1), "by": hana.user}
            Means.objects.create(**keys, **told)
        cases[8].main_person.sealed = True
        cases[8].main_person.save()
    return cases


@pytest.mark.rule("R86")
@pytest.mark.rule("R22")
def test_a_planner_asks_and_reads_sums(targets: list[Case], someone: Callable[..., Actor], as_: As) -> None:
    client = as_(someone("city_official"))
    asked = client.post("/desk/what-if/", {"lever": "nbls_livelihood", "figure": "35"})
    run = WhatIfRun.objects.get()
    assert asked["Location"] == f"/desk/what-if/{run.pk}/" and selectors.waiting() == [run.pk]
    assert "곧 시작합니다" in client.get(asked["Location"]).content.decode()
    with acting_as(system(Principal.SWEEP)):
        assert care_targets().left_out == 1
    done = what_if.reckon(run_id=run.pk)
    assert (done.progress, done.left_out, done.answer["households"]) == (100, 1, 7)
    assert (done.answer["before"], done.answer["after"]) == (0, 7)
    assert done.total == {"gained": 7, "lost": 0, "won_a_year": 7 * (897_483 - BETWEEN) * 12}
    cells = {(cell["group"], cell["code"]): cell["gained"] for cell in done.answer["cells"]}
    assert cells == {("zone", "east"): 7, ("coverage", "near_poverty"): 7, ("stage", "older"): 7}
    page = client.get(asked["Location"]).content.decode()
    assert "32 % → 35 %" in page and "314만" in page and targets[0].number not in page
    again = client.post("/desk/what-if/", {"lever": "nbls_livelihood", "figure": "35"})
    assert again["Location"] == asked["Location"] and selectors.waiting() == []
    assert what_if.reckon(run_id=run.pk).seconds == done.seconds  # a second worker changes nothing
    pension = client.post("/desk/what-if/", {"lever": "basic_pension", "figure": "260"})["Location"]
    assert "247만 원 → 260만 원" in client.get(pension).content.decode()
    assert "차상위" in page and "older rules" not in page and "옛 규칙" not in page
    with as_owner():
        WhatIfRun.objects.update(rules_version="2020-01-01")
    assert "옛 규칙" in client.get("/desk/what-if/").content.decode()


@pytest.mark.rule("R22")
def test_a_disability_is_known_from_kept_checks_and_benefits_drawn_and_never_guessed(
    targets: list[Case], someone: Callable[..., Actor], hana: Actor, as_: As
) -> None:
    """Five were asked, one draws the pension, one was never asked: below 800,000 won none of the six is left."""
    version = {"rules_version": "x", "run_version": "x", "verdicts": {}, "by": hana.user}
    with as_owner():
        for case in targets[:5]:
            keys = {"case": case, "team": case.team, "provider": case.provider}
            facts = {"persons": [{"id": f"p{case.main_person_id}", "disability": "severe"}]}
            BenefitRun.objects.create(**keys, **version, facts=json.dumps(facts))
        keys = {"case": targets[5], "team": targets[5].team, "provider": targets[5].provider}
        drawn = {"programme": "disability_pension", "starts_on": date(2025, 1, 1), "source": "city"}
        Benefit.objects.create(**keys, **drawn, person=targets[5].main_person)
    planner = someone("city_official")
    run = what_if.reckon(run_id=what_if.ask(by=planner.viewer, lever="disability_pension", figure=80).pk)
    assert (run.answer["households"], run.answer["not_known"], run.answer["before"], run.answer["after"]) == (
        6,
        1,
        6,
        0,
    )
    assert run.total == {"gained": 0, "lost": 6, "won_a_year": -6 * 12 * 439_700}
    page = as_(planner).get(f"/desk/what-if/{run.pk}/").content.decode()
    assert "140만 원 → 80만 원" in page and "장애가 있는지 아무도 묻지 않은 1가구" in page
    with as_owner():
        BenefitRun.objects.all().delete()
        Benefit.objects.update(ends_on=date(2026, 1, 1))
    run = what_if.reckon(run_id=what_if.ask(by=planner.viewer, lever="disability_pension", figure=90).pk)
    assert run.answer["not_known"] == 7
    assert "장애 정도를 아는 가구가 아직 없습니다" in as_(planner).get(f"/desk/what-if/{run.pk}/").content.decode()


@pytest.mark.rule("D5")
def test_nobody_but_the_sweep_reads_the_targets(targets: list[Case], hana: Actor) -> None:
    with acting_as(hana.viewer):
        assert care_targets().homes.sizes == []


def test_few_households_are_not_told(targets: list[Case], someone: Callable[..., Actor], as_: As) -> None:
    with as_owner():
        Means.objects.filter(case__in=targets[:4]).update(monthly_income_won=3_000_000)
    planner = someone("city_official")
    run = what_if.ask(by=planner.viewer, lever="nbls_livelihood", figure=35)
    answer = what_if.reckon(run_id=run.pk).answer
    assert answer["total"]["gained"] is None and answer["after"] is None
    assert {cell["gained"] for cell in answer["cells"]} == {None}
    assert "보이지 않습니다" in as_(planner).get(f"/desk/what-if/{run.pk}/").content.decode()


@pytest.mark.parametrize(
    ("lever", "figure", "field"), [("x", 35, "lever"), ("near_poverty", 50, "figure"), ("near_poverty", 999, "figure")]
)
def test_what_makes_no_question_is_said(
    someone: Callable[..., Actor], as_: As, lever: str, figure: int, field: str
) -> None:
    client = as_(someone("city_official"))
    answer = client.post("/desk/what-if/", {"lever": lever, "figure": figure})
    assert answer.status_code == 422 and f"#id_{field}" in answer.content.decode()
    assert client.post("/desk/what-if/", {"lever": "near_poverty", "figure": "900"}).status_code == 422
    assert not WhatIfRun.objects.exists()


def test_a_run_that_never_comes_home_gives_way(
    targets: list[Case], someone: Callable[..., Actor], hana: Actor, as_: As
) -> None:
    planner = someone("city_official")
    first = what_if.ask(by=planner.viewer, lever="city_services", figure=90)
    WhatIfRun.objects.update(started_at=clock.now() - 2 * selectors.LOST)
    second = what_if.ask(by=planner.viewer, lever="city_services", figure=90)
    assert second.pk != first.pk and selectors.waiting() == [second.pk]
    assert "한 번 더" in as_(planner).get(f"/desk/what-if/{first.pk}/").content.decode()
    with pytest.raises(errors.Forbidden):
        what_if.ask(by=hana.viewer, lever="city_services", figure=90)
