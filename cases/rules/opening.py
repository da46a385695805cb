"""When a case may open: a ground, a guardian for small children, one lead who may lead (K2, K5–K7, K10). No clock."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

_FILE = Path(__file__).resolve().parent.parent / "data" / "grounds.yaml"


@cache
def _data() -> dict[str, Any]:
    return dict(yaml.safe_load(_FILE.read_text()))


def form_version() -> str:
    return str(_data()["consent"]["form_version"])


def consent_ends(given_on: date) -> date:
    """The same day after as many years as the form says; 29 February ends on the 28th."""
    year = given_on.year + int(_data()["consent"]["years"])
    try:
        return given_on.replace(year=year)
    except ValueError:
        return given_on.replace(year=year, day=28)


def articles(kind: str) -> tuple[str, ...]:
    """What an official may name for `public_duty` or `urgent`."""
    return tuple(_data()["articles"].get(kind, ()))


def number_article() -> str:
    """The law by which a resident number is kept (K8)."""
    return str(_data()["number"])


@dataclass(frozen=True)
class Basis:
    """On what the case stands: kind of ground, whether consent was given, article, guardian's name, age if known."""

    kind: str
    consent: bool
    article: str = ""
    guardian: str = ""
    age: int | None = None


def ground_problems(basis: Basis, *, case_kind: str, opener_is_public: bool) -> list[Problem]:
    """K7: consent, or duty or urgency with an article; K5 only an official names a duty; K6 duty stays public."""
    problems: list[Problem] = []
    if basis.kind == "consent":
        if not basis.consent:
            words = _("Without consent to case management a case needs another ground: choose it, or do not open.")
            problems.append(Problem("no_ground", words, "consent_case_management"))
        if needs_guardian(basis.age) and not basis.guardian.strip():
            words = _("Below fourteen the guardian consents: please write the guardian's name.")
            problems.append(Problem("guardian", words, "guardian"))
        return problems
    if not basis.article.strip():
        problems.append(Problem("article", _("Name the law and article."), "article"))
    if basis.kind == "public_duty" and not opener_is_public:
        problems.append(Problem("not_official", _("Only an official may act on public duty."), "ground"))
    if basis.kind == "public_duty" and case_kind != "public":
        words = _("Without consent nothing goes from the city to a centre: the case must be a public one.")
        problems.append(Problem("needs_consent", words, "kind"))
    return problems


def needs_guardian(age: int | None) -> bool:
    """K10; an unknown age is not a child's."""
    return age is not None and age < int(_data()["consent"]["guardian_below"])


def public_problems(*, case_kind: str, consent: bool, lead_is_public: bool, others_are_public: bool) -> list[Problem]:
    """K6: without the person's consent only officials work on a case of the city."""
    if case_kind != "public" or consent:
        return []
    problems = []
    if not lead_is_public:
        words = _("Without consent somebody of the city or the town office leads a public case.")
        problems.append(Problem("lead_not_public", words, "lead"))
    if not others_are_public:
        words = _("Without consent only colleagues of the city or the town office work on a public case.")
        problems.append(Problem("team_not_public", words, "team"))
    return problems


def team_problems(*, lead_may_lead: bool, lead_in_team: bool) -> list[Problem]:
    if not lead_in_team:
        return [required("lead")]
    if not lead_may_lead:
        return [Problem("not_lead", _("This person may not lead a case. Choose another one."), "lead")]
    return []
