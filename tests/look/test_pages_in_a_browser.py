"""Every component and frame in Chromium: axe finds nothing, nothing is cut off, the keyboard gets everywhere."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import faults
from tests.browser_fixtures import follow

pytestmark = pytest.mark.browser
Look = Callable[..., Page]
PAGES = (
    "/",
    "/preferences/",
    "/demo/components/",
    "/demo/components/?side=desk",
    "/demo/components/?side=paper",
    "/nowhere/",
)


def test_axe_finds_nothing_and_nothing_scrolls_sideways(look: Look) -> None:
    """640 px is 1280 at 200 % zoom. In English the walk over every page asks axe again."""
    found = {}
    on_black = [(address, "ko", "high") for address in ("/", "/demo/components/?side=desk")]
    for address, language, contrast in [*product(PAGES, ("ko", "en"), ("",)), *on_black]:
        page = look(address, language=language, contrast=contrast)
        found[address, language, contrast] = [*(faults(page) if language == "ko" else []), *_beyond(page)]
        page.close()
    assert {place: what for place, what in found.items() if what} == {}


def _beyond(page: Page) -> list[str]:
    wide = []
    for width in (320, 390, 640):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(f"scrolls sideways at {width}")
    return wide


def test_axe_would_find_something(look: Look) -> None:
    page = look("/")
    page.evaluate("document.querySelector('#find-code').removeAttribute('placeholder')")
    page.evaluate("document.querySelector('#find-code').removeAttribute('id')")
    assert any(fault.startswith("label") for fault in faults(page))


def test_very_large_letters_fit_a_small_phone(look: Look) -> None:
    page = look("/preferences/", width=320)
    page.get_by_label("아주 크게").check()
    follow(page.get_by_role("button", name="이대로 둘게요"))
    assert page.locator("html").get_attribute("data-type") == "larger"
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_public_targets_are_large_enough_for_a_thumb(look: Look) -> None:
    page = look("/", width=390)
    small = page.evaluate(
        """[...document.querySelectorAll('main a, main button, main input, header a, header button')]
           .filter(one => one.offsetParent && getComputedStyle(one).display !== 'inline')
           .filter(one => one.getBoundingClientRect().height < 44)
           .map(one => one.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_keyboard_reaches_content_first(look: Look) -> None:
    page = look("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "hc-skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"


@pytest.mark.rule("D4")
def test_leaving_quickly_leaves_nothing_to_go_back_to(look: Look, live_server: Any) -> None:
    page = look("/")
    page.goto(f"{live_server.url}/demo/components/")
    page.evaluate("sessionStorage.setItem('hopecare.kept:/x#words', 'secret')")
    page.evaluate("document.querySelector('[data-leave]').href = '/preferences/'")
    before = page.evaluate("history.length")
    page.locator("[data-leave]").click()
    page.wait_for_url("**/preferences/")
    assert page.evaluate("history.length") == before
    assert page.evaluate("Object.keys(sessionStorage)") == []


@pytest.mark.rule("D4")
def test_leaving_quickly_works_without_script(look: Look) -> None:
    page = look("/demo/components/", java_script_enabled=False)
    assert page.locator(".hc-leave").get_attribute("href").startswith("https://")  # type: ignore[union-attr]


def test_words_survive_an_ended_session_in_this_tab_only(look: Look) -> None:
    page = look("/demo/components/")
    page.locator("[data-keep]").fill("말벗이 필요하다고 하심")
    assert page.evaluate("Object.values(sessionStorage)") == ["말벗이 필요하다고 하심"]
    assert page.evaluate("Object.keys(localStorage)") == []


def test_sent_words_are_forgotten_but_not_when_the_log_in_came_between(look: Look, live_server: Any) -> None:
    page = look("/demo/components/")
    page.locator("[data-keep]").fill("말벗이 필요하다고 하심")
    kept = "Object.keys(sessionStorage).filter(key => key.includes('kept'))"
    sent = "sessionStorage.setItem('hopecare.sent', '/demo/components/')"
    page.evaluate(sent)
    page.goto(f"{live_server.url}/login/")
    page.goto(f"{live_server.url}/")
    assert len(page.evaluate(kept)) == 1
    page.evaluate(sent)
    page.goto(f"{live_server.url}/preferences/")
    assert page.evaluate(kept) == []


def test_no_page_breaks_its_own_content_policy(look: Look) -> None:
    page = look("/")
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    for address in ("/", "/preferences/", "/demo/components/?side=desk", "/demo/components/?side=paper"):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + address)
    assert complaints == []


def test_the_front_page_reads_without_script_and_style(look: Look) -> None:
    page = look("/", java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="English")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
