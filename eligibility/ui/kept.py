"""The answers between two pages: an encrypted cookie of this browser, gone with its tab or after two hours.

No row is written and no address carries an answer. The cookie holds what was typed, so that going back loses nothing.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.datastructures import MultiValueDict

from eligibility import interview
from eligibility.interview import Told
from eligibility.ui.questions import FORMS, Question
from hopecare.kernel import clock, crypto

COOKIE, PATH = "answers", "/simulate/"
IDLE_SECONDS = 2 * 3600
MOST_BYTES = 3_800  # of a cookie that every browser takes
_UNSENT = {"once", "website", "csrfmiddlewaretoken", "go"}


class TooMuch(Exception):
    """More was typed than one cookie holds."""


@dataclass
class Kept:
    """`raw`: page → field → what was typed (text, or a list of chosen codes). `rules`: version they were saved by;
    `turned`: programme → what it said then, where other rules say otherwise since."""

    raw: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    code: str = ""
    rules: str = ""
    turned: dict[str, str] = field(default_factory=dict)
    _told: dict[str, dict[str, Any]] | None = None

    def keep(self, page: str, data: Any) -> None:
        """What was typed on a page, whether it fits or not."""
        typed = {
            name: values if len(values) != 1 else values[0]
            for name, values in data.lists()
            if name not in _UNSENT and any(values)
        }
        self._told = None
        self.raw[page] = {name: _short(value) for name, value in typed.items()}
        self.skipped = [one for one in self.skipped if one != page]

    def skip(self, page: str) -> None:
        self._told = None
        self.raw.pop(page, None)
        if page not in self.skipped:
            self.skipped.append(page)

    def data(self, page: str) -> MultiValueDict[str, Any]:
        values = self.raw.get(page, {})
        return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in values.items()})

    def told(self) -> dict[str, dict[str, Any]]:
        """The pages whose answers fit, cleaned, each in the light of those before it."""
        if self._told is not None:
            return self._told
        told: dict[str, dict[str, Any]] = {}
        for page in interview.PAGES:
            if page in self.raw and interview.has_place(told, page):
                form = self.form(page, told)
                if form.is_valid():
                    told[page] = form.cleaned_data
        self._told = told
        return told

    def form(self, page: str, told: Told) -> Question:
        """The page's form with what was typed on it, or empty."""
        return FORMS[page](self.data(page) if page in self.raw else None, told=told)

    def plain(self) -> dict[str, Any]:
        return {"raw": self.raw, "skipped": self.skipped, "rules": self.rules, "turned": self.turned}

    @classmethod
    def of(cls, plain: Mapping[str, Any], code: str = "") -> "Kept":
        raw = {page: dict(values) for page, values in plain.get("raw", {}).items() if page in FORMS}
        skipped = [page for page in plain.get("skipped", []) if page in FORMS]
        return cls(raw, skipped, code, plain.get("rules", ""), dict(plain.get("turned", {})))


def _short(value: Any) -> Any:
    return [str(one)[:40] for one in value][:40] if isinstance(value, list) else str(value)[:40]


def read(request: HttpRequest) -> Kept | None:
    """What this browser brought; None without a cookie, with an old or a foreign one."""
    sealed = request.COOKIES.get(COOKIE, "")
    if not sealed or len(sealed) > MOST_BYTES:
        return None
    try:
        plain = json.loads(zlib.decompress(crypto.decrypt_bytes(base64.urlsafe_b64decode(sealed))))
    except (ValueError, zlib.error, crypto.Undecipherable):
        return None
    if clock.now().timestamp() - plain["at"] > IDLE_SECONDS:
        return None
    return Kept.of(plain, plain.get("code", ""))


def write(response: HttpResponseBase, kept: Kept) -> None:
    """Raises TooMuch. The cookie ends with the browser; its own time ends it earlier."""
    plain = {**kept.plain(), "code": kept.code, "at": int(clock.now().timestamp())}
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    sealed = base64.urlsafe_b64encode(crypto.encrypt_bytes(packed)).decode()
    if len(sealed) > MOST_BYTES:
        raise TooMuch
    response.set_cookie(COOKIE, sealed, path=PATH, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)


def wipe(response: HttpResponseBase) -> None:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
