"""The citizen's side in Chromium: by telephone and at a desk, in both languages, with axe on each page."""

from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.axe import faults
from tests.browser_fixtures import follow
from tests.cases.report_kit import ACCUSING, reports

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]


def nothing_serious(page: Page, *, contrast: bool = True) -> None:
    assert faults(page, contrast=contrast) == [], page.url
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


PAGES = ("/report/", "/report/?about=self", "/donate/", "/help/", "/display/call/", "/privacy/")


def test_pages_are_accessible_in_both_languages(city: Any, phone_page: Page, english_page: Page) -> None:
    for address in PAGES:
        for page in (phone_page, english_page):
            page.goto(address, timeout=60_000)  # the very first page of a process is slow
            nothing_serious(page, contrast=page is phone_page)


def test_fay_reports_from_her_telephone(city: Any, phone_page: Page) -> None:
    page = phone_page
    page.goto("/report/", timeout=60_000)
    page.get_by_text("지도에서 고르기").click()
    page.locator(".leaflet-interactive").nth(1).click()
    expect(page.locator("#id_town")).not_to_have_value("")
    expect(page.locator("#id_lat")).not_to_have_value("")
    page.get_by_label("혼자 지내요").check()
    page.get_by_label("집을 찾을 수 있는 말").fill("마석 장터 뒤 파란 대문 2층")
    page.locator("#id_words").fill(ACCUSING)
    page.get_by_role("button", name="알리기").click()
    expect(page.locator(".hc-err")).to_be_visible()
    expect(page.locator("#id_words")).to_have_value(ACCUSING)
    nothing_serious(page)
    page.locator("#id_words").fill("사흘째 불이 안 켜졌다가 오늘 켜졌어요.")
    follow(page.get_by_role("button", name="알리기"))
    nothing_serious(page)
    follow(page.get_by_role("link", name="진행 보기"))
    nothing_serious(page)
    assert len(reports()) == 1 and page.context.cookies() == []


@pytest.mark.rule("D4")
def test_leaving_quickly_replaces_the_page(city: Any, page: Page) -> None:
    page.goto("/")
    page.goto("/report/")
    page.get_by_role("link", name="빨리 나가기").click()
    page.wait_for_timeout(300)
    assert "/report/" not in page.url or page.evaluate("document.documentElement.hidden")


def test_without_script_the_map_is_links_and_the_form_is_taken(browser: Any, live_server: Any, city: Any) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto("/report/")
    page.get_by_text("지도에서 고르기").click()
    page.get_by_role("link", name="조안면").click()
    expect(page.locator("#id_town")).to_have_value("joan")
    page.locator("#id_words").fill("편지가 쌓였어요")
    page.get_by_role("button", name="알리기").click()
    expect(page.get_by_text("잘 받았습니다").first).to_be_visible()
    context.close()


def test_the_readable_document_works_under_the_content_policy(city: Any, page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto("/api/v1/docs")
    nothing_serious(page)
    assert complaints == [] and settings.CONTENT_SECURITY_POLICY
