"""What an issue of a group may say, when a decision is one, and which terms run (R8, R13)."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from cases.rules.conferences import decision_problems
from hopecare.kernel.errors import Problem, required

_CASE = re.compile(r"\b\d{4}-\d{6}\b")
_NUMBERS = re.compile(r"\b\d{6}-?[1-8]\d{6}\b|\b01\d[ .-]?\d{3,4}[ .-]?\d{4}\b")


def naming_problems(field: str, words: str) -> list[Problem]:
    """A group talks about how things go, never about somebody: no case, no number that leads to one."""
    if _CASE.search(words) or _NUMBERS.search(words):
        said = _("A case or a personal number stands here. A group talks about the way, never about somebody.")
        return [Problem("names_somebody", said, field)]
    return []


def issue_problems(*, title: str, words: str) -> list[Problem]:
    found = [required(field) for field, text in (("title", title), ("words", words)) if not text.strip()]
    return found + naming_problems("title", title) + naming_problems("words", words)


@dataclass(frozen=True)
class DecisionFacts:
    words: str
    why: str
    dissent: str
    dissenters: str
    review_on: date | None


def verdict_problems(facts: DecisionFacts, *, today: date) -> list[Problem]:
    """Words, the value behind them, dissent with its name, and a day on which it is looked at again."""
    found = decision_problems(words=facts.words, dissent=facts.dissent, dissenters=facts.dissenters)
    if not facts.why.strip():
        found.append(Problem("no_reason", _("Say what weighed most, so that others can build on it."), "why"))
    if facts.review_on is None:
        found.append(required("review_on"))
    elif facts.review_on <= today:
        found.append(Problem("review", _("Choose a day to come on which it is looked at again."), "review_on"))
    for field, text in (("words", facts.words), ("why", facts.why), ("dissent", facts.dissent)):
        found += naming_problems(field, text)
    return found


def term_problems(*, name: str, starts_on: date | None, ends_on: date | None) -> list[Problem]:
    """A seat has a name and an end."""
    found = [] if name.strip() else [required("name")]
    found += [required(field) for field, day in (("starts_on", starts_on), ("ends_on", ends_on)) if day is None]
    if starts_on and ends_on and ends_on < starts_on:
        found.append(Problem("term", _("It cannot end before it began."), "ends_on"))
    return found


def promise_problems(*, words: str, due_on: date | None, today: date) -> list[Problem]:
    found = [] if words.strip() else [required("words")]
    if due_on is None:
        found.append(required("due_on"))
    elif due_on < today:
        found.append(Problem("past_day", _("That day has passed already."), "due_on"))
    return found + naming_problems("words", words)
