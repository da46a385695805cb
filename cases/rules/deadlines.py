"""Deadlines as data: the stages of K1; when a promise presses, climbs or counts as unowned. No clock, no database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).resolve().parent.parent / "data" / "deadlines.yaml"


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text()))


@dataclass(frozen=True)
class StageDates:
    """Last days of the survey, the conference and the plan."""

    survey: date
    conference: date
    plan: date


def stage_dates(opened: date) -> StageDates:
    """K1: survey within 10 days, conference 5 later, plan 15 later: all within 30 days of opening."""
    days = _data()["stages"]
    survey = opened + timedelta(days=days["survey"])
    conference = survey + timedelta(days=days["conference"])
    return StageDates(survey, conference, conference + timedelta(days=days["plan"]))


def presses_at(promised: datetime, urgency: str) -> datetime:
    """From here on the promise is about to be broken."""
    return promised - timedelta(minutes=_data()["promises"]["soon_before"][urgency])


def climbs_at(promised: datetime, urgency: str) -> datetime:
    """From here on the head of the centre is told as well."""
    return promised + timedelta(minutes=_data()["promises"]["climb_after"][urgency])


def unowned_at(since: datetime, urgency: str) -> datetime:
    """From here on nobody's report is the central team's, too."""
    return since + timedelta(minutes=_data()["promises"]["unowned_after"][urgency])


def no_contact_rungs(began: datetime, now: datetime) -> list[str]:
    """Who is to hear by now that nobody opened and nobody was reached: team, head, central."""
    rungs: dict[str, int] = _data()["no_contact"]["rungs"]
    return [name for name, minutes in rungs.items() if now >= began + timedelta(minutes=minutes)]


def no_contact_forgotten() -> timedelta:
    """So long after a closed door nothing new is told: everybody has been."""
    return timedelta(hours=int(_data()["no_contact"]["hours"]))
