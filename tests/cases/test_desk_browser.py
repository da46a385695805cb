"""One walk in Chromium over what the desk brings together: a file of the city with its wrong row corrected, an official
form copied field by field, the directory, a referral that is kept, a list ticked off, a paper, a group that decides."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cases.models import Council, CouncilIssue, Referral, ServiceRecord
from cases.services import imports
from tests.axe import faults
from tests.browser_fixtures import PHONE, follow, open_context, press
from tests.cases import import_kit as kit
from tests.cases.case_kit import DAY, TOLD, ask, consent, goal
from tests.cases.report_kit import picture
from tests.cases.test_case_browser import logged_in
from tests.database import as_owner
from tests.factories import make_case

pytestmark = pytest.mark.usefixtures("let_go")
SHOTS = os.environ.get("HOPECARE_SHOTS")
#: Seen in no other walk, since what they show has to be made first.
NEW = {"row", "keys", "papers"}
WRONG = ("P-9", "", "이한솔", "1948-13-40", "여", "", "화도읍", "", "")


def look(page, name):
    """No sideways scrolling, no serious fault where no other walk comes by; a picture where somebody asked for one."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert name not in NEW or faults(page, grave=True) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name


def tap(page, name, value):
    page.locator(f"input[name='{name}'][value='{value}']").check(force=True)


def bring_a_file(page, path):
    page.goto("/desk/imports/")
    tap(page, "mapping", "city_people")
    page.set_input_files("[name='file']", path)
    press(page, "확인하고 받아들이기")
    imports.take_in()
    page.reload()
    follow(page.get_by_role("link", name="이한솔"))
    look(page, "row")
    page.fill("[name='birth_date']", "1948-12-30")
    press(page, "받아들이기")
    page.goto("/desk/imports/keys/")
    page.fill("[name='name']", "시 전산")
    press(page, "열쇠 만들기")
    assert page.locator("#fresh-key").inner_text().startswith("hci_")
    look(page, "keys")


def copy_a_form(page, number):
    page.goto(f"/desk/cases/{number}/forms/survey/")
    button = page.locator("[data-copy]").first
    button.click()
    assert "복사" in button.inner_text()
    look(page, "form")
    press(page, "옮겼습니다")


def refer(page, number):
    page.goto("/desk/resources/new/")
    page.fill("[name='name']", "무릎 진료")
    page.select_option("[name='category']", label="보건·의료")
    tap(page, "sector", "business")
    page.fill("[name='owner_name']", "마석연합의원")
    page.fill("[name='phone']", "031-000-0501")
    press(page, "저장")
    page.goto(f"/desk/resources/?case={number}")
    follow(page.get_by_role("link", name="의뢰하기 무릎 진료"))
    page.fill("[name='words']", "무릎 진료를 부탁드려요")
    page.fill("[name='day']", f"{DAY + timedelta(days=3)}")
    page.fill("[name='hour']", "14:00")
    press(page, "의뢰하기")
    follow(page.get_by_role("link", name="마석연합의원").first)
    page.fill("[name='who']", "접수 박 선생")
    look(page, "referral")
    press(page, "적기")
    press(page, "다녀왔어요")


def tick_off(page):
    page.goto("/desk/services/list/")
    page.select_option("[name='service']", label="이미용")
    press(page, "명단 보기")
    press(page, "모두 표시")
    look(page, "list")
    press(page, "표시한 분들 적기")


def keep_a_paper(page, number):
    page.goto(f"/desk/cases/{number}/papers/")
    page.set_input_files("[name='picture']", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()})
    tap(page, "kind", "consent")
    page.fill("[name='title']", "개인정보 동의서")
    page.fill("[name='expires_on']", f"{DAY + timedelta(days=20)}")
    press(page, "보관하기")
    paper = page.get_by_role("img", name="개인정보 동의서")
    paper.scroll_into_view_if_needed()
    expect(paper).not_to_have_js_property("naturalWidth", 0)
    look(page, "papers")


def decide(head, partner):
    head.goto("/desk/groups/new/")
    head.fill("[name='name']", "동부 협의체")
    tap(head, "kind", "consultation")
    head.fill("[name='purpose']", "겹치거나 빠뜨리지 않도록 미리 의논합니다")
    press(head, "모임 만들기")
    follow(head.get_by_role("link", name="동부 협의체"))
    head.fill("[name='name']", "구다정")
    tap(head, "sector", "health")
    press(head, "위촉하기")
    look(head, "group")
    partner.goto("/desk/groups/")
    partner.get_by_text("안건 올리기").click()
    partner.select_option("[name='council']", label="동부 협의체")
    partner.fill("[name='title']", "같은 날 도시락이 겹칩니다")
    partner.fill("form[data-guard] [name='words']", "수요일마다 두 기관의 음식이 함께 갑니다.")
    press(partner, "안건에 올리기")
    look(partner, "issues-phone")
    head.goto("/desk/groups/")
    head.get_by_role("link", name="같은 날 도시락이 겹칩니다").click()
    head.fill("form[data-guard] [name='words']", "수요일은 한빛이 맡습니다.")
    head.fill("[name='why']", "먹을 것이 남아 버려지지 않게")
    head.fill("[name='dissent']", "금요일이 낫다")
    head.fill("[name='dissenters']", "길도윤")
    press(head, "결정 적기")
    look(head, "issue")


@pytest.mark.browser
@pytest.mark.rule("R13")
@pytest.mark.rule("R19")
@pytest.mark.rule("R44")
@pytest.mark.django_db(transaction=True)
def test_the_walk_of_the_desk(browser, live_server, hana, eli, gil, as_, city, tmp_path):
    case, mina = make_case(hana), kit.desk(city)
    ask(hana, case, TOLD, own_words="혼자 먹으면 밥맛이 없어.")
    goal(hana, case)
    consent(hana, case.main_person, "case_management")
    context = open_context(browser, live_server)
    bring_a_file(logged_in(context, live_server, as_(mina)), kit.as_csv(tmp_path / "a.csv", kit.PEOPLE, [WRONG]))
    assert kit.states() == ["done"]
    context.clear_cookies()
    page = logged_in(context, live_server, as_(hana))
    copy_a_form(page, case.number)
    refer(page, case.number)
    tick_off(page)
    keep_a_paper(page, case.number)
    context.clear_cookies()
    phone = open_context(browser, live_server, viewport=PHONE)
    decide(logged_in(context, live_server, as_(eli)), logged_in(phone, live_server, as_(gil)))
    with as_owner():
        assert Referral.objects.get().state == "attended" and Council.objects.get().seats.count() == 1
        assert ServiceRecord.objects.get().service.code == "hair_care"
        assert CouncilIssue.objects.get().decided_at is not None
