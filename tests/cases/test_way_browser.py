"""From a telephone call to aftercare in one browser: intake, assessment, conference, plan, approval, closing.

Axe looks at every page on the way in Korean, and once more in English.
"""

import pytest
from playwright.sync_api import Page, expect

from cases.models import AftercareCheck, Case, Intake
from tests.axe import faults
from tests.browser_fixtures import follow, open_context
from tests.cases.test_case_browser import logged_in
from tests.database import as_owner

pytestmark = pytest.mark.usefixtures("let_go")
TOLD = {"living": "3", "health": "4", "housing": "1", "education": "none", "emotion_culture": "3",
        "employment": "none", "care": "3", "finance_legal": "private"}  # fmt: skip
CALL = {"caller_name": "박이장", "caller_phone": "031-000-0999", "name": "윤순덕", "birth": "1948-03-02",
        "words": "혼자 사시는데 밥을 거르세요."}  # fmt: skip
LATER = {**TOLD, "living": "1", "health": "1", "care": "1"}


def axe_clean(page: Page) -> None:
    assert faults(page, grave=True) == [], page.url


def tap(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name='{name}'][value='{value}']").check(force=True)


def send(page: Page, words: str) -> None:
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=words, exact=True).first.click()


def send_form(page: Page) -> None:
    with page.expect_navigation(wait_until="load"):
        page.locator("main form button.primary").click()


def take_call(page: Page) -> str:
    page.goto("/desk/intake/new/")
    axe_clean(page)
    tap(page, "for_another", "other")
    for name, words in CALL.items():
        page.fill(f"[name='{name}']", words)
    page.select_option("[name='town']", "hwado")
    send(page, "접수하기")
    axe_clean(page)
    return page.url


def open_case(page: Page, ana_id: int) -> str:
    page.get_by_role("link", name="사례 열기").click()
    assert page.input_value("[name='name']") == "윤순덕"
    for purpose in ("case_management", "health", "volunteers", "donors"):
        tap(page, f"consent_{purpose}", "no" if purpose == "donors" else "yes")
    page.select_option("[name='official']", str(ana_id))
    send(page, "사례 열기")
    with as_owner():
        return Case.objects.get().number


def ask_the_eight(page: Page, number: str, person: int) -> None:
    page.goto(f"/desk/cases/{number}/needs/{person}/")
    for code, value in TOLD.items():
        tap(page, f"need_{code}", value)
    page.fill("[name='own_words']", "혼자 먹으면 밥맛이 없어.")
    page.fill("[name='offer']", "김장 솜씨")
    send(page, "저장")
    page.goto(f"/desk/cases/{number}/assessment/risk/")
    tap(page, "kind", "lonely_death")
    send(page, "저장")
    expect(page.get_by_text("나머지를 묻기 전에 먼저")).to_be_visible()
    axe_clean(page)


def confer(page: Page, number: str) -> None:
    page.goto(f"/desk/cases/{number}/conferences/new/")
    axe_clean(page)
    page.fill("[name='place']", "동부희망케어센터 2층")
    for box in page.locator("input[name='seats']").all():
        box.check(force=True)
    page.fill("[name='guest_1']", "윤순덕")
    send(page, "회의 잡기")
    page.get_by_text("결정 적기").click()
    page.fill("[name='words']", "밑반찬을 주 2회 잇는다.")
    page.fill("[name='dissent']", "주 3회가 맞다")
    page.fill("[name='dissenters']", "안서연")
    send(page, "저장")
    page.get_by_text("약속 적기").click()
    page.fill("[name='title']", "에너지바우처 신청 돕기")
    page.locator("form[action$='promise/'] select[name='category']").select_option(index=1)
    page.locator("form[action$='promise/'] select[name='owner']").select_option(label="송하나")
    follow(page.locator("form[action$='promise/'] button"))
    axe_clean(page)
    page.locator("form[action$='held/'] select[name='client_wish']").select_option("comes")
    page.fill("[name='summary']", "먼저 식사와 난방.")
    send(page, "회의 마치기")
    axe_clean(page)


def plan_and_approve(page: Page, chief: Page, number: str) -> None:
    page.goto(f"/desk/cases/{number}/plan/")
    tap(page, "goal", "prevent_worsening")
    page.fill("[name='words']", "더 나빠지지 않게")
    send_form(page)
    page.goto(f"/desk/cases/{number}/approval/")
    send_form(page)
    axe_clean(page)
    approve(chief)
    page.goto(f"/desk/cases/{number}/plan/agreement/")
    send_form(page)


def approve(chief: Page) -> None:
    chief.goto("/desk/approvals/")
    axe_clean(chief)
    follow(chief.get_by_role("link", name="윤순덕"))
    axe_clean(chief)
    tap(chief, "verdict", "approved")
    send(chief, "결재하기")


def close_it(page: Page, chief: Page, number: str) -> None:
    page.goto(f"/desk/cases/{number}/close/")
    for code, value in LATER.items():
        tap(page, f"need_{code}", value)
    tap(page, "reason", "improved")
    page.fill("[name='words']", "이웃과 같이 먹어요.")
    send_form(page)
    expect(page.get_by_text("결재를 기다립니다")).to_be_visible()
    axe_clean(page)
    page.goto(f"/desk/cases/{number}/close/")
    expect(page.get_by_text("이을영")).to_be_visible()
    axe_clean(page)
    approve(chief)
    page.goto(f"/desk/cases/{number}/closed/")
    axe_clean(page)


@pytest.mark.browser
@pytest.mark.rule("R47")
@pytest.mark.rule("R55")
@pytest.mark.django_db(transaction=True)
def test_from_the_call_to_aftercare(browser, live_server, hana, ana, eli, as_):
    korean = open_context(browser, live_server)
    page, chief = logged_in(korean, live_server, as_(hana)), None
    take_call(page)
    number = open_case(page, ana.id)
    with as_owner():
        case = Case.objects.get()
        assert Intake.objects.get().case_id == case.pk
    ask_the_eight(page, number, case.main_person_id)
    confer(page, number)
    office = open_context(browser, live_server)
    chief = logged_in(office, live_server, as_(eli))
    plan_and_approve(page, chief, number)
    close_it(page, chief, number)
    office.close()
    korean.close()
    with as_owner():
        case.refresh_from_db()
        checks = AftercareCheck.objects.filter(case=case).count()
    assert (case.stage, case.close_reason, checks) == ("closed", "improved", 3)
    look_in_english(browser, live_server, as_(hana), case)


def look_in_english(browser, live_server, client, case):
    context = open_context(browser, live_server, locale="en-GB")
    page = logged_in(context, live_server, client)
    person = case.main_person_id
    inside = ("assessment/", "assessment/history/", f"assessment/paper/{person}/", "family/", "family/new/",
              f"people/{person}/line/", f"people/{person}/same/", "conferences/", "team/builder/")  # fmt: skip
    paths = [f"/desk/cases/{case.number}/{path}" for path in inside]
    for path in (*paths, "/desk/intake/", "/desk/intake/new/", "/desk/outings/", "/desk/outings/new/"):
        page.goto(path)
        axe_clean(page)
        wide = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert wide, f"{path} is wider than its screen"
    context.close()
