"""What there is in the city: public, private and voluntary help as files in one shape, one file a category.

The files are the first version of every entry; what staff change afterwards stands in the database as dated revisions
(eligibility.models.Revision), and `selectors.board` lays these over the files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language

FOLDER = Path(__file__).parent
PROVIDERS = ("public", "private", "volunteer")
KINDS = ("cash", "voucher", "limit", "loan", "in_kind")
ALL_STAGES = "all"
#: Fields of an entry that staff may change, each in both languages.
TEXTS = ("name", "what", "who", "limit", "deadline")
STALE_DAYS = 180


@dataclass(frozen=True)
class Words:
    """One text in both languages; written out in the reader's."""

    ko: str = ""
    en: str = ""

    def __str__(self) -> str:
        return self.ko if (get_language() or "ko").startswith("ko") else self.en or self.ko

    def __bool__(self) -> bool:
        return bool(self.ko)

    @classmethod
    def of(cls, text: str) -> "Words":
        """From "Korean | English"; without the bar both languages read the same."""
        korean, bar, english = text.partition(" | ")
        return cls(korean.strip(), english.strip() if bar else korean.strip())


@dataclass(frozen=True)
class Ask:
    """Where to ask, and `how` one applies there. `office` (town, centre, central, city) is filled from the city's own
    data, else `phone` holds."""

    code: str
    name: Words
    phone: str = ""
    office: str = ""
    how: Words = Words()


@dataclass(frozen=True)
class Entry:
    """One service of the board. `rules`: the simulator knows its conditions. Days are legal days in Seoul."""

    code: str
    category: str
    name: Words
    what: Words
    who: Words
    limit: Words
    deadline: Words
    stages: tuple[str, ...]
    situations: tuple[str, ...]
    provider: str
    kind: str
    papers: tuple[str, ...]
    ask: tuple[str, ...]
    source: str
    checked_on: date
    since: date | None = None
    until: date | None = None
    rules: bool = False
    ended: bool = False
    version: int = 1

    @property
    def paper_words(self) -> list[Words]:
        return [papers()[code] for code in self.papers]

    @property
    def asked(self) -> list[Ask]:
        return [asks()[code] for code in self.ask]

    @property
    def how(self) -> list[Words]:
        """How to apply, one sentence for each place; none where a telephone call is all."""
        return [ask.how for ask in self.asked if ask.how]

    def fits_stage(self, stage: str) -> bool:
        return ALL_STAGES in self.stages or stage in self.stages

    def changed(self, fields: Mapping[str, Any], *, version: int) -> "Entry":
        """The entry with a revision laid over it; unknown names are ignored, texts come as {"ko", "en"}."""
        values = {name: _value(name, value) for name, value in fields.items() if name in Entry.__dataclass_fields__}
        return replace(self, **values, version=version)


def _value(name: str, value: Any) -> Any:
    if name in TEXTS:
        return Words(value.get("ko", ""), value.get("en", ""))
    if name in {"since", "until", "checked_on"}:
        return date.fromisoformat(value) if isinstance(value, str) and value else value or None
    return tuple(value) if isinstance(value, list) else value


@cache
def _words() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "words.yaml").read_text()))


@cache
def asks() -> dict[str, Ask]:
    return {
        code: Ask(
            code,
            Words.of(entry["name"]),
            str(entry.get("phone", "")),
            entry.get("office", ""),
            Words.of(entry.get("how", "")),
        )
        for code, entry in _words()["ask"].items()
    }


@cache
def papers() -> dict[str, Words]:
    return {code: Words.of(text) for code, text in _words()["papers"].items()}


@cache
def situations() -> dict[str, Words]:
    """Code → how somebody would say it of themselves."""
    return {code: Words.of(text) for code, text in _words()["situations"].items()}


@cache
def entries() -> dict[str, Entry]:
    """Every entry of the files by code, category by category."""
    return {entry.code: entry for entry in _read()}


def _read() -> Iterator[Entry]:
    checked_on = _words()["checked_on"]
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem != "words":
            for raw in yaml.safe_load(path.read_text()):
                yield blank(raw["code"], path.stem, checked_on).changed(_parsed(raw), version=1)


def _parsed(raw: dict[str, Any]) -> dict[str, Any]:
    texts = {name: vars(Words.of(raw[name])) for name in TEXTS if name in raw}
    return {**raw, **texts}


def blank(code: str, category: str, checked_on: date) -> Entry:
    """An entry without contents, to lay fields over."""
    none, nothing = Words(), ()
    entry = Entry(
        code, category, none, none, none, none, none, nothing, nothing, "public", "in_kind", (), (), "", checked_on
    )
    return replace(entry, version=0)
