"""What may be written down of a consent: by whom, how, on which day (K6, K7, K10). No clock."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from cases.rules.days import future_problems
from cases.rules.opening import consent_ends, needs_guardian
from hopecare.kernel.errors import Problem, required

AHEAD = timedelta(days=30)  # time enough for the next visit


@dataclass(frozen=True)
class Said:
    """A yes or a no as told. `newest_yes`, `newest_on`: their newest word, if any."""

    given: bool
    on: date
    way: str
    guardian: str = ""
    age: int | None = None
    newest_yes: bool = False
    newest_on: date | None = None


def said_problems(said: Said, *, today: date) -> list[Problem]:
    """A yes needs a guardian below fourteen (K10) and must still hold. A no after a yes, even one that ran out, is a
    taking back, where whoever writes it sees first what ends."""
    found = day_problems(said.on, said.newest_on, today=today)
    if not said.way:
        found.append(required("way"))
    if said.given and consent_ends(said.on) < today:
        found.append(Problem("over", _("A consent of that day has run out. Please ask again."), "on"))
    if said.given and needs_guardian(said.age) and not said.guardian.strip():
        words = _("Below fourteen the guardian consents: please write the guardian's name.")
        found.append(Problem("guardian", words, "guardian"))
    if not said.given and said.newest_yes:
        words = _("They agreed before. Go back and take that consent back: there you see what ends with it.")
        found.append(Problem("take_back", words, "given"))
    return found


def day_problems(on: date, newest_on: date | None, *, today: date) -> list[Problem]:
    """What was said later counts: an older word is not written over a newer one."""
    if future := future_problems(on, today, "on"):
        return future
    if newest_on is not None and on < newest_on:
        return [Problem("older", _("Something newer is on record. Choose that day or a later one."), "on")]
    return []
