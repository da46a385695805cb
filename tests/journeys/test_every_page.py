"""Every page of the house, found by following links as each member of the cast, looked at by axe in both languages.

A view is opened once a language, by the first who finds a link to it. Pages without links and arguments are opened by
their address. So a new page is looked at from its first link on, and nobody keeps a list.
"""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Error, Page

from hopecare.kernel.url_walk import addresses
from tests.axe import faults
from tests.journeys.walker import Walker
from tests.runtime.instances import Instance

pytestmark = [pytest.mark.browser]

#: Who looks, and where they begin. Whoever comes first opens what several may see.
WALKS = {
    "": ["/", "/help/", "/report/", "/login/", "/demo/phone/", "/demo/components/", "/nowhere/"],
    "hana": ["/desk/", "/desk/reports/", "/desk/cases/", "/me/"],
    "eli": ["/desk/", "/desk/cases/", "/desk/colleagues/"],
    "ana": ["/desk/reports/", "/desk/cases/"],
    "ivo": ["/desk/"],
    "jin": ["/desk/"],
    "gil": ["/desk/"],
    "bo": ["/me/"],
    "dee": ["/me/"],
}
#: No pages: files, machine answers, and what a link must not do to the walk.
SKIPPED = ("/logout/", "/static/", "/api/v1/openapi.json", "/sms/", "/healthz", "/readyz", "/metrics")
FILES = (".ics", ".json", ".xlsx", ".csv", ".pdf", ".webmanifest", ".js", ".xml")
_LINKS = "all => all.filter(one => !one.target && !one.hasAttribute('download')).map(one => one.getAttribute('href'))"


class Crawl:
    """One language: which views were opened where, and what axe found there."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.opened, self.faults = walker, dict[str, str](), dict[str, list[str]]()
        self.broken: list[str] = []

    def walk(self, who: str, starts: list[str]) -> None:
        page = self.walker.as_(who) if who else self.walker.window("nobody")
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            view = view_of(path)
            if view and view not in self.opened:
                waiting += [urljoin(path, link) for link in self.open(page, view, path, who)]

    def open(self, page: Page, view: str, path: str, who: str) -> list[str]:
        """The links of a page that answered; its faults are noted."""
        try:
            answer = page.goto(path)
        except Error:  # an answer without a page, as to an address that only takes forms
            return []
        assert answer is not None
        if answer.status >= 500:
            self.broken.append(f"{path} as {who or 'nobody'}: {answer.status}")
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        if answer.status != 200 and path != "/nowhere/":
            return []
        if view_of(page.url) != view:  # led elsewhere: that page has its own turn
            return [page.url]
        self.opened[view] = path
        if found := faults(page, contrast=self.walker.locale == "ko-KR", grave=True):
            self.faults[f"{path} as {who or 'nobody'}"] = found
        return [link for link in page.eval_on_selector_all("a[href]", _LINKS) if link]


def view_of(address: str) -> str:
    """The route behind an address of ours, "" for anything that is no page."""
    parts = urlsplit(address)
    if parts.scheme not in {"", "http"} or parts.hostname not in {None, "127.0.0.1"} or not parts.path:
        return ""
    if parts.path.startswith(SKIPPED) or parts.path.endswith(FILES):
        return ""
    try:
        return str(resolve(parts.path).route)
    except Resolver404:
        return "nowhere" if parts.path == "/nowhere/" else ""


@pytest.fixture(params=["en-GB", "ko-KR"])
def crawl(browser: Browser, street: Instance, request: pytest.FixtureRequest) -> Iterator[Crawl]:
    walker = Walker(browser, f"http://127.0.0.1:{street.port}", request.param)
    yield Crawl(walker)
    walker.close()


def test_every_page_in_both_languages(crawl: Crawl) -> None:
    for who, starts in WALKS.items():
        crawl.walk(who, starts)
    for who in ("", "hana", "eli"):
        crawl.walk(who, [one.path for one in addresses() if "<" not in one.path])
    print(f"{len(crawl.opened)} views opened: {sorted(crawl.opened)}")
    assert (crawl.faults, crawl.broken) == ({}, [])
    assert len(crawl.opened) >= 60
