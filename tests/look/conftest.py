"""A browser for looking at pages: `look` opens an address in a language, width and contrast and returns the page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hopecare.kernel.context import forget_city
from tests.waiting import wait_for_the_server


@pytest.fixture
def look(
    browser: Browser, transactional_db: None, city: Any, live_server: Any, settings: Any
) -> Iterator[Callable[..., Page]]:
    """`look("/", language="en", width=320, contrast="high")`."""
    settings.HOPECARE_DEMO = True
    forget_city()
    contexts = []

    def open_page(address: str, *, language: str = "ko", width: int = 1280, contrast: str = "", **more: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="ko-KR", **more)
        cookies = {"django_language": language, "contrast": contrast}
        context.add_cookies(
            [{"name": key, "value": value, "url": live_server.url} for key, value in cookies.items() if value]
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}{address}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    forget_city()
    wait_for_the_server()
