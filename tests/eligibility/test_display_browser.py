"""The welfare display in Chromium: found, read, passed on, and a lobby's screen that somebody walks away from."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import faults
from tests.browser_fixtures import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("let_go")]
PAGES = (
    "/display/",
    "/display/?situation=violence",
    "/display/nbls_housing/?town=hwado",
    "/display/changes/",
    "/display/embed/?q=월세",
    "/display/kiosk/?category=care",
    "/display/kiosk/?entry=hope_manager",
)


def fits(page: Page) -> None:
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), page.url


def nothing_serious(page: Page, *, contrast: bool = True) -> None:
    assert faults(page, contrast=contrast) == [], page.url
    fits(page)


def test_pages_are_accessible_on_a_phone_and_fit_it_in_both_languages(
    city: Any, phone_page: Page, english_page: Page
) -> None:
    """Contrast and English are asked by the walk over every page."""
    for address in PAGES:
        phone_page.goto(address, timeout=60_000)
        nothing_serious(phone_page, contrast=False)
    english_page.set_viewport_size(PHONE)
    for address in PAGES:
        english_page.goto(address, timeout=60_000)
        assert english_page.locator("html").get_attribute("lang") == "en"
        fits(english_page)


def test_an_entry_is_found_by_first_consonants_and_names_the_town_s_people(city: Any, phone_page: Page) -> None:
    page = phone_page
    page.goto("/display/", timeout=60_000)
    page.get_by_label("무엇을 찾으세요?").fill("ㄱㅊㅇㄱ")
    page.get_by_role("button", name="찾기").click()
    page.get_by_role("link", name="기초연금").click()
    page.get_by_label("우리 동네 전화번호").select_option("hwado")
    page.get_by_role("button", name="보기").click()
    expect(page.get_by_role("link", name="031-000-0101")).to_be_visible()
    assert page.context.cookies() == []


@pytest.mark.rule("R60")
def test_a_visitor_walks_away_from_the_lobby_s_screen(city: Any, page: Page) -> None:
    page.clock.install()
    page.goto("/display/kiosk/", timeout=60_000)
    nothing_serious(page)
    page.get_by_role("link", name="돌봄·동행").click()
    page.get_by_role("link", name="희망매니저").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("희망매니저")
    page.wait_for_load_state()
    page.clock.fast_forward(46_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    nothing_serious(page)
    page.get_by_role("button", name="네, 보고 있어요").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.fast_forward(46_000)
    page.clock.fast_forward(16_000)
    page.wait_for_url("**/display/kiosk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("무엇이 필요하세요? 눌러 주세요.")
