"""Every page of the house in English under axe, and in Korean read; `make drill` looks at the Korean ones, too."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.crawl import Crawl, Reading
from tests.journeys.walker import Walker
from tests.runtime.instances import Instance

pytestmark = [pytest.mark.browser]


@pytest.fixture
def walker(browser: Browser, street: Instance) -> Iterator[Callable[[str], Walker]]:
    made: list[Walker] = []

    def make(locale: str) -> Walker:
        made.append(Walker(browser, f"http://127.0.0.1:{street.port}", locale))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_every_page_in_english_has_no_grave_fault(walker: Callable[[str], Walker]) -> None:
    crawl = Crawl(walker("en-GB")).everywhere()
    assert (crawl.faults, crawl.broken) == ({}, [])
    assert len(crawl.opened) >= 60


def test_every_page_answers_in_korean(walker: Callable[[str], Walker]) -> None:
    crawl = Reading(walker("ko-KR")).everywhere()
    assert crawl.broken == []
    assert len(crawl.opened) >= 60
