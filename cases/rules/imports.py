"""What a row of another system says, and what is wrong with it: mappings are data, rows are words (R19). No clock."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cases.rules import numbers

DATA = Path(__file__).resolve().parent.parent / "data" / "imports"
KINDS = ("people", "households", "services", "benefits")
DATES = ("birth_date", "given_on", "until", "consent_on")
#: Longest text of a field; what is longer is wrong, never cut.
LONGEST = {"name": 80, "address": 300, "note": 500, "person_key": 80, "household_key": 80, "record_key": 80}
_FORMULA = ("=", "+", "@", "\t")
_DAY = re.compile(r"^(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?(?:[T ]00:00(?::00)?)?$")
_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_YEAR = re.compile(r"^(\d{4})년?$")
_EARLIEST, _MOST_WON = date(1880, 1, 1), 10_000_000_000


@dataclass(frozen=True)
class MappingOf:
    """One way to read a file. `columns`: field → headings; `values`: field → word → code; `key`: its name there."""

    code: str
    name_ko: str
    name_en: str
    source: str
    kind: str
    key: str
    needs: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    article: str = ""
    intake: bool = False

    def places(self, headings: Iterable[str]) -> dict[str, int]:
        """Field → place of its column; a heading that stands twice counts where it stands first."""
        seen: dict[str, int] = {}
        for place, heading in enumerate(headings):
            seen.setdefault(_plain(heading), place)
        found = {
            name: next((seen[_plain(word)] for word in words if _plain(word) in seen), -1)
            for name, words in self.columns.items()
        }
        return {name: place for name, place in found.items() if place >= 0}


@dataclass(frozen=True)
class Told:
    """What one row says, in our words. `wrong`: (field, code) of everything that cannot be so."""

    words: dict[str, str]
    days: dict[str, date] = field(default_factory=dict)
    year_only: bool = False
    amount_won: int = 0
    wrong: tuple[tuple[str, str], ...] = ()


def _plain(text: str) -> str:
    """How headings and words are compared: no spaces, small letters, one way to write Hangul."""
    return "".join(unicodedata.normalize("NFC", text).lower().split())


def mapping_of(code: str, text: Mapping[str, Any]) -> MappingOf:
    """A parsed mapping file. Raises ValueError with the sentence that says what is wrong with it."""
    columns = {str(name): tuple(str(word) for word in words) for name, words in dict(text["columns"]).items()}
    needs = tuple(text.get("needs", ()))
    if text.get("kind") not in KINDS:
        raise ValueError(f"{code}: kind is one of {', '.join(KINDS)}")
    if loose := [name for name in (*needs, text["key"]) if name not in columns]:
        raise ValueError(f"{code}: no column for {', '.join(loose)}")
    values = {
        str(name): {_plain(str(word)): str(to) for word, to in dict(pairs).items()}
        for name, pairs in dict(text.get("values") or {}).items()
    }
    return MappingOf(
        code, str(text["name_ko"]), str(text["name_en"]), str(text["source"])[:20], str(text["kind"]), str(text["key"]),
        needs, columns, values, dict(text.get("defaults") or {}), str(text.get("article", "")),
        _opens_intakes(code, text),
    )  # fmt: skip


def _opens_intakes(code: str, text: Mapping[str, Any]) -> bool:
    """Off unless a list of people says so: a file of ten thousand benefits opens no intake."""
    wanted = text.get("intake", False) is True
    if wanted and text["kind"] != "people":
        raise ValueError(f"{code}: only a list of people leads to intakes")
    return wanted


@cache
def mappings(*folders: str) -> dict[str, MappingOf]:
    """Code → mapping of our own files and of the city's `folders`; a file of the same name replaces ours."""
    paths = [path for folder in (DATA, *map(Path, folders)) for path in sorted(folder.glob("*.yaml"))]
    found = {path.stem: mapping_of(path.stem, yaml.safe_load(path.read_text(encoding="utf-8"))) for path in paths}
    return dict(sorted(found.items(), key=lambda item: KINDS.index(item[1].kind)))


def words_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as YYYY-MM-DD, no signs that only machines read."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value.isoformat()) if isinstance(value, date) else str(value)
    text = "".join(sign if sign >= " " else " " for sign in unicodedata.normalize("NFC", text))
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cs"}).strip()


def told(mapping: MappingOf, cells: Mapping[str, str]) -> Told:
    """The row in our words; everything wrong at once, so that it is corrected once."""
    words, wrong = {name: text for name, text in cells.items() if text}, []
    wrong += [(name, "required") for name in mapping.needs if not words.get(name)]
    for name, text in words.items():
        if len(text) > LONGEST.get(name, 120):
            wrong.append((name, "too_long"))
        if name in {"name", "address", "note"} and text.startswith(_FORMULA):
            wrong.append((name, "formula"))
        known = mapping.values.get(name, {})
        words[name] = known.get(_plain(text), text)
        if known and name in {"sex", "relation", "coverage", "programme"} and words[name] not in known.values():
            wrong.append((name, "unknown"))
    days, year_only = _days(words, wrong)
    amount = _won(words.get("amount_won", ""))
    if amount is None:
        wrong.append(("amount_won", "not_won"))
    if mapping.kind in {"services", "benefits"} and not (words.get("person_key") or words.get("name")):
        wrong.append(("name", "nobody"))
    if "until" in days and "given_on" in days and days["until"] < days["given_on"]:
        wrong.append(("until", "turned"))
    return Told(words, days, year_only, amount or 0, tuple(dict.fromkeys(wrong)))


def _days(words: dict[str, str], wrong: list[tuple[str, str]]) -> tuple[dict[str, date], bool]:
    """Every day of the row; a resident number tells birth date and sex where nothing else does."""
    days, year_only = {}, False
    number = words.get("resident_number", "")
    if number:
        born, plain = numbers.born(number), numbers.plain(number)
        if born is None:
            wrong.append(("resident_number", "not_a_number"))
        else:
            days["birth_date"] = born
            words["resident_number"] = plain
            words.setdefault("sex", numbers.sex(plain))
    for name in DATES:
        text = words.get(name, "")
        if not text or (name == "birth_date" and name in days):
            continue
        year = _YEAR.match(text) if name == "birth_date" else None
        day = date(int(year[1]), 1, 1) if year and 1880 <= int(year[1]) <= 2200 else day_of(text)
        year_only = year_only or year is not None
        if day is None or day < _EARLIEST:
            wrong.append((name, "not_a_day"))
        else:
            days[name] = day
    return days, year_only


def day_of(text: str) -> date | None:
    """`1948-03-02`, `1948.3.2`, `1948년 3월 2일`, `19480302`, or a spreadsheet's own count of days."""
    found = _DAY.match(text) or _PACKED.match(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if text.isascii() and text.isdigit() and 10_000 <= int(text[:6]) <= 80_000 and len(text) == 5:
            return date(1899, 12, 30) + timedelta(days=int(text))
    except ValueError:
        return None
    return None


def _won(text: str) -> int | None:
    """`1,200,000원` → 1200000; None when it is no amount."""
    plain = text.replace(",", "").replace(" ", "").removesuffix("원").removeprefix("₩")
    if not plain:
        return 0
    if not (plain.isascii() and plain.isdigit() and len(plain) < 12):
        return None
    return int(plain) if int(plain) <= _MOST_WON else None
