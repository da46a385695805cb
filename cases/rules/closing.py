"""Closing and aftercare: nothing is closed without asking all eight again (R57, K1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext_lazy as _

from cases.rules.needs import UNASKED
from hopecare.kernel.errors import Problem, required

#: Reasons after which nobody can be asked again: the last answers stand.
NOBODY_TO_ASK = frozenset({"died", "unreachable", "moved"})
#: The risk whose bearer may wish the file destroyed at closing (K9).
YOUNG_CARER = "young_carer"
NO_AFTERCARE = frozenset({"died"})
#: Nobody answered after closing: how often one tries again, and after how many days.
TRIES, AGAIN_AFTER_DAYS = 2, 14


@dataclass(frozen=True)
class Change:
    """One category from opening to closing, as values of the grid ("3", "none", "private", "unasked")."""

    category: str
    before: str
    after: str

    @property
    def difference(self) -> int | None:
        """Closing minus opening; None where one of them is no number. "Nothing" counts as 0."""
        before, after = _number(self.before), _number(self.after)
        return None if before is None or after is None else after - before


def _number(value: str) -> int | None:
    if value == "none":
        return 0
    return int(value) if value.isdigit() else None


@cache
def aftercare_months() -> tuple[int, ...]:
    """Months after closing at which somebody rings or visits; data, since it is our own choice (K1)."""
    path = Path(__file__).resolve().parent.parent / "data" / "aftercare.yaml"
    return tuple(yaml.safe_load(path.read_text())["months"])


def aftercare_dates(closed_on: date, reason: str) -> list[tuple[int, date]]:
    """(months, day) of each check; the 31st becomes the last day of a shorter month. None after a death."""
    if reason in NO_AFTERCARE:
        return []
    return [(months, months_later(closed_on, months)) for months in aftercare_months()]


def months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


def closing_problems(*, reason: str, words: str, values: Mapping[str, str], categories: Iterable[str]) -> list[Problem]:
    """`values`: the main person's eight at closing, by category code."""
    found = []
    if not reason:
        found.append(required("reason"))
    if reason == "wish" and not words.strip():
        found.append(Problem("no_words", _("Write down in their own words why they wish to end."), "words"))
    if reason and reason not in NOBODY_TO_ASK:
        for code in categories:
            if values.get(code, UNASKED) == UNASKED:
                found.append(Problem("ask_again", _("Please ask this once more before closing."), code))
    return found
