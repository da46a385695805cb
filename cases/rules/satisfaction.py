"""One question after a service: who may be asked, who may ask, and what an answer by text says (R85)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem

ANSWERS = {"1": "good", "2": "so_so", "3": "bad"}
#: Afterwards nobody remembers which of many services was meant.
LATEST = timedelta(days=60)
_SAID = re.compile(r"\s*([1-3])(?![0-9])[\s.,:)번]*(.*)", re.DOTALL)


@dataclass(frozen=True)
class Askable:
    """What decides whether a service may be asked about. `by_giver`: the asker works for whoever gave it."""

    given_on: date
    asked: bool
    here: bool
    sealed: bool
    by_giver: bool
    channel: str


def asking_problems(facts: Askable, *, today: date) -> list[Problem]:
    found = []
    if facts.asked:
        found.append(Problem("asked", _("They were asked about this service already. Silence is an answer, too.")))
    if not facts.here or facts.sealed:
        found.append(Problem("person", _("This person is not asked now.")))
    if today - facts.given_on > LATEST:
        found.append(Problem("late", _("It is more than sixty days ago; nobody is asked about it any more.")))
    if facts.by_giver and facts.channel != "sms":
        found.append(by_giver())
    return found


def by_giver() -> Problem:
    """Whoever gave the service does not hear the answer."""
    words = _("Your organisation gave this service. Somebody of another one asks, or a text message does.")
    return Problem("giver", words, "channel")


def understood(text: str) -> tuple[str, str] | None:
    """ "1 고마워요" → ("good", "고마워요"); None for what a person must read."""
    said = _SAID.match(text)
    return (ANSWERS[said[1]], said[2].strip()[:200]) if said else None
