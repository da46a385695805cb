"""How long exceptions last and what makes a look odd: data beside the code. No clock, no database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

_FILE = Path(__file__).resolve().parent.parent / "data" / "access.yaml"
SHORTEST_REASON = 10  # signs; "urgent" alone is no reason


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text()))


def break_glass_ends(opened: datetime) -> datetime:
    return opened + timedelta(minutes=_data()["break_glass"]["minutes"])


def break_glass_article() -> str:
    return str(_data()["break_glass"]["article"])


def break_glass_problems(reason: str, *, urgent: bool) -> list[Problem]:
    """Urgent life or body, and a reason somebody else can judge afterwards (K7)."""
    found = []
    if len(reason.strip()) < SHORTEST_REASON:
        found.append(Problem("short_reason", _("Say in a sentence what is urgent; the owner reads it."), "reason"))
    if not urgent:
        found.append(Problem("not_urgent", _("This way is only for danger to life or body."), "urgent"))
    return found


def cover_problems(starts_on: date, ends_on: date, *, same: bool, today: date) -> list[Problem]:
    """A cover has a start and an end, and is somebody else."""
    found = []
    if ends_on < starts_on:
        found.append(Problem("ends_before", _("It cannot end before it began."), "ends_on"))
    if ends_on < today:
        found.append(Problem("past_day", _("That day has passed."), "ends_on"))
    if (ends_on - starts_on).days > _data()["cover"]["longest_days"]:
        found.append(
            Problem("too_long", _("A cover lasts three months at most; after that the lead changes."), "ends_on")
        )
    if same:
        found.append(Problem("same_person", _("Somebody else stands in."), "cover"))
    return found


def reason_problems(reason: str, field: str = "reason") -> list[Problem]:
    return [] if reason.strip() else [required(field)]


@dataclass(frozen=True)
class OddRules:
    """Hours of the night in Seoul, records an hour, questions a day."""

    night_from: int
    night_to: int
    bulk_an_hour: int
    probes_a_day: int


def odd_rules() -> OddRules:
    return OddRules(**_data()["odd_reading"])


def hand_over_unowned_at(offered: datetime) -> datetime:
    return offered + timedelta(minutes=_data()["no_refusal"]["hand_over_unowned"])


def moved_lead_days() -> tuple[int, int]:
    """Working days which a lead who left the team has to hand over, before its head and before the centre is told."""
    told = _data()["no_refusal"]
    return told["moved_lead"], told["moved_lead_climbs"]


def urgent_promised_at(asked: datetime) -> datetime:
    return asked + timedelta(minutes=_data()["no_refusal"]["urgent_promise"])


def urgent_climbs_at(promised: datetime) -> datetime:
    return promised + timedelta(minutes=_data()["no_refusal"]["urgent_climb"])
