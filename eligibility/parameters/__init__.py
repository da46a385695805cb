"""Dated figures of the law as files; `on(name, day)` reads the entry that holds on a day (see README.md)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
BEGIN = date(2024, 1, 1)  # every figure is kept from here on
CONFIRMED = {"A", "A-", "B"}
ABOUT = {"valid_from", "valid_through", "announced", "retroactive", "reference", "confidence"}
_WHOLE = "rules"


@cache
def names() -> tuple[str, ...]:
    """The groups of figures, one file each."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != _WHOLE))


@cache
def rules() -> dict[str, Any]:
    """Version of the rules, the day up to which every figure is known, the day they were last read."""
    read: dict[str, Any] = yaml.safe_load((FOLDER / f"{_WHOLE}.yaml").read_text())
    return read


@cache
def entries(name: str) -> tuple[dict[str, Any], ...]:
    """All dated entries of a parameter, oldest first."""
    read = yaml.safe_load((FOLDER / f"{name}.yaml").read_text())
    return tuple(sorted(read, key=lambda entry: entry["valid_from"]))


def on(name: str, day: date) -> dict[str, Any]:
    """The entry that holds on `day`: the newest one that began; before the first, the first."""
    began = [entry for entry in entries(name) if entry["valid_from"] <= day]
    return began[-1] if began else entries(name)[0]


def complete_through(name: str) -> date:
    """The last day for which the figures of a group are known."""
    last: date = entries(name)[-1]["valid_through"]
    return last


def is_announced(name: str, day: date) -> bool:
    return day <= complete_through(name)


def is_confirmed(name: str, day: date) -> bool:
    """Whether somebody saw these figures in a text that names its source."""
    return on(name, day)["confidence"] in CONFIRMED


@cache
def turning_days() -> tuple[date, ...]:
    """Every day on which some figure changes, and the day after the last known one, oldest first."""
    days = {entry["valid_from"] for name in names() for entry in entries(name)}
    days |= {entry["valid_through"] + timedelta(days=1) for name in names() for entry in entries(name)}
    return tuple(sorted(days))


def gaps() -> Iterator[str]:
    """What is missing between the first day and the day the rules call complete; empty when they keep their word."""
    for name in names():
        covered = BEGIN - timedelta(days=1)
        for entry in entries(name):
            if entry["valid_from"] > covered + timedelta(days=1):
                yield f"{name}: nothing from {covered + timedelta(days=1)} to {entry['valid_from']}"
            covered = max(covered, entry["valid_through"])
        if covered < rules()["complete_through"]:
            yield f"{name}: known through {covered} only, the rules claim {rules()['complete_through']}"
