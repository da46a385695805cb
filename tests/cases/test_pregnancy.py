"""Pregnancy is a state with its days: a stage of life, told half a year before, ended by a human (R21, R20)."""

from datetime import date, timedelta

import pytest

from cases.models import Omission, Pregnancy
from cases.rules import pregnancy as rules
from cases.selectors.life_line import life_line
from cases.selectors.omissions import omissions
from cases.selectors.same_person import records_of
from cases.services.omissions import sweep
from cases.services.pregnancies import Told, record
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from tests.cases.case_kit import DAY, ask
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

DUE = date(2027, 1, 22)


@pytest.fixture
def mother(hana):
    return make_case(hana, make_person("김가나", make_household(), birth_date=date(1995, 5, 5), phone="010-0000-0002"))


def expect(by, case, expected_on=DUE, **fields):
    return record(by=by.viewer, number=case.number, person_id=case.main_person_id, told=Told(expected_on, **fields))


def chapters(by, case):
    with acting_as(by.viewer):
        line = life_line(by.viewer, case.main_person, records_of(by.viewer, case.main_person))
    return [(one.stage.code, len(one.moments)) for one in line.chapters]


def births():
    with as_owner():
        return list(Omission.objects.filter(about__startswith="birth:").values_list("section", "about_on"))


@pytest.mark.rule("R21")
def test_it_is_a_stage_of_life_until_a_human_ends_it(mother, hana):
    ask(hana, mother, {"health": "1"})
    before = dict(chapters(hana, mother))
    expect(hana, mother)
    assert chapters(hana, mother)[0][0] == "pregnancy" and dict(chapters(hana, mother))["young_adult"] == 0
    with clock.pinned(NOW + timedelta(days=65)):
        assert chapters(hana, mother)[0][0] == "pregnancy", "no day ends it alone"
        row = expect(hana, mother, ended_on=DUE + timedelta(days=3), ended_as="birth")
        assert [code for code, _ in chapters(hana, mother)] == ["young_adult", "pregnancy"]
    assert (row.since, row.ended_by_id) == (date(2026, 4, 17), hana.id)
    assert before["young_adult"] == dict(chapters(hana, mother))["pregnancy"]


@pytest.mark.rule("R21")
def test_an_expected_birth_is_asked_about_half_a_year_before_and_until_it_is_told(mother, hana):
    expect(hana, mother)
    sweep()
    assert births() == [("health", DUE)]
    with clock.pinned(NOW + timedelta(days=65)):
        sweep()
        assert births() == [("health", DUE)], "the day went by: the question stays"
        expect(hana, mother, ended_on=DUE, ended_as="over")
        sweep()
    assert births() == []


def test_a_birth_that_is_far_away_is_not_asked_about_yet(mother, hana):
    expect(hana, mother, DAY + timedelta(days=190), since=DAY - timedelta(days=30))
    sweep()
    assert births() == []


@pytest.mark.rule("R37")
def test_only_who_reads_health_knows(mother, hana, someone, as_):
    expect(hana, mother)
    sweep()
    adviser, nurse = someone("job_counsellor"), someone("nurse")
    assert "pregnancy" in dict(chapters(nurse, mother)) and "pregnancy" not in dict(chapters(adviser, mother))
    with acting_as(adviser.viewer) as viewer:
        assert not Pregnancy.objects.exists() and not omissions(viewer)
    with acting_as(nurse.viewer):
        assert Pregnancy.objects.count() == 1
    with pytest.raises(errors.Forbidden):
        expect(adviser, mother)
    page = f"/desk/cases/{mother.number}/assessment/"
    assert "임신·출산" in as_(nurse).get(page).content.decode()
    assert "임신" not in as_(adviser).get(page).content.decode()
    own = f"/desk/cases/{mother.number}/people/{mother.main_person_id}/pregnancy/"
    assert as_(adviser).get(own).status_code == 404 and as_(nurse).get(own).status_code == 200


def test_the_form_writes_ends_and_says_what_is_wrong(mother, hana, as_):
    client = as_(hana)
    url = f"/desk/cases/{mother.number}/people/{mother.main_person_id}/pregnancy/"
    assert client.post(url, {"expected_on": f"{DUE}"}).status_code == 302
    page = client.get(f"/desk/cases/{mother.number}/people/{mother.main_person_id}/line/").content.decode()
    assert "임신·출산" in page and "1월 22일" in page and "예정<" in page, page[page.index("hc-chapter") :]
    assert client.post(url, {"expected_on": f"{DUE}", "ended_on": f"{DAY}"}).status_code == 422
    assert client.post(url, {"expected_on": f"{DUE}", "ended_on": f"{DAY}", "ended_as": "over"}).status_code == 302
    with as_owner():
        assert Pregnancy.objects.get().ended_as == "over"


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ({}, []),
        ({"expected_on": DAY + timedelta(days=400)}, ["too_far"]),
        ({"since": DAY + timedelta(days=1)}, ["future_day"]),
        ({"ended_on": DAY}, ["required"]),
        ({"since": DAY, "ended_on": DAY - timedelta(days=1), "ended_as": "over"}, ["turned"]),
    ],
)
def test_days_that_cannot_be(days, wrong):
    told = {"since": None, "expected_on": DUE, "ended_on": None, "ended_as": "", "today": DAY, **days}
    assert [problem.code for problem in rules.problems(**told)] == wrong
