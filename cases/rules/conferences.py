"""What a conference needs, who may decide on what level, and which reasons may end a case today (R47, K1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, Weight, required

_DATA = Path(__file__).resolve().parent.parent / "data"
NEEDED = ("public", "private")
NO_LINE = "none"


@dataclass(frozen=True)
class Level:
    """One level of the line; the first asks and has no roles."""

    code: str
    name_ko: str
    name_en: str
    roles: tuple[str, ...] = ()


@cache
def levels() -> tuple[Level, ...]:
    rows = _approval()["levels"]
    return tuple(Level(row["code"], row["name_ko"], row["name_en"], tuple(row.get("roles", ()))) for row in rows)


@cache
def beyond() -> Level:
    """Whom it is laid before where the team holds nobody but whoever asks; no role of a team decides there."""
    return Level(**_approval()["beyond"])


@cache
def _approval() -> dict[str, Any]:
    return dict(yaml.safe_load((_DATA / "approval.yaml").read_text()))


def waits_for_line(subject: str, *, track: str, organisation: str) -> bool:
    """Whether this takes effect only when the line of that organisation has approved it."""
    return highest(organisation) != NO_LINE and subject in _approval()["asked"][track]


def highest(organisation: str) -> str:
    """The uppermost level that is asked for the cases of an organisation, or `none`."""
    lines = _approval()["lines"]
    return str(lines.get(organisation, lines["default"]))


@cache
def _reasons() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load((_DATA / "close_reasons.yaml").read_text()))


def reasons_on(day: date) -> list[str]:
    """Codes of the reasons that may be chosen on that day."""
    return [row["code"] for row in _reasons() if row["from"] <= day and (row.get("to") is None or day <= row["to"])]


@cache
def roles_for(category: str) -> tuple[str, ...]:
    """Roles that help with a category, the best first."""
    return tuple(yaml.safe_load((_DATA / "team_builder.yaml").read_text()).get(category, ()))


def calling_problems(
    *, at: datetime | None, now: datetime, place: str, agenda: str, sectors: Iterable[str], urgent: bool
) -> list[Problem]:
    """A mixed team: the public and the private side both sit in; an urgent one may be called by whoever is there."""
    found = []
    if at is None:
        found.append(required("day"))
    elif at < now and not urgent:
        found.append(Problem("past", _("That time has passed already."), "day"))
    if not place.strip():
        found.append(required("place"))
    if not agenda.strip():
        found.append(Problem("no_agenda", _("What is to be talked about? One point a line."), "agenda"))
    if not urgent and not set(NEEDED) <= set(sectors):
        words = _("Ask somebody of the public and somebody of the private side.")
        found.append(Problem("one_sided", words, "seats"))
    return found


def calling_warnings(*, on: date, due: date) -> list[Problem]:
    """K1: the conference has its day; later is possible and said aloud."""
    if on <= due:
        return []
    return [Problem("after_due", _("This is later than the day it is due."), "day", Weight.WARNING)]


def holding_problems(*, wish: str, present: int, decisions: int) -> list[Problem]:
    """Held means: the person was asked, two sat together, something was decided."""
    found = []
    if wish in {"", "not_asked"}:
        words = _("Nothing is decided about somebody who was not asked whether they wish to come.")
        found.append(Problem("not_asked", words, "client_wish"))
    if present < 2:
        found.append(Problem("alone", _("At least two were there, otherwise it was no conference."), "present"))
    if decisions < 1:
        found.append(Problem("no_decision", _("Write down at least one decision first."), "summary"))
    return found


def decision_problems(*, words: str, dissent: str, dissenters: str) -> list[Problem]:
    found = [] if words.strip() else [required("words")]
    if bool(dissent.strip()) != bool(dissenters.strip()):
        found.append(Problem("dissent", _("Who saw it otherwise, and what did they say? Both or neither."), "dissent"))
    return found


def line_for(asker: int, roles: Mapping[str, Sequence[int]], *, up_to: str = "") -> list[Level]:
    """Levels that can decide, lowest first. `roles`: role → accounts of the team. Everybody decides once at most.

    `up_to` names the uppermost level; where nobody below it can decide, the levels above are asked all the same.
    """
    codes = [level.code for level in levels()]
    places = levels()[1 : codes.index(up_to) + 1] if up_to in codes else levels()[1:]
    found = _able(asker, roles, places)
    return found or _able(asker, roles, levels()[1:])


def _able(asker: int, roles: Mapping[str, Sequence[int]], places: Sequence[Level]) -> list[Level]:
    reserved: set[int] = {asker}
    chosen = []
    for level in reversed(places):
        free = [user for role in level.roles for user in roles.get(role, ()) if user not in reserved]
        if free:
            reserved.add(free[-1] if len(free) > 1 else free[0])
            chosen.append(level)
    return chosen[::-1]


def level_named(code: str) -> Level | None:
    return next((level for level in (*levels(), beyond()) if level.code == code), None)


def returning_problems(verdict: str, words: str) -> list[Problem]:
    if verdict not in {"approved", "returned"}:
        return [required("verdict")]
    if verdict == "returned" and not words.strip():
        return [Problem("no_words", _("Say what is to be changed."), "words")]
    return []
