"""The way out: the ministry's forms in its order, what is carried over, a reason for every file (K1, K9, D4)."""

import io

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.rules.official_forms import forms
from cases.selectors import official_forms as selectors
from cases.ui.official_words import _SOURCES, filled
from hopecare.kernel import clock, errors
from hopecare.kernel.access import acting_as
from hopecare.kernel.models import ChangeEntry, ReadEntry
from tests.cases.case_kit import TOLD, ask, goal, task
from tests.cast import NOW
from tests.database import as_owner
from tests.factories import make_case, make_person

ORDER = ["first_consultation", "survey", "conference", "plan", "review", "closing", "aftercare"]


@pytest.fixture
def case(hana):
    row = make_case(hana)
    grown = make_person("윤하늘", row.household, birth_date=NOW.date().replace(1975), relation="child", phone="")
    ask(hana, row, TOLD, own_words="혼자 먹으면 밥맛이 없어.")
    ask(hana, row, {"finance_legal": "4"}, person_id=grown.pk)
    goal(hana, row)
    task(hana, row)
    return row


def words(actor, case, code):
    with acting_as(actor.viewer):
        return {field.ko: text for field, text in filled(forms()[code], selectors.facts(actor.viewer, case.number))}


@pytest.mark.rule("K1")
def test_seven_forms_in_the_order_of_the_stages_each_field_from_our_record(hana, case):
    assert list(forms()) == ORDER
    used = {field.source for form in forms().values() for field in form.fields}
    assert used == set(_SOURCES)
    survey, plan = words(hana, case, "survey"), words(hana, case, "plan")
    assert survey["대상자가 말한 욕구"] == "혼자 먹으면 밥맛이 없어." and "생활 3" in survey["영역별 욕구·위기도"]
    assert "에너지바우처" in plan["세부 서비스(내용·제공기관·기한)"] and plan["담당자"] == "송하나"


@pytest.mark.rule("D4")
def test_another_adult_s_answers_are_not_on_the_form(hana, case):
    assert "윤하늘" not in words(hana, case, "survey")["영역별 욕구·위기도"]
    assert "금융·법률 4" not in words(hana, case, "survey")["영역별 욕구·위기도"]


@pytest.mark.rule("K1")
def test_what_is_not_carried_over_is_listed_until_it_is_and_again_after_a_change(hana, chi, case, as_):
    def codes():
        with acting_as(hana.viewer):
            return {one.code: one.again for one in selectors.waiting(hana.viewer)}

    assert codes() == {"first_consultation": False, "survey": False, "plan": False}
    client, url = as_(hana), f"/desk/cases/{case.number}/forms/survey/"
    assert as_(chi).get(url).status_code == as_(chi).post(f"{url}carried/").status_code == 404
    assert "2026" in client.get(url).content.decode() and "조사지" in client.get("/desk/forms/").content.decode()
    assert client.post(f"{url}carried/").status_code == 302
    assert set(codes()) == {"first_consultation", "plan"}
    with clock.pinned(NOW.replace(hour=15)):
        ask(hana, case, {"living": "4"}, before={"living": "3"})
    assert codes()["survey"] is True
    assert client.get(f"/desk/cases/{case.number}/forms/nothing/").status_code == 404


@pytest.mark.rule("K9")
def test_the_sheet_leaves_with_a_reason_and_runs_no_formula(hana, case, as_):
    with as_owner():
        type(case.main_person).objects.filter(pk=case.main_person_id).update(name="=1+1")
    client, url = as_(hana), f"/desk/cases/{case.number}/forms/plan/sheet/"
    assert client.post(url, {"reason": " "}).status_code == 422
    book = openpyxl.load_workbook(io.BytesIO(client.post(url, {"reason": "행복이음 등록"}).content))
    assert book.sheetnames == ["초기상담지", "욕구 및 위기도 조사지", "서비스 제공계획서"]
    head, row = book["서비스 제공계획서"].iter_rows()
    assert [cell.value for cell in head][:2] == ["사례번호", "성명"]
    assert (row[1].value, row[1].data_type) == ("=1+1", "s")
    with as_owner():
        assert ReadEntry.objects.filter(what="export", user_id=hana.id).count() == 1
        assert ChangeEntry.objects.get(what="exported").details["reason"] == "행복이음 등록"
    with pytest.raises(errors.Impossible), acting_as(hana.viewer):
        selectors.fetched(hana.viewer, case.number, reason="")


def test_the_list_costs_the_same_for_one_case_and_three(hana):
    costs = []
    for _number in range(2):
        make_case(hana)
        with acting_as(hana.viewer), CaptureQueriesContext(connection) as queries:
            selectors.waiting(hana.viewer)
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 3
