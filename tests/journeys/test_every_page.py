"""Every page of the house in English under axe, and in Korean read; `make drill` looks at the Korean ones, too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.crawl import WALKS, Crawl, Reading
from tests.journeys.walker import Walker
from tests.runtime.instances import Instance

pytestmark = [pytest.mark.browser]


def _crawl(kind: type[Crawl], browser: Browser, street: Instance, locale: str) -> Iterator[Crawl]:
    walker = Walker(browser, f"http://127.0.0.1:{street.port}", locale)
    yield kind(walker)
    walker.close()


@pytest.fixture(scope="module")
def english(browser: Browser, street: Instance) -> Iterator[Crawl]:
    """One walk, told in several tests, so that none of them is long."""
    yield from _crawl(Crawl, browser, street, "en-GB")


@pytest.fixture(scope="module")
def korean(browser: Browser, street: Instance) -> Iterator[Crawl]:
    yield from _crawl(Reading, browser, street, "ko-KR")


@pytest.mark.parametrize("who", WALKS)
def test_every_page_in_english_has_no_grave_fault(english: Crawl, who: str) -> None:
    english.links_of(who)
    assert (english.faults, english.broken) == ({}, [])


def test_every_address_in_english_has_no_grave_fault(english: Crawl) -> None:
    english.addresses()
    assert (english.faults, english.broken) == ({}, [])
    assert len(english.opened) >= 60


def test_every_page_answers_in_korean(korean: Crawl) -> None:
    korean.everywhere()
    assert korean.broken == []
    assert len(korean.opened) >= 60
