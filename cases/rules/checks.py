"""Given twice, given by nobody: what is found becomes words and a way on. No clock, no database (R20, D17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, Weight

_FILE = Path(__file__).resolve().parent.parent / "data" / "checks.yaml"


@cache
def data() -> dict[str, Any]:
    """data/checks.yaml: `overlap`, `omission` (days) and `stages`."""
    return dict(yaml.safe_load(_FILE.read_text()))


def overlap_due(today: date) -> date:
    return today + timedelta(days=data()["overlap"]["answer_within"])


def omission_due(today: date) -> date:
    return today + timedelta(days=data()["omission"]["answer_within"])


@dataclass(frozen=True)
class Near:
    """One equivalent service, or a quota; `given` counts a quota.

    `record_id` and `provider_name` only where the viewer may see the record. `provider_id` always: that organisation
    sees in "who reads us" that it was asked about, and nobody here reads its name (D17).
    """

    kind: str
    record_id: int | None
    provider_id: int | None
    provider_name: str
    ends_on: date | None
    same_case: bool = False
    given: int = 0
    given_won: int = 0

    @property
    def words(self) -> Any:
        """For a person, saying as little as they may know: that there is one, until when, and whom to ask (D17)."""
        if self.kind == "quota":
            return format_lazy(
                _("This month or year it was given {count} times already, {won} won in all."),
                count=self.given,
                won=f"{self.given_won:,}",
            )
        day = f"{self.ends_on:%m/%d}" if self.ends_on else "?"
        if self.record_id is None:
            return format_lazy(
                _("An equivalent service is given until {day}. The central desk knows more: please ask there."), day=day
            )
        return format_lazy(_("{house} gives an equivalent service until {day}."), house=self.provider_name, day=day)


@dataclass(frozen=True)
class Override:
    """Why it is given all the same; `words` are needed where the class refuses."""

    reason: str = ""
    words: str = ""


def planned_problems(found: Iterable[Near]) -> list[Problem]:
    """A task for something that is given already: every finding, and the way on. Nothing is forbidden (R20)."""
    problems = [Problem(f"overlap_{near.kind}", near.words, "service", Weight.NEEDS_APPROVAL) for near in found]
    if problems:
        words = _("If the task is right all the same, tick this and save again.")
        problems.append(Problem("despite", words, "despite", Weight.NEEDS_APPROVAL))
    return problems


def overlap_problems(found: Iterable[Near], *, refuses: bool, override: Override) -> list[Problem]:
    """Empty when nothing was found or the reason is enough; else every finding, and what is missing."""
    found = list(found)
    if not found or (override.reason and (override.words.strip() or not refuses)):
        return []
    problems = [Problem(f"overlap_{near.kind}", near.words, "service", Weight.NEEDS_APPROVAL) for near in found]
    if not override.reason:
        words = _("Is it right all the same? Say why, and save again.")
        problems.append(Problem("overlap_reason", words, "overlap_reason", Weight.NEEDS_APPROVAL))
    elif refuses:
        words = _("This is given once only. Say in your own words why it is right this time.")
        problems.append(Problem("overlap_words", words, "overlap_words", Weight.NEEDS_APPROVAL))
    return problems
