"""Every page of the house, found by following links as each member of the cast.

A view is opened once a walk, by the first who finds a link to it. Pages without links and arguments are opened by
their address. So a new page is looked at from its first link on, and nobody keeps a list.
"""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

from hopecare.kernel.url_walk import addresses
from tests.axe import faults
from tests.journeys.walker import Walker

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
    """One walk in Chromium: which views were opened where, what axe found there, and what did not answer."""

    def __init__(self, walker: Walker) -> None:
        self.walker, self.opened, self.faults = walker, dict[str, str](), dict[str, list[str]]()
        self.broken: list[str] = []

    def everywhere(self) -> "Crawl":
        for who in WALKS:
            self.links_of(who)
        self.addresses()
        return self

    def links_of(self, who: str) -> None:
        self.walk(who, WALKS[who])

    def addresses(self) -> None:
        for who in ("", "hana", "eli"):
            self.walk(who, [one.path for one in addresses() if "<" not in one.path])

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
        if not self.is_page(answer.status, answer.headers, path, who):
            return []
        if view_of(page.url) != view:  # led elsewhere: that page has its own turn
            return [page.url]
        self.opened[view] = path
        if found := faults(page, grave=True):
            self.faults[f"{path} as {who or 'nobody'}"] = found
        return [link for link in page.eval_on_selector_all("a[href]", _LINKS) if link]

    def is_page(self, status: int, headers: dict[str, str], path: str, who: str) -> bool:
        if status >= 500:
            self.broken.append(f"{path} as {who or 'nobody'}: {status}")
        return "text/html" in headers.get("content-type", "") and (status == 200 or path == "/nowhere/")


class Reading(Crawl):
    """The same walk without drawing the pages: that each answers, in the language asked for."""

    def open(self, page: Page, view: str, path: str, who: str) -> list[str]:
        answer = page.context.request.get(path, max_redirects=0)
        if "location" in answer.headers:
            return [answer.headers["location"]]
        if not self.is_page(answer.status, answer.headers, path, who):
            return []
        self.opened[view] = path
        seen = _Seen(answer.text())
        if seen.language != self.walker.locale[:2]:
            self.broken.append(f"{path} as {who or 'nobody'}: in {seen.language or 'no language'}")
        return seen.links


class _Seen(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.language, self.links = "", list[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "html":
            self.language = named.get("lang") or ""
        if tag == "a" and named.get("href") and not named.get("target") and "download" not in named:
            self.links.append(named["href"] or "")


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
