"""Which section a paper belongs to, what it needs, and when it is asked about (K7, R37)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

#: Kind of paper → section of the record that it is part of; every other kind is open to whoever sees the case.
SECTIONS = {"income": "means", "medical": "health", "legal": "legal"}
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class PaperFacts:
    title: str
    has_picture: bool
    expires_on: date | None


def paper_problems(facts: PaperFacts, *, today: date) -> list[Problem]:
    found = [] if facts.title.strip() else [required("title")]
    if not facts.has_picture:
        found.append(Problem("no_picture", _("Photograph the paper, or choose a picture or PDF of it."), "picture"))
    if facts.expires_on is not None and facts.expires_on < today:
        found.append(Problem("ran_out", _("It has run out already: keep the one that holds."), "expires_on"))
    return found


def runs_out(expires_on: date | None, today: date) -> str:
    """`past`, `soon` (within thirty days) or empty."""
    if expires_on is None or expires_on > today + AHEAD:
        return ""
    return "past" if expires_on < today else "soon"
