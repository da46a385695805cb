"""Severity beside recorded money, and sums for research: figures that were counted by hand, and no small cell."""

from datetime import time, timedelta

import pytest
from django.db import connection

from cases.models import NeedAnswer, Pathway, PathwayCheck, PathwayWage, ServiceRecord
from hopecare.insight import rules, selectors
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import Category, ChangeEntry, FundSource, Person, ProviderKind, Service
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person
from volunteers.models import Hours

pytestmark = pytest.mark.django_db
LIGHTER, SAME = 6, 5
WON = [10_000, 20_000, 30_000, 40_000, 50_000, 900_000]


@pytest.fixture
def asked_again(hana):
    """Six cases in which hunger became lighter, five in which it did not, of people of 78 in one town."""
    half = selectors.halves()[0]
    with as_owner():
        living = Category.objects.get(code="living")
        meals = Service.objects.filter(category=living).order_by("pk").first()
    cases = [make_case(hana, make_person(f"윤{n}", make_household(), phone=f"010-0000-1{n:03d}")) for n in range(11)]
    with as_owner():
        NeedAnswer.objects.all().delete()
        fund, kind = FundSource.objects.first(), ProviderKind.objects.first()
        for place, case in enumerate(cases):
            keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id}
            for days, severity in ((1, 4), (60, 1 if place < LIGHTER else 4)):
                NeedAnswer.objects.create(
                    **keys, person_id=case.main_person_id, category=living, answer="severity", severity=severity,
                    asked_at=clock.at(half.begins + timedelta(days=days), time(10)), by_id=hana.id,
                )  # fmt: skip
            if place < LIGHTER:
                ServiceRecord.objects.create(
                    **keys, service=meals, category=living, provider_kind=kind, fund_source=fund,
                    given_on=half.begins + timedelta(days=9), amount_won=WON[place], recorded_by_id=hana.id,
                )  # fmt: skip
    return cases, half, living, meals


@pytest.mark.rule("R79")
def test_outcomes_stand_beside_the_money_of_records_and_few_are_not_shown(asked_again, jin, as_):
    cases, half, living, meals = asked_again
    with acting_as(jin.viewer) as viewer:
        whole, one = selectors.outcomes(viewer, half)
        assert selectors.outcomes(viewer, selectors.halves()[1]) == []
    assert (whole.category, whole.service, whole.cases) == (living.name, "", 11)
    assert (whole.lighter, whole.won_lighter, whole.won_others) == (6, 35_000, 0), "the middle case, not the dearest"
    assert (one.service, one.cases, one.lighter, one.won_lighter, one.won_others) == (meals.name, 6, 6, 35_000, None)
    page = as_(jin).get(f"/desk/boards/outcomes/?half={half.key}").content.decode()
    assert "35,000" in page and "윤" not in page.split("<table")[1].split("</table>")[0]
    with acting_as(system(Principal.GIVING)), as_owner():
        ServiceRecord.objects.filter(case__in=cases, amount_won__in=(30_000, 40_000)).update(returned_won=10_000)
    with acting_as(jin.viewer) as viewer:
        assert [one.won_lighter for one in selectors.outcomes(viewer, half)] == [25_000, 25_000], "what was spent"
    with as_owner():
        Person.objects.filter(pk=cases[-1].main_person_id).update(sealed=True)
    with acting_as(jin.viewer) as viewer:
        whole = selectors.outcomes(viewer, half)[0]
    assert (whole.cases, whole.lighter, whole.won_others) == (10, None, None), "four others would tell of the six"


@pytest.mark.rule("R79")
def test_hours_of_volunteers_stand_beside_the_money_of_their_category(asked_again, jin, as_):
    cases, half, _living, meals = asked_again
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("alter table volunteers_hours disable trigger user")
        for place, case in enumerate(cases):
            keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "service": meals}
            for days, minutes in ((30, 60 * (place + 1)), (400, 600)):  # the second one lies behind the half year
                on = half.begins + timedelta(days=days)
                Hours.objects.create(**keys, offer_id=9000 + 2 * place + days // 400, volunteer_id=9000, on=on,
                                     minutes=minutes)  # fmt: skip
    with acting_as(jin.viewer) as viewer:
        whole, one = selectors.outcomes(viewer, half)
    assert (whole.hours_lighter, whole.hours_others) == (4, 9), "of six 1 to 6, of five 7 to 11 hours"
    assert (one.service, one.hours_lighter, one.hours_others) == (meals.name, None, None)
    page = as_(jin).get(f"/desk/boards/outcomes/?half={half.key}").content.decode()
    assert "나아진 사례의 봉사 시간" in page
    with as_owner():
        NeedAnswer.objects.filter(case__in=cases[:2]).delete()
    with acting_as(jin.viewer) as viewer:
        whole = selectors.outcomes(viewer, half)[0]
    assert (whole.cases, whole.hours_lighter, whole.hours_others) == (9, None, 9), "four are too few"
    with as_owner():
        Hours.objects.all().delete()  # they hang on no offer


@pytest.mark.rule("R46", "R79")
def test_wages_and_hours_of_work_are_told_from_five_people_on(asked_again, jin, as_):
    cases, half, *_rest = asked_again
    with as_owner():
        for place, case in enumerate(cases):
            keys = {"case": case, "team_id": case.team_id, "provider_id": case.provider_id, "by_id": case.lead_id}
            way = Pathway.objects.create(**keys, person_id=case.main_person_id, kind="employment", step="working",
                                         since=half.begins)  # fmt: skip
            for months in (3, 6)[: 1 + (place < 4)]:
                day = half.begins + timedelta(days=100 + place)
                told = {"due_on": day, "done_on": day, "outcome": "lost" if place > 5 else "still"}
                PathwayCheck.objects.create(**keys, pathway=way, step="working", months=months, **told)
            for months, won, hours in ((0, 1_000_000, 20), (3, 1_500_000, 30))[: 1 + (place < 6)]:
                more = {"wage_won": won + place * 100_000, "weekly_hours": hours + place if place < 4 else None}
                PathwayWage.objects.create(**keys, pathway=way, step="working", months=months, **more)
    with acting_as(jin.viewer) as viewer:
        assert selectors.work(viewer, half) == [
            selectors.Work(3, 11, 6, 1_250_000, 1_750_000, None, None)  # hours of four; four asked after six months
        ]
        assert selectors.work(viewer, selectors.halves()[1]) == []
    page = as_(jin).get(f"/desk/boards/outcomes/?half={half.key}").content.decode()
    assert "1,750,000" in page and "윤" not in page.split('id="work-h"')[1].split("</table>")[0]
    with as_owner():
        Person.objects.filter(pk=cases[0].main_person_id).update(sealed=True)
        PathwayWage.objects.filter(case=cases[1], months=3).delete()
    with acting_as(jin.viewer) as viewer:
        (line,) = selectors.work(viewer, half)
    assert (line.people, line.working, line.won) == (10, 5, None), "four told both, the sealed one is not counted"


@pytest.mark.rule("R25")
def test_research_gets_counted_cases_with_a_reason_by_role(asked_again, eli, hana, jin, as_):
    cases, half, living, _meals = asked_again
    here, told = "/desk/boards/research/", {"half": half.key, "reason": "대학 복지정책 연구, 연구심의 2026-11"}
    assert [as_(one).get(here).status_code for one in (hana, jin)] == [404, 404]
    head = as_(eli)
    assert head.post(here, {**told, "reason": " "}).status_code == 422
    lines = head.post(here, told).content.decode("utf-8-sig").splitlines()
    zone = cases[0].town.zone.code
    assert lines == [
        "zone,age,category,severity_before,severity_after,cases",
        f"{zone},65+,{living.code},3-4,0-1,6",
        f"{zone},65+,{living.code},3-4,3-4,5",
    ]
    with as_owner():
        row = ChangeEntry.objects.get(what="research_extracted")
        NeedAnswer.objects.filter(case=cases[0]).delete()
        NeedAnswer.objects.filter(case=cases[-1]).delete()
    assert "2026-11" in str(row.details)
    with acting_as(eli.viewer) as viewer:
        together = [["", "", "", "", "", "9"]]
        assert selectors.research_extract(viewer, half, reason="연구")[1:] == together, "5 of the board's 9 leave 4"
        with pytest.raises(errors.Impossible):
            selectors.research_extract(viewer, half, reason="")


@pytest.mark.rule("R25")
def test_a_reason_that_no_database_keeps_is_asked_again(asked_again, eli, as_):
    half = asked_again[1]
    for reason in ("\0", "연구\0목적", "가" * 5000):
        answer = as_(eli).post("/desk/boards/research/", {"half": half.key, "reason": reason})
        assert answer.status_code in (200, 422)


@pytest.mark.rule("R79", "D1")
def test_a_service_does_not_tell_of_the_few_who_had_none(asked_again, jin):
    cases, half, living, meals = asked_again
    with as_owner():
        fund, kind = FundSource.objects.first(), ProviderKind.objects.first()
        for case in cases[LIGHTER : LIGHTER + 3]:
            ServiceRecord.objects.create(
                case=case, team_id=case.team_id, provider_id=case.provider_id, service=meals, category=living,
                provider_kind=kind, fund_source=fund, given_on=half.begins + timedelta(days=9), amount_won=10_000,
                recorded_by_id=case.lead_id,
            )  # fmt: skip
    with acting_as(jin.viewer) as viewer:
        lines = selectors.outcomes(viewer, half)
    assert [(one.service, one.cases) for one in lines] == [("", 11)], "eleven less nine are two without a meal"


@pytest.mark.parametrize(
    ("whole", "part", "shown"),
    [
        ((11, 6), (6, 6), (6, 6)),  # five had none, and it got lighter for none of them
        ((12, 6), (10, 5), None),  # two had none
        ((22, 12), (11, 6), (11, 6)),
        ((20, 12), (11, 10), (11, None)),  # two of the nine without it
        ((20, 12), (10, 5), (10, None)),  # three of the ten without it did not get lighter
        ((12, None), (6, 6), (6, 6)),
        ((12, 6), (12, 6), (12, 6)),
    ],
)
def test_a_part_never_tells_of_the_few_beside_it(whole, part, shown):
    assert rules.beside(whole, part) == shown
