"""What is written down at a nurse's or doctor's visit: limits as data, values in, problems out (R49, R51, D13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.rules.days import future_problems
from hopecare.kernel.errors import Problem, required

SECTION = "health"
_FILE = Path(__file__).resolve().parent.parent / "data" / "health.yaml"


def _korean() -> bool:
    return (get_language() or "ko").startswith("ko")


def _pair(told: Sequence[Any]) -> tuple[Decimal, Decimal]:
    return Decimal(str(told[0])), Decimal(str(told[1]))


@dataclass(frozen=True)
class Value:
    """One thing that is measured."""

    code: str
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.told["name_ko" if _korean() else "name_en"])

    @property
    def unit(self) -> str:
        return str(self.told["unit"] if _korean() else self.told.get("unit_en", self.told["unit"]))

    @property
    def decimals(self) -> int:
        return int(self.told.get("decimals", 0))

    @property
    def source(self) -> str:
        """Where its usual range comes from; empty where it has none."""
        return str(self.told["source"]["ko" if _korean() else "en"]) if "source" in self.told else ""

    def usual(self, *, fasting: bool | None = None) -> tuple[Decimal, Decimal] | None:
        named = "fasting" if fasting and "fasting" in self.told else "usual"
        return _pair(self.told[named]) if named in self.told else None

    def within(self, limits: str, number: Decimal) -> bool:
        low, high = _pair(self.told[limits])
        return low <= number <= high


@dataclass(frozen=True)
class Kind:
    """Home nursing, or a doctor at home."""

    code: str
    service: str
    provider_kind: str
    asks: tuple[str, ...]
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.told["name_ko" if _korean() else "name_en"])


@cache
def data() -> Mapping[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text()))


@cache
def values() -> dict[str, Value]:
    return {told["code"]: Value(told["code"], told) for told in data()["values"]}


@cache
def kinds() -> dict[str, Kind]:
    return {
        told["code"]: Kind(told["code"], told["service"], told["provider_kind"], tuple(told["asks"]), told)
        for told in data()["kinds"]
    }


def choices(listed: str) -> list[tuple[str, str]]:
    """`done` or `signs` as (code, words)."""
    return [(one["code"], one["ko" if _korean() else "en"]) for one in data()[listed]]


def words_of(listed: str, codes: Sequence[str]) -> list[str]:
    """In the order of the list; a code that is no longer in it stands as it is."""
    known = dict(choices(listed))
    return [known[code] for code in known if code in codes] + [code for code in codes if code not in known]


def unusual(code: str, number: Decimal, *, fasting: bool | None, age: int | None) -> tuple[Decimal, Decimal] | None:
    """The usual range of adults where this lies outside it; nothing is said of children."""
    if age is not None and age < data()["usual_from_age"]:
        return None
    usual = values()[code].usual(fasting=fasting)
    return usual if usual and not usual[0] <= number <= usual[1] else None


@dataclass(frozen=True)
class VisitFacts:
    """`sure`: rare values were measured again and are right."""

    given_on: date
    measured: Mapping[str, Decimal] = field(default_factory=dict)
    fasting: bool | None = None
    done: Sequence[str] = ()
    words: Sequence[str] = ()
    signs: Sequence[str] = ()
    told_whom: str = ""
    next_on: date | None = None
    sure: bool = False


def rare(measured: Mapping[str, Decimal]) -> list[str]:
    """Values that can be, and hardly are."""
    known = values()
    return [
        code
        for code, number in measured.items()
        if known[code].within("possible", number) and not known[code].within("likely", number)
    ]


def visit_problems(facts: VisitFacts, *, today: date) -> list[Problem]:
    """Everything that is wrong at once, each with its field."""
    found = future_problems(facts.given_on, today, "given_on") + _value_problems(facts)
    if not (facts.measured or facts.done or facts.signs or any(words.strip() for words in facts.words)):
        found.append(Problem("empty", _("Write down what was measured, done or found."), "found"))
    if facts.signs and not facts.told_whom.strip():
        found.append(Problem("nobody_told", _("Say who was told of this sign, and how."), "told_whom"))
    return found + _next_problems(facts, today)


def _value_problems(facts: VisitFacts) -> list[Problem]:
    found = []
    for code, number in facts.measured.items():
        value = values()[code]
        if not value.within("possible", number):
            found.append(Problem("impossible", _refused(value, number), code))
        elif not facts.sure and not value.within("likely", number):
            words = _("%(what)s %(number)s is rare. Please measure again; if it is so, tick that below.")
            found.append(Problem("rare", words % {"what": value.name, "number": number}, code))
    if "glucose" in facts.measured and facts.fasting is None:
        found.append(required("fasting"))
    return found + _pressure_problems(facts.measured)


def _refused(value: Value, number: Decimal) -> str:
    low, high = value.told["possible"]
    words = _("%(what)s %(number)s cannot be. From %(low)s to %(high)s %(unit)s can be written down.")
    return words % {"what": value.name, "number": number, "low": low, "high": high, "unit": value.unit}


def _pressure_problems(measured: Mapping[str, Decimal]) -> list[Problem]:
    upper, lower = measured.get("systolic"), measured.get("diastolic")
    if (upper is None) != (lower is None):
        field_name = "systolic" if upper is None else "diastolic"
        return [Problem("half", _("Blood pressure has two numbers."), field_name)]
    if upper is not None and lower is not None and upper - lower < data()["least_between"]:
        return [Problem("turned", _("The first number of the blood pressure is the higher one."), "diastolic")]
    return []


def _next_problems(facts: VisitFacts, today: date) -> list[Problem]:
    if facts.next_on is None:
        return []
    if facts.next_on < today or facts.next_on <= facts.given_on:
        return [Problem("past_day", _("The next visit is on a later day."), "next_on")]
    if facts.next_on > today + timedelta(days=data()["longest_until_next"]):
        return [Problem("far", _("That is more than a year away. Please look at the day again."), "next_on")]
    return []
