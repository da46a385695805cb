"""Somebody with a browser without script: reads pages, fills and sends forms, while any process may die."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

PATIENCE_SECONDS = 90


@dataclass
class Form:
    """One form of a page with what stands in its fields."""

    id: str
    action: str
    method: str
    values: list[tuple[str, str]] = field(default_factory=list)

    def __contains__(self, name: str) -> bool:
        return any(name == known for known, _ in self.values)

    def filled(self, **wanted: str) -> list[tuple[str, str]]:
        """What stands in the form with `wanted` put over it."""
        return [(name, value) for name, value in self.values if name not in wanted] + list(wanted.items())


@dataclass
class Page:
    status: int
    url: str
    text: str

    @property
    def forms(self) -> list[Form]:
        reader = _Reader(self.url)
        reader.feed(self.text)
        return reader.forms

    def form(self, has: str = "", action: str = "") -> Form:
        """The first form with that field and that piece of its address."""
        found = [form for form in self.forms if action in form.action and (not has or has in form)]
        assert found, f"{self.url} ({self.status}) has no form with {has!r} to {action!r}: {self.problems()}"
        return found[0]

    def option(self, select: str, words: str) -> str:
        """The value of the choice of that select in whose words `words` stand."""
        reader = _Reader(self.url)
        reader.feed(self.text)
        found = [value for name, value, told in reader.options if name == select and words in told]
        assert found, f"{self.url} offers no {words!r} in {select!r}"
        return found[0]

    def problems(self) -> str:
        """What a page that came back with problems says about them."""
        return (
            " | ".join(piece.split("</", 1)[0][-160:] for piece in self.text.split('class="hc-msg"')[1:4])
            or self.text[:300]
        )


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.forms = url, list[Form]()
        self.options: list[tuple[str, str, str]] = []
        self._form: Form | None = None
        self._select, self._chosen, self._first = "", "", ""
        self._option: list[str] | None = None
        self._area: list[str] | None = None
        self._area_name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            action = urljoin(self.url, given.get("action", "") or self.url)
            self._form = Form(given.get("id", ""), action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "select":
            self._select, self._chosen, self._first = name, "", "\0"
        elif tag == "option":
            self._option = [self._select, given.get("value", ""), ""]
            self._first = given.get("value", "") if self._first == "\0" else self._first
            self._chosen = given.get("value", "") if "selected" in given else self._chosen
        elif tag == "textarea":
            self._area, self._area_name = [], name
        elif tag == "input" and name:
            box = given.get("type") in {"checkbox", "radio"}
            if ("checked" in given or not box) and given.get("type") not in {"submit", "file"}:
                self._put(name, given.get("value", "on" if box else ""))

    def handle_data(self, data: str) -> None:
        if self._option is not None:
            self._option[2] += data
        if self._area is not None:
            self._area.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "option" and self._option is not None:
            self.options.append((self._option[0], self._option[1], self._option[2]))
            self._option = None
        elif tag == "select":
            self._put(self._select, self._chosen or self._first.strip("\0"))
        elif tag == "textarea" and self._area is not None:
            self._put(self._area_name, "".join(self._area).removeprefix("\n"))
            self._area = None

    def _put(self, name: str, value: str) -> None:
        if self._form is not None and name:
            self._form.values.append((name, value))


class Visitor:
    """One person with their own cookies. Where no answer or a 5xx came, the same is sent again, as a reload does."""

    def __init__(self, base: str) -> None:
        self.base, self.session = base, requests.Session()
        self.session.trust_env = False
        self.session.headers["Accept-Language"] = "ko"
        #: How often something was sent again.
        self.again = 0

    def log_in(self, who: str) -> "Visitor":
        page = self.get("/login/")
        self._ask("post", urljoin(self.base, "/login/demo/"), page.form(has="who").filled(who=who))
        return self

    def get(self, path: str) -> Page:
        return self._ask("get", urljoin(self.base, path), None)

    def send(self, form: Form, **wanted: str) -> Page:
        """Fill and send a form; the page one lands on."""
        return self._ask("post", form.action, form.filled(**wanted))

    def _ask(self, method: str, url: str, data: list[tuple[str, str]] | None) -> Page:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.session.request(method, url, data=data, timeout=30)
                if answer.status_code < 500:
                    return Page(answer.status_code, answer.url, answer.text)
                said = f"{answer.status_code}"
                assert answer.status_code != 500, f"{url} broke: {answer.text[:500]}"
            except requests.RequestException as error:
                said = type(error).__name__
            assert time.monotonic() < deadline, f"{method} {url}: {said} for {PATIENCE_SECONDS} s"
            self.again += 1
            time.sleep(0.2)
