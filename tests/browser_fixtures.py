"""A real Chromium on a live server: `page` speaks Korean in Seoul, `english_page` English; no network but our own."""

import re
from collections.abc import Iterator

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from scripts.browser import ensure

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
expect.set_options(timeout=20_000)  # a busy machine answers late; what is never there is told of all the same


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's loop gives this thread another set of connections; those of earlier tests would stay open unseen
    # and keep a clone from being renewed.
    connections.close_all()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=ensure(), args=FLAGS)
        yield chromium
        chromium.close()


def open_context(browser: Browser, live_server: LiveServer, **options: object) -> BrowserContext:
    """A fresh visitor. Requests to anything but our own server fail: a page must not need the network."""
    settings = {"locale": "ko-KR", "viewport": DESKTOP, **options}
    context = browser.new_context(base_url=live_server.url, timezone_id="Asia/Seoul", **settings)  # type: ignore[arg-type]
    context.set_default_timeout(30_000)

    def refuse(route: Route) -> None:
        route.abort()

    own = re.escape(live_server.url)
    context.route(re.compile(rf"^(?!{own}|data:|blob:|about:)"), refuse)
    return context


def press(page: Page, name: str) -> None:
    """Press the first button of this name and wait for the page that answers: another address asked for too early
    would take the form back."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name).first.click()


def follow(one: Locator) -> None:
    """Press a link or button and wait for the page behind it, its style sheets and scripts."""
    with one.page.expect_navigation(wait_until="load"):
        one.click()


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    context = open_context(browser, live_server)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def english_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = open_context(browser, live_server, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.fixture
def phone_page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = open_context(browser, live_server, viewport=PHONE, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()
