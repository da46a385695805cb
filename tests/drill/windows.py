"""Windows in Chromium for several people at once, and their forms, for the walks of the drill."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from hopecare.kernel.context import forget_city
from tests.browser_fixtures import PHONE, open_context
from tests.cast import Actor, log_in


class Windows:
    """`of(hana)` is her window at the desk; `of()` somebody's telephone, logged in nowhere."""

    def __init__(self, browser: Browser, live_server: Any) -> None:
        self.browser, self.server = browser, live_server
        self.contexts: list[BrowserContext] = []

    def of(self, who: Actor | None = None) -> Page:
        context = open_context(self.browser, self.server, **({} if who else {"viewport": PHONE}))
        self.contexts.append(context)
        if who is not None:
            client = log_in(Client(), who)
            context.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": self.server.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        return context.new_page()


@pytest.fixture
def windows(browser: Browser, live_server: Any) -> Iterator[Windows]:
    forget_city()
    found = Windows(browser, live_server)
    yield found
    for context in found.contexts:
        context.close()
    forget_city()


def fill(form: Locator, **values: Any) -> Locator:
    """Fields by their names; a list ticks several, True ticks a box."""
    for name, value in values.items():
        fields = form.locator(f'[name="{name}"]')
        kind = fields.first.evaluate("field => field.type || field.tagName.toLowerCase()")
        if kind in ("checkbox", "radio"):
            for one in value if isinstance(value, list) else [value]:
                found = fields.first if one is True else form.locator(f'[name="{name}"][value="{one}"]')
                if not found.is_checked():
                    found.press("Space")  # a click misses what letters that arrive late push aside
        elif kind.startswith("select"):
            fields.first.select_option(str(value))
        else:
            fields.first.fill(str(value))
    return form


def send(form: Locator, **values: Any) -> None:
    """Fill a form, press its button and wait for the page that answers.

    The menu stays shut: it would lie over the form.
    """
    form.page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    fill(form, **values)
    with form.page.expect_navigation(wait_until="load"):
        form.locator("button").last.click()


def form_of(page: Page, action: str, do: str = "") -> Locator:
    """The form that is sent to an address ending so, and says `do`."""
    told = f':has([name="do"][value="{do}"])' if do else ""
    return page.locator(f'form[action$="{action}"]{told}').first


def main_form(page: Page) -> Locator:
    return page.locator("main form[method=post]").first
