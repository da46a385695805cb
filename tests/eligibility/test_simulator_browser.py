"""Four people at the simulator in Chromium, by telephone and at a desk, in both languages, axe on every page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cases.models import Intake
from cases.services.intake import told_of
from tests.axe import faults
from tests.browser_fixtures import follow
from tests.database import as_owner
from tests.eligibility.test_simulator import ALONE
from tests.eligibility.test_simulator import walk as walk_by_post

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
As = Callable[..., Client]
Told = dict[str, dict[str, Any]]
NOTHING: Told = {
    "savings": {"nothing": "on"},
    "car": {"car": "no"},
    "crisis": {"crisis": "none"},
    "family": {"kin": "none"},
}
FATHER: Told = {
    **NOTHING,
    "home": {"town": "jinjeop", "size": "3"},
    "people": {"band_1": "35-49", "relation_2": "child", "band_2": "10-12", "relation_3": "child", "band_3": "0-9"},
    "children": {"school_2": "elementary", "born_3": "2020-05", "day_3": "kindergarten"},
    "life": {"of": ["single_parent"]},
    "income": {"earned_1": "220", "rest_1": "on"},
    "housing": {"tenure": "jeonse"},
    "rent": {"deposit": "6000"},
}
COUPLE: Told = {
    **NOTHING,
    "home": {"town": "dasan1", "size": "3"},
    "people": {"band_1": "30-34", "relation_2": "spouse", "band_2": "25-29", "relation_3": "child", "band_3": "0-9"},
    "children": {"born_3": "2026-10", "day_3": "home"},
    "life": {},
    "income": {"earned_1": "450", "rest_1": "on", "nothing_2": "on"},
    "housing": {"tenure": "jeonse"},
    "rent": {"deposit": "25000"},
}
CARER: Told = {
    **NOTHING,
    "home": {"town": "wabu", "size": "2"},
    "people": {"band_1": "13-15", "relation_2": "parent", "band_2": "50-59"},
    "children": {"school_1": "middle"},
    "life": {"of": ["heavy", "carer"]},
    "whose": {"heavy": ["2"]},
    "income": {"nothing_2": "on"},
    "housing": {"tenure": "monthly_rent"},
    "rent": {"deposit": "500", "monthly_rent": "35"},
}


def nothing_serious(page: Page, *, contrast: bool = True) -> None:
    assert faults(page, contrast=contrast) == [], page.url
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url


def answer(page: Page, told: dict[str, Any]) -> None:
    for name, value in told.items():
        fields = page.locator(f"[name={name}]")
        kind = fields.first.evaluate("field => field.tagName + field.type")
        if kind.startswith("SELECT"):
            fields.select_option(value)
        elif kind in {"INPUTcheckbox", "INPUTradio"}:
            for one in value if isinstance(value, list) else [value]:
                page.locator(f"[name={name}]" if one == "on" else f"[name={name}][value='{one}']").check(force=True)
        else:
            fields.fill(value)


def bring(page: Page, client: Client, told: Told, live_server: LiveServer) -> None:
    """Everything answered by POST, and the cookie of these answers brought into the browser."""
    walk_by_post(client, told)
    cookie = {"name": "answers", "value": client.cookies["answers"].value}
    page.context.add_cookies([{**cookie, "domain": "localhost", "path": "/simulate/"}])  # type: ignore[list-item]
    assert "://localhost" in live_server.url


def walk(page: Page, told: Told) -> None:
    """From the first screen to the result as somebody would, answering what is asked, axe on every page; the questions
    are of three kinds of fields, whose contrast is looked at once each."""
    page.goto("/simulate/", timeout=60_000)
    follow(page.locator("main form button.primary"))
    for _ in range(20):
        page.wait_for_load_state()
        if page.url.endswith("/simulate/result/"):
            nothing_serious(page)
            return
        asked = page.url.rstrip("/").rsplit("/", 1)[-1]
        nothing_serious(page, contrast=asked in {"home", "life", "income"})
        answer(page, told.get(asked, {}))
        before = page.url
        page.locator(".hc-buttons button.primary" if asked in told else "button[value=skip]").click()
        page.wait_for_url(lambda url, before=before: url != before)
    raise AssertionError("never came to an end")


@pytest.mark.rule("D12")
@pytest.mark.rule("R3")
def test_an_old_woman_alone_keeps_her_answers_and_goes_on_elsewhere(
    city: Any, phone_page: Page, english_page: Page
) -> None:
    walk(phone_page, ALONE)
    expect(phone_page.get_by_role("heading", name="가까워요, 꼭 물어보세요")).to_be_visible()
    expect(phone_page.get_by_text("79,166원(6.4 %) 넘습니다.").first).to_be_visible()
    phone_page.get_by_role("button", name="번호로 저장").click()
    code = phone_page.locator("output").inner_text()
    nothing_serious(phone_page)
    english_page.goto("/simulate/", timeout=60_000)
    english_page.get_by_label("Code of your saved answers").fill(code)
    english_page.get_by_role("button", name="Go on", exact=True).click()
    expect(english_page.get_by_role("heading", name="Close: please ask")).to_be_visible()
    nothing_serious(english_page, contrast=False)


def test_a_single_father_in_english(city: Any, english_page: Page, as_: As, live_server: LiveServer) -> None:
    """He asks his way through the pages that the old woman was not asked; then he mends one answer."""
    page = english_page
    bring(page, as_(), FATHER, live_server)
    for asked in ("children", "family", "income"):
        page.goto(f"/simulate/q/{asked}/", timeout=60_000)
        nothing_serious(page, contrast=False)
    answer(page, {"earned_1": "210"})
    page.locator(".hc-buttons button.primary").click()
    page.wait_for_url("**/simulate/result/")
    expect(page.locator(".hc-group.likely").first).to_contain_text("Child allowance")
    expect(page.locator("#p-single_parent")).to_be_visible()
    nothing_serious(page, contrast=False)


def test_a_young_couple_with_a_newborn(city: Any, page: Page, as_: As, live_server: LiveServer) -> None:
    bring(page, as_(), COUPLE, live_server)
    page.goto("/simulate/result/", timeout=60_000)
    likely = page.locator(".hc-group.likely").first
    for words in ("부모급여", "월 1,000,000원", "아동수당", "첫만남이용권", "바우처"):
        expect(likely).to_contain_text(words)
    page.get_by_text("조건 하나씩 보기").first.click()
    nothing_serious(page)


@pytest.mark.rule("K6")
def test_a_fifteen_year_old_who_looks_after_somebody_gives_it_to_a_centre(
    city: Any, phone_page: Page, as_: As, live_server: LiveServer
) -> None:
    page = phone_page
    bring(page, as_(), CARER, live_server)
    page.goto("/simulate/q/whose/", timeout=60_000)
    nothing_serious(page)
    page.locator(".hc-buttons button.primary").click()
    page.wait_for_url("**/simulate/result/")
    expect(page.locator("#p-young_carer")).to_be_visible()
    expect(page.get_by_role("link", name="가족 쉼")).to_be_visible()
    page.get_by_role("link", name="내 답을 센터에 전하기").click()
    page.get_by_role("button", name="계속").click()
    expect(page.get_by_role("alert")).to_contain_text("동의")
    nothing_serious(page)
    page.get_by_label("이 답을 센터에 전하는 데 동의합니다.").check()
    follow(page.get_by_role("button", name="계속"))
    nothing_serious(page)
    page.get_by_label("이름").fill("배미소")
    page.get_by_label("전화번호").fill("010-0000-1515")
    page.locator("#id_consent").check()
    page.get_by_role("button", name="센터에 전하기").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("전화드릴게요")
    nothing_serious(page)
    assert page.url.endswith("/intake/hand-over/")
    with as_owner():
        intake = Intake.objects.select_related("town").get()
    assert (intake.door, intake.town.code if intake.town else "", intake.name) == ("simulator", "wabu", "배미소")
    told = told_of(intake)
    assert [person.get("illness") for person in told["persons"]] == ["none", "rare_or_severe"]


@pytest.mark.rule("D4")
def test_without_script_it_is_asked_and_answered(browser: Any, live_server: Any, city: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto("/simulate/", timeout=60_000)
    page.get_by_role("button", name="시작하기").click()
    page.get_by_label("읍·면·동").select_option("hwado")
    page.get_by_label("모두 몇 분이 함께 사세요?").fill("1")
    page.get_by_role("button", name="다음").last.click()
    page.get_by_label("나이").select_option("65-79")
    page.get_by_role("button", name="다음").last.click()
    page.get_by_role("button", name="지금까지 답으로 결과 보기").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("물어볼 만한 것")
    expect(page.get_by_role("link", name="빨리 나가기")).to_have_attribute("href", "/simulate/leave/")
    context.close()
