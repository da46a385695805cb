"""Somebody walking through the city in Chromium: one window per person, every page looked at by axe."""

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.axe import faults


class Walker:
    """`walker.as_("hana")` is Hana's window; `look(page)` notes what axe finds and fails on anything serious."""

    def __init__(self, browser: Browser, base: str, locale: str = "ko-KR") -> None:
        self.browser, self.base, self.locale = browser, base, locale
        self.windows: dict[str, Page] = {}
        self.contexts: list[BrowserContext] = []

    def window(self, name: str, **options: Any) -> Page:
        settings: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}, **options}
        context = self.browser.new_context(base_url=self.base, locale=self.locale, timezone_id="Asia/Seoul", **settings)
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        self.windows[name] = context.new_page()
        return self.windows[name]

    def as_(self, who: str) -> Page:
        """The window of one of the cast, logged in by the one click of the login page."""
        if who not in self.windows:
            page = self.window(who)
            page.goto("/login/")
            send(page.locator(f"form:has(input[name=who][value={who}]) button"))
        return self.windows[who]

    def open(self, page: Page, path: str) -> Page:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, f"{path} answered {answer and answer.status}"
        self.look(page)
        return page

    def look(self, page: Page) -> None:
        if found := faults(page, grave=True):
            raise AssertionError(f"{page.url}: {found}")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def send(button: Locator) -> None:
    """Press the button of a form and wait for the page that answers, which is neither a refusal nor a fault."""
    with button.page.expect_navigation(wait_until="load") as news:
        button.click()
    assert news.value.ok, f"{news.value.url} answered {news.value.status}"


def until(page: Page, condition: Callable[[Page], Any], seconds: float = 90) -> Any:
    """Reload until the page shows it: what the worker does takes a moment, on a busy machine several."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition(page)
        if found:
            return found
        assert time.monotonic() < deadline, f"{page.url} did not change in {seconds} s"
        time.sleep(0.5)
        page.reload()


def texts_to(page: Page, number: str) -> list[str]:
    """Bodies of the texts on the stand-in's telephone of that E.164 number, oldest first."""
    bodies = page.locator(f"li[data-to='{number}']").evaluate_all("all => all.map(one => one.dataset.body)")
    return [str(body) for body in bodies]


def code_in(text: str) -> str:
    """The first report code in a page's words."""
    found = re.search(r"\b([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5})\b", text)
    assert found, text[:400]
    return found.group(1)
