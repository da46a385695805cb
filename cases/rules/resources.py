"""What there is, what is missing, and who was sent where: values in, problems out (R12, R17, R81, D4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from cases.rules.days import future_problems
from hopecare.kernel import clock
from hopecare.kernel.errors import Problem, required

#: The nightly look goes over entries that are younger than this.
NEW_FOR = timedelta(days=7)
_FILE = Path(__file__).resolve().parent.parent / "data" / "resources.yaml"


@cache
def data() -> dict[str, Any]:
    """data/resources.yaml: `ask_again` in days and `referral`."""
    return dict(yaml.safe_load(_FILE.read_text()))


def ask_again_on(confirmed_on: date) -> date:
    return confirmed_on + timedelta(days=data()["ask_again"])


def stale_before(today: date) -> date:
    """Entries last confirmed before this day are asked about again."""
    return today - timedelta(days=data()["ask_again"])


def answer_due(today: date) -> date:
    return clock.add_working_days(today, data()["referral"]["answer_within"])


def remind_at(appointment: datetime, now: datetime) -> datetime:
    """The day before at the hour of the file, at once where that has passed."""
    before = appointment.astimezone(clock.SEOUL).date() - timedelta(days=1)
    return max(now, clock.at(before, time(data()["referral"]["remind_at"])))


@dataclass(frozen=True)
class ResourceFacts:
    name: str
    phone_ok: bool
    has_owner: bool
    confirmed_on: date | None


def resource_problems(facts: ResourceFacts, *, today: date) -> list[Problem]:
    found = []
    if not facts.name.strip():
        found.append(required("name"))
    if not facts.has_owner:
        found.append(Problem("no_owner", _("Say who offers it: one of the list, or a name."), "owner_name"))
    if not facts.phone_ok:
        found.append(Problem("phone", _("Please look at the number again: who can be rung about it?"), "phone"))
    if facts.confirmed_on is None:
        found.append(required("confirmed_on"))
    return found + future_problems(facts.confirmed_on, today, "confirmed_on")


@dataclass(frozen=True)
class ReferralFacts:
    """`names`: the people of the household, none of whom may stand in the words before the other side has agreed."""

    to_name: str
    words: str
    has_consent: bool
    to_private: bool
    appointment_at: datetime | None = None


def referral_problems(facts: ReferralFacts, *, now: datetime) -> list[Problem]:
    """Towards anybody who is not a public office the person's consent is needed (K6)."""
    found = []
    if not facts.to_name.strip():
        found.append(Problem("no_house", _("Say where: one of the directory, or a name."), "to_name"))
    if not facts.words.strip():
        found.append(required("words"))
    if facts.to_private and not facts.has_consent:
        words = _("Ask first: a private organisation may be told only with the person's consent to case management.")
        found.append(Problem("no_consent", words, "to_name"))
    return found + appointment_problems(facts.appointment_at, now=now)


def appointment_problems(at: datetime | None, *, now: datetime) -> list[Problem]:
    if at is not None and at <= now:
        return [Problem("past_time", _("That hour has passed."), "at")]
    return []


def outcome_problems(state: str, *, words: str) -> list[Problem]:
    """What did not come about has a reason, so that the next one goes better."""
    return [required("words")] if state == "back" and not words.strip() else []


def open_outside(houses: Iterable[str]) -> list[Problem]:
    """A case does not end while somebody outside the city has not yet said yes: until then it is ours (R17, R81)."""
    said = _(
        "%(house)s outside the city has not accepted yet. Until then it stays ours: wait, or end the referral first."
    )
    return [Problem("outside", said % {"house": house}) for house in houses]
