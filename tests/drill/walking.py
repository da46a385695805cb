"""How the long walks go: fill in by name, press, look with axe, and once more at 320 px."""

import os
import re
from pathlib import Path
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from tests.axe import faults
from tests.browser_fixtures import DESKTOP, open_context
from tests.cases.test_case_browser import logged_in
from tests.cast import Actor

SHOTS = os.environ.get("HOPECARE_SHOTS", "")
NARROW = {"width": 320, "height": 740}
_KIND = "one => one.tagName === 'SELECT' ? 'select' : one.type"
_FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


class Walk:
    """`walk.as_(hana)` is Hana's own window, logged in; it stays hers for the whole walk."""

    def __init__(self, browser: Browser, live_server: LiveServer, client_of: Any) -> None:
        self.browser, self.live_server, self.client_of = browser, live_server, client_of
        self.windows: dict[int, Page] = {}

    def as_(self, actor: Actor) -> Page:
        if actor.id not in self.windows:
            client: Client = self.client_of(actor)
            context = open_context(self.browser, self.live_server)
            self.windows[actor.id] = logged_in(context, self.live_server, client)
        return self.windows[actor.id]


def go(page: Page, path: str, *, status: int = 200) -> str:
    """Open an address; what the page says."""
    answer = page.goto(path)
    assert answer is not None and answer.status == status, f"{path} answered {answer and answer.status}"
    return said(page)


def said(page: Page) -> str:
    return page.inner_text("main")


def fill(page: Page, within: str = "main", **fields: Any) -> None:
    """Write into a form by the names of its fields: words, the value or words of a choice, several for boxes."""
    for name, value in fields.items():
        field = page.locator(f"{within} [name='{name}']")
        kind = field.first.evaluate(_KIND)
        if kind == "select":
            field.first.select_option(value)
        elif value is True:
            field.first.check(force=True)
        elif kind in {"radio", "checkbox"}:
            for one in value if isinstance(value, list) else [value]:
                page.locator(f"{within} [name='{name}'][value='{one}']").check(force=True)
        else:
            field.first.fill(f"{value}")


def press(page: Page, words: str, *, within: str = "main", status: int = 200) -> str:
    """Press the first button of these very words and wait for the page that answers; what it says."""
    with page.expect_navigation(wait_until="load") as news:
        page.locator(within).get_by_role("button", name=words).first.click()
    assert news.value.status == status, f"{words}: {news.value.url} answered {news.value.status}: {said(page)[:400]}"
    return said(page)


def follow(page: Page, words: str) -> str:
    """Go where the first link of the page with these words leads; what is said there."""
    with page.expect_navigation(wait_until="load") as news:
        page.locator("main").get_by_role("link", name=words).first.click()
    assert news.value.status == 200, f"{words}: {news.value.url} answered {news.value.status}"
    return said(page)


def look(page: Page) -> None:
    """Nothing serious for axe, and no scrolling sideways on the narrowest telephone."""
    found = faults(page, grave=True)
    assert found == [], f"{page.url}: {found}"
    shoot(page, "wide")
    page.set_viewport_size(NARROW)
    shoot(page, "narrow")
    assert page.evaluate(_FITS), f"{page.url} is wider than 320 px"
    page.set_viewport_size(DESKTOP)


def shoot(page: Page, how: str) -> None:
    """A picture where somebody asked for one (HOPECARE_SHOTS=folder)."""
    if SHOTS:
        name = re.sub(r"\W+", "-", page.url.split("/", 3)[3]).strip("-")[:80]
        known = len(list(Path(SHOTS).glob(f"{name}.{how}*")))
        page.screenshot(path=f"{SHOTS}/{name}.{how}{known or ''}.png", full_page=True)
