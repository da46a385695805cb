"""The list and the page of a case: who sees what, what it costs, what always stands in sight (R47, D4, R87)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.services.needs import record_means
from cases.services.plans import sign_off
from hopecare.kernel.models import ReadEntry, SafeContact
from tests.cases.case_kit import DAY, TOLD, ask, consent, goal, task
from tests.database import as_owner
from tests.factories import make_case, make_household, make_person

#: Not work of the page: the walls' settings and the transaction.
_FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "select set_config")


def queries(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    own = [row["sql"] for row in captured.captured_queries if not row["sql"].lstrip().startswith(_FRAME)]
    return [sql for sql in own if "set_config" not in sql]


def walk(hana, ana):
    """Sun-deok's case as the journey leaves it before the offer."""
    case = make_case(hana)
    ask(hana, case, TOLD, own_words="혼자 먹으면 밥맛이 없어.", offer="김장 솜씨")
    record_means(by=hana.viewer, number=case.number, monthly_income_won=1_310_000, household_size=1)
    goal(hana, case)
    consent(hana, case.main_person)
    consent(hana, case.main_person, "donors", given=False)
    task(hana, case, owner=ana.user)
    task(hana, case, owner_kind="volunteer")
    sign_off(by=hana.viewer, number=case.number, herself=True, signed_on=DAY)
    return case


def test_everything_stands_on_one_page(hana, ana, as_):
    case = walk(hana, ana)
    page = as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    for words in (
        "윤순덕",
        "78세",
        "혼자 먹으면 밥맛이 없어.",
        "김장 솜씨",
        "더 나빠지지 않게",
        "말벗·장보기",
        "기부자 소개",
    ):
        assert words in page, words
    assert page.count('class="hc-sev"') == 16
    assert "031-000-0211" in page


@pytest.mark.rule("R87")
def test_income_is_told_and_refuses_nobody(hana, ana, as_, someone):
    case = walk(hana, ana)
    page = re.sub(r"\s+", " ", as_(hana).get(f"/desk/cases/{case.number}/").content.decode())
    assert "1,310,000원 · 차상위 기준 1,282,119원(2026년)보다 27,881원 많음" in page
    assert "거절하지 않아요" in page
    nurse = as_(someone("nurse")).get(f"/desk/cases/{case.number}/").content.decode()
    assert "1,310,000" not in nurse and "윤순덕" in nurse


@pytest.mark.rule("D4")
def test_the_safe_contact_stands_on_every_page_of_the_case(hana, as_):
    case = make_case(hana)
    with as_owner():
        SafeContact.objects.filter(person=case.main_person).update(neutral_sender=True)
    client = as_(hana)
    for path in ("", "contact/", "plan/new/", "needs/", "team/", "services/", "history/", "close/"):
        page = client.get(f"/desk/cases/{case.number}/{path}").content.decode()
        assert "문자 금지" in page and "9–12시만" in page, path


@pytest.mark.rule("D3")
def test_chi_meets_the_words_of_a_missing_page_and_the_attempt_is_written(hana, chi, as_):
    case = make_case(hana)
    refused = as_(chi).get(f"/desk/cases/{case.number}/")
    missing = as_(chi).get("/desk/cases/2026-000001/")
    assert (refused.status_code, missing.status_code) == (404, 404)
    words = [
        re.sub(r'"csrfmiddlewaretoken" value="[^"]*"', "", answer.content.decode()) for answer in (refused, missing)
    ]
    assert words[0] == words[1]
    with as_owner():
        row = ReadEntry.objects.filter(refused=True).latest("at")
    assert (row.user_id, row.subject_ids) == (chi.id, [case.pk])


@pytest.mark.rule("D11")
def test_no_page_of_a_case_opens_for_the_fraud_role(hana, fraud, as_):
    case = make_case(hana)
    for path in ("", "needs/", "contact/", "services/", "history/", "plan/paper/"):
        assert as_(fraud).get(f"/desk/cases/{case.number}/{path}").status_code == 404
    assert as_(fraud).get("/desk/cases/").status_code == 404


def test_the_page_costs_the_same_at_one_and_at_three_rows(hana, ana, as_):
    client = as_(hana)
    case = make_case(hana)
    task(hana, case)
    once = queries(client, f"/desk/cases/{case.number}/")
    for _ in range(2):
        task(hana, case)
        make_person("가족", case.household, phone="010-0000-0064", relation="child")
    ask(hana, case, TOLD)
    assert len(queries(client, f"/desk/cases/{case.number}/")) == len(once) == 10


def test_the_list_costs_the_same_at_one_and_at_three_rows(hana, as_):
    client = as_(hana)
    make_case(hana)
    once = queries(client, "/desk/cases/")
    for number in range(2):
        make_case(hana, make_person(f"이웃{number}", phone=f"010-0000-010{number}"))
    assert len(queries(client, "/desk/cases/")) == len(once) == 9
    assert len(queries(client, "/desk/cases/?q=이웃")) == 9


def test_pages_by_key_and_counts_that_stop(hana, as_):
    with as_owner():
        first = make_case(hana)
    people = [make_person(f"이웃{n}", make_household(), phone=f"010-0000-{1000 + n}") for n in range(54)]
    for person in people:
        make_case(hana, person)
    client = as_(hana)
    page = client.get("/desk/cases/?show=team").content.decode()
    assert page.count("<tr>") == 51
    following = re.search(r'href="(\?[^"]*after=[^"]*)"', page)
    assert following
    last = client.get("/desk/cases/" + following[1].replace("&amp;", "&")).content.decode()
    assert last.count("<tr>") == 6 and first.number in last
    assert client.get("/desk/cases/?after=nonsense&town=x&stage=x&lead=99999999999999999999").status_code == 200


def test_filters_narrow_the_list(hana, eli, as_):
    mine = make_case(hana)
    other = make_case(
        eli, make_person("김영자", make_household("sudong"), phone="010-0000-0090"), town="sudong", stage="delivery"
    )
    client = as_(hana)

    def shown(query):
        page = client.get(f"/desk/cases/?{query}").content.decode()
        return {case.number for case in (mine, other) if case.number in page}

    assert shown("") == {mine.number}
    assert shown("show=team") == {mine.number, other.number}
    assert shown(f"show=team&town={other.town_id}") == {other.number}
    assert shown("show=team&stage=delivery") == {other.number}
    assert shown(f"show=team&lead={eli.id}") == {other.number}
    assert shown("show=closed") == set()


@pytest.mark.rule("D5")
def test_a_sealed_persons_case_is_in_no_list_of_others(hana, ana, as_):
    case = make_case(hana)
    url = "/desk/cases/?show=team"
    assert case.number in as_(ana).get(url).content.decode()
    with as_owner():
        type(case.main_person).objects.filter(pk=case.main_person_id).update(sealed=True, scope_keys=[-1])
    assert case.number not in as_(ana).get(url).content.decode()
    assert as_(ana).get(f"/desk/cases/{case.number}/").status_code == 404


def test_six_people_by_eight(hana, as_):
    case = make_case(hana)
    for number in range(5):
        make_person(f"식구{number}", case.household, phone=f"010-0000-007{number}", relation="child")
    page = as_(hana).get(f"/desk/cases/{case.number}/").content.decode()
    assert page.count('class="hc-sev"') == 7 * 8
