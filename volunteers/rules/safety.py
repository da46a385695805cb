"""Risk and papers: what a service asks of whoever does it, and until when a paper counts. Values from safety.yaml."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parent.parent / "data" / "safety.yaml"


@dataclass(frozen=True)
class Wanted:
    """What one service asks for; `two` = never one alone, `same_gender` = the person's wish is asked for.

    `quiet`: no sum and no sentence is ever told about it (D17).
    `first`: somebody who knows the house goes along when a volunteer comes for the first time.
    """

    licences: tuple[str, ...] = ()
    two: bool = False
    same_gender: bool = False
    first: bool = False
    quiet: bool = False


@dataclass(frozen=True)
class PaperKind:
    code: str
    name_ko: str
    name_en: str
    early: timedelta
    grace: timedelta


@dataclass(frozen=True)
class Trade:
    """A trade of a project in packages: its service's code, and the kind of paper it wants ("" = none)."""

    code: str
    name_ko: str
    name_en: str
    service: str
    licence: str


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(DATA.read_text()))


def wanted(service: str) -> Wanted:
    """By the service's code; a service that is not named asks for its risk level alone."""
    found = dict(_data()["services"].get(service, {}))
    return Wanted(tuple(found.pop("licences", ())), **found)


def terms(language: str) -> tuple[str, ...]:
    """What everybody knows before the first task: how they are insured, and what is paid back."""
    return tuple(entry["ko" if language.startswith("ko") else "en"] for entry in _data()["terms"])


@cache
def paper_kinds() -> dict[str, PaperKind]:
    return {
        code: PaperKind(code, entry["name_ko"], entry["name_en"], timedelta(entry["early"]), timedelta(entry["grace"]))
        for code, entry in _data()["papers"].items()
    }


def insurance_early() -> timedelta:
    """So long before its last day somebody speaks about an accident insurance."""
    return timedelta(days=_data()["insurance"]["early"])


@cache
def trades() -> dict[str, Trade]:
    return {code: Trade(code, **entry) for code, entry in _data()["trades"].items()}


def counts_until(kind: str, valid_until: date | None, *, renewing: bool) -> date | None:
    """The last day on which a paper allows a visit; None = for good. The grace counts only with a renewal handed in."""
    if valid_until is None:
        return None
    found = paper_kinds().get(kind)
    return valid_until + (found.grace if found is not None and renewing else timedelta())


def is_due(kind: str, valid_until: date | None, today: date) -> bool:
    """Whether the coordinator should hear of it by now."""
    found = paper_kinds().get(kind)
    return valid_until is not None and found is not None and today >= valid_until - found.early
