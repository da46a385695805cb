"""How heavy a case is, from answers, flags and household; weights are data (R45, R56). Values in, values out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cases.rules.needs import FULL_AGE, PRIVATE

OLD = 65
_DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class RiskKind:
    """A kind of risk flag; `section` names whose content it is, `at_once` the number that comes first (D13).

    `warns`: whoever goes there is told before; `hazard`: only that, it weighs nothing. `again`: days to the next look.
    """

    code: str
    name_ko: str
    name_en: str
    weight: int
    section: str = ""
    consult: str = ""
    at_once: str = ""
    warns: bool = False
    hazard: bool = False
    again: int = 0


@dataclass(frozen=True)
class Specialist:
    """Who can be asked for advice; `days`: by when an answer is hoped for; `roles`: colleagues who give such advice."""

    code: str
    name_ko: str
    name_en: str
    days: int
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Someone:
    """One person of the household as weighing needs one; an unknown age is None."""

    age: int | None
    lives_here: bool


@dataclass(frozen=True)
class Weighed:
    """Points and why: `reasons` as (code, points), the heaviest first. `specialists`: whom to ask, in order."""

    score: int
    reasons: tuple[tuple[str, int], ...]
    level: str
    specialists: tuple[str, ...]


@cache
def _weights() -> dict[str, Any]:
    return dict(yaml.safe_load((_DATA / "complexity.yaml").read_text()))


@cache
def risk_kinds() -> Mapping[str, RiskKind]:
    rows = yaml.safe_load((_DATA / "risks.yaml").read_text())["flags"]
    return {row["code"]: RiskKind(**row) for row in rows}


@cache
def warning_kinds() -> tuple[str, ...]:
    return tuple(code for code, kind in risk_kinds().items() if kind.warns)


@cache
def hazard_kinds() -> tuple[str, ...]:
    return tuple(code for code, kind in risk_kinds().items() if kind.hazard)


@cache
def specialists() -> Mapping[str, Specialist]:
    rows = yaml.safe_load((_DATA / "risks.yaml").read_text())["specialists"]
    return {row["code"]: Specialist(**{**row, "roles": tuple(row.get("roles", ()))}) for row in rows}


def advises_on(role: str) -> tuple[str, ...]:
    """Codes of the specialists that a role stands for."""
    return tuple(code for code, one in specialists().items() if role in one.roles)


def weigh(answers: Iterable[Mapping[str, str]], flags: Iterable[str], household: Sequence[Someone]) -> Weighed:
    """`answers`: one mapping category → value for each person and for the household; `flags`: codes in force."""
    rows, codes = [dict(row) for row in answers], sorted(set(flags) & set(risk_kinds()))
    reasons = [*_severities(rows), *_breadth(rows), *_situation(rows, household)]
    reasons += [(f"risk_{code}", risk_kinds()[code].weight) for code in codes]
    counted = sorted((one for one in reasons if one[1]), key=lambda one: (-one[1], one[0]))
    score = sum(points for _, points in counted)
    return Weighed(score, tuple(counted), level_of(score), specialists_for(score, codes))


def level_of(score: int) -> str:
    """ordinary, intensive or complex."""
    levels = sorted(_weights()["levels"].items(), key=lambda entry: entry[1])
    return str([name for name, start in levels if score >= start][-1])


def consult_from() -> int:
    return int(_weights()["consult_from"])


def _worst(rows: list[dict[str, str]]) -> dict[str, int]:
    """Category → the heaviest number anybody gave."""
    worst: dict[str, int] = {}
    for row in rows:
        for code, value in row.items():
            if value.isdigit():
                worst[code] = max(worst.get(code, 0), int(value))
    return worst


def _severities(rows: list[dict[str, str]]) -> list[tuple[str, int]]:
    points = _weights()["severity"]
    return [(f"need_{code}", int(points[str(number)])) for code, number in _worst(rows).items()]


def _breadth(rows: list[dict[str, str]]) -> list[tuple[str, int]]:
    rule = _weights()["breadth"]
    broad = sum(1 for number in _worst(rows).values() if number >= rule["from_severity"]) - rule["free"]
    return [("breadth", broad * int(rule["each"]))] if broad > 0 else []


def _situation(rows: list[dict[str, str]], household: Sequence[Someone]) -> list[tuple[str, int]]:
    here = [one for one in household if one.lives_here]
    ages = [one.age for one in here if one.age is not None]
    adults = [one for one in here if one.age is None or one.age >= FULL_AGE]
    silent = sum(1 for row in rows for value in row.values() if value == PRIVATE)
    holds = {
        "old_alone": len(here) == 1 and bool(ages) and ages[0] >= OLD,
        "small_children": any(age < _weights()["small_child_below"] for age in ages),
        "one_adult": len(adults) == 1 and len(here) > 1,
        "many": len(here) >= 5,
        "silent": silent >= 3,
    }
    return [(code, int(_weights()["situation"][code])) for code, true in holds.items() if true]


def specialists_for(score: int, flags: Iterable[str]) -> tuple[str, ...]:
    """Those whom a flag alone calls for; above the threshold also somebody with an eye for the whole."""
    called = [risk_kinds()[code].consult for code in flags if risk_kinds()[code].consult]
    return tuple(dict.fromkeys([*called, *(["supervision"] if score >= consult_from() else [])]))
