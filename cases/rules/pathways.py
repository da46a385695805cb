"""Longer help in steps of its own: kinds as data, values in, problems out (R29, R39, R40, R43, R46, R50, R52, D9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cases.rules.closing import months_later
from cases.rules.days import future_problems
from hopecare.kernel.errors import Problem, required

STOPPED = "stopped"
MOST_WON = 10**9
#: What somebody earns in a month, and the hours of a week, as far as they can be meant.
MOST_WAGE, MOST_HOURS = 10**8, 84
_FILE = Path(__file__).resolve().parent.parent / "data" / "pathways.yaml"


def _said(words: Mapping[str, str]) -> str:
    return words["ko" if (get_language() or "ko").startswith("ko") else "en"]


@dataclass(frozen=True)
class Kind:
    """One entry of data/pathways.yaml."""

    code: str
    told: Mapping[str, Any]

    @property
    def name(self) -> str:
        return _said({"ko": self.told["name_ko"], "en": self.told["name_en"]})

    @property
    def section(self) -> str:
        return str(self.told.get("section", ""))

    @property
    def steps(self) -> tuple[str, ...]:
        return tuple(step["code"] for step in self.told["steps"])

    @property
    def aim(self) -> str:
        return self.steps[-1]

    @property
    def amount(self) -> str:
        """What its won mean; empty where there are none."""
        return _said(self.told["amount"]) if "amount" in self.told else ""

    @property
    def place(self) -> str:
        return _said(self.told["place"]) if "place" in self.told else ""

    @property
    def lived_in(self) -> str:
        """The step at which a room is lived in; empty where there are none."""
        return str(self.told.get("place", {}).get("rooms", ""))

    @property
    def photos(self) -> bool:
        return bool(self.told.get("photos"))

    def earns(self, step: str) -> bool:
        """Whether this step begins work that is paid (R79)."""
        return bool(self.told.get("wages")) and step in self.told["checks"]["from"]

    @property
    def grounds(self) -> list[tuple[str, str]]:
        return [(ground["code"], _said(ground)) for ground in self.told.get("grounds", ())]

    def step_words(self, step: str) -> str:
        if step == STOPPED:
            return str(_("ended before its aim"))
        return next(_said(one) for one in self.told["steps"] if one["code"] == step)

    def has_to_be_told(self, step: str) -> bool:
        """An early end, and a step that is a decision, say why in words."""
        return step == STOPPED or any(one["code"] == step and "words" in one for one in self.told["steps"])

    def after(self, step: str) -> tuple[str, ...]:
        """Steps that may follow; some may be left out, none is gone back to."""
        return self.steps[self.steps.index(step) + 1 :]

    def checks(self, step: str, on: date) -> list[tuple[int, date]]:
        """(months, day) on which somebody asks how it is, once this step is reached."""
        told = self.told.get("checks")
        if not told or step not in told["from"]:
            return []
        return [(months, months_later(on, months)) for months in told["months"]]


@cache
def kinds() -> dict[str, Kind]:
    return {told["code"]: Kind(told["code"], told) for told in yaml.safe_load(_FILE.read_text())["kinds"]}


def amount_problems(kind: Kind, won: int | None) -> list[Problem]:
    if won is None:
        return []
    if not kind.amount:
        return [Problem("no_amount", _("No money belongs to this."), "amount_won")]
    if not 0 < won <= MOST_WON:
        return [Problem("amount", _("Please look at the amount again."), "amount_won")]
    return []


@dataclass(frozen=True)
class Earned:
    """What somebody told of work: won a month before taxes, hours a week; each may stay untold."""

    wage_won: int | None = None
    weekly_hours: int | None = None

    def __bool__(self) -> bool:
        return self.wage_won is not None or self.weekly_hours is not None


_UNTOLD = Earned()


def earned_problems(earned: Earned, *, at_work: bool) -> list[Problem]:
    """Wages and hours belong to work that somebody has; a wrong figure would move the middle of all."""
    if not earned:
        return []
    if not at_work:
        field = "weekly_hours" if earned.wage_won is None else "wage_won"
        return [Problem("no_work", _("Wages and hours belong to work that somebody has now."), field)]
    found = []
    if earned.wage_won is not None and not 0 < earned.wage_won <= MOST_WAGE:
        found.append(Problem("wage", _("Please look at the wage again: won in one month."), "wage_won"))
    if earned.weekly_hours is not None and not 0 < earned.weekly_hours <= MOST_HOURS:
        words = _("Hours of one week are 1 to %(most)s.") % {"most": MOST_HOURS}
        found.append(Problem("hours", words, "weekly_hours"))
    return found


@dataclass(frozen=True)
class StepFacts:
    """`rooms`: how many the place has; `taken`: rooms that somebody else lives in."""

    step: str
    before: str
    on: date
    since: date
    words: str = ""
    amount_won: int | None = None
    rooms: int | None = None
    room: int | None = None
    taken: frozenset[int] = frozenset()
    earned: Earned = _UNTOLD


def step_problems(kind: Kind, facts: StepFacts, *, today: date) -> list[Problem]:
    """Why this step cannot be written down now."""
    found = amount_problems(kind, facts.amount_won)
    found += earned_problems(facts.earned, at_work=kind.earns(facts.step))
    if kind.has_to_be_told(facts.step) and not facts.words.strip():
        found.append(required("words"))
    if facts.step != STOPPED and facts.step not in kind.after(facts.before):
        found.append(Problem("step", _("This step was taken already. Please look at it again."), "step"))
    found += future_problems(facts.on, today, "on")
    if facts.on < facts.since:
        found.append(Problem("before", _("That was before the step that came first."), "on"))
    if facts.step and facts.step == kind.lived_in:
        found += _room_problems(facts)
    return found


def _room_problems(facts: StepFacts) -> list[Problem]:
    if facts.rooms is None:
        return [Problem("no_house", _("Say which house."), "place")]
    if facts.room is None or not 1 <= facts.room <= facts.rooms:
        words = _("This house has rooms 1 to %(rooms)s.") % {"rooms": facts.rooms}
        return [Problem("no_room", words, "room")]
    if facts.room in facts.taken:
        return [Problem("taken", _("Somebody lives in this room."), "room")]
    return []


def photo_problems(kind: Kind, *, rooms_only: bool) -> list[Problem]:
    """Rooms, not people; whoever adds a picture says so (D9)."""
    if not kind.photos:
        return [Problem("no_photos", _("No photos belong to this."), "photos")]
    if not rooms_only:
        words = _("Look once more: is nobody in the picture, no face, no name, no photo on the wall?")
        return [Problem("people", words, "rooms_only")]
    return []
