"""Points and tiers from confirmed hours, by rules with a date (recognition.yaml). Values in, values out.

Thanks, not a ranking: everybody sees their own alone. A correction in the ledger changes the sum by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parent.parent / "data" / "recognition.yaml"
HOUR = 60


@dataclass(frozen=True)
class Tier:
    code: str
    at: int
    name_ko: str
    name_en: str


@dataclass(frozen=True)
class Version:
    """What counts from that day on; `extra`: risk of the service → percent more."""

    since: date
    points_an_hour: int
    extra: dict[int, int]
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Line:
    """One line of the ledger: minutes may be negative where it corrects."""

    on: date
    minutes: int
    risk: int


@dataclass(frozen=True)
class Thanks:
    """`missing` points to the next tier, None above the last."""

    points: int
    tier: Tier | None
    following: Tier | None

    @property
    def missing(self) -> int | None:
        return self.following.at - self.points if self.following is not None else None


@cache
def versions() -> tuple[Version, ...]:
    rows = yaml.safe_load(DATA.read_text())["versions"]
    found = (
        Version(row["from"], row["points_an_hour"], row["extra"], tuple(Tier(**tier) for tier in row["tiers"]))
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: one.since))


def version_on(day: date) -> Version:
    """The newest that was in force on that day; the oldest for days before all of them."""
    return next((one for one in reversed(versions()) if one.since <= day), versions()[0])


def thanks(lines: Iterable[Line], today: date) -> Thanks:
    """Points of all lines, each by the rules of its day, rounded down once; the tier by today's."""
    hundredths = sum(
        line.minutes * version.points_an_hour * (100 + version.extra.get(line.risk, 0))
        for line in lines
        for version in [version_on(line.on)]
    )
    points = max(hundredths // (HOUR * 100), 0)
    tiers = sorted(version_on(today).tiers, key=lambda one: one.at)
    reached = [one for one in tiers if one.at <= points]
    ahead = [one for one in tiers if one.at > points]
    return Thanks(points, reached[-1] if reached else None, ahead[0] if ahead else None)
