"""Every page of the house in Korean under axe, contrast and targets included, drawn in Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.crawl import Crawl
from tests.journeys.walker import Walker
from tests.runtime.instances import running

pytestmark = [pytest.mark.browser]


@pytest.fixture
def walker(browser: Browser, tmp_path: Path) -> Iterator[Walker]:
    with running(tmp_path, HOPECARE_DEMO="1") as instance:
        walker = Walker(browser, f"http://127.0.0.1:{instance.port}")
        yield walker
        walker.close()


def test_every_page_in_korean_has_no_grave_fault(walker: Walker) -> None:
    crawl = Crawl(walker).everywhere()
    assert (crawl.faults, crawl.broken) == ({}, [])
    assert len(crawl.opened) >= 60
