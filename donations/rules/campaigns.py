"""What a campaign needs before it may begin, and what happens beyond its target: values in, problems out (K11, R65)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

#: From this target on a public campaign is registered before it begins.
REGISTERED_FROM_WON = 10_000_000
LEAST_TARGET_WON, MOST_TARGET_WON = 100_000, 10_000_000_000
LONGEST = timedelta(days=365)
#: What was collected is spent within two years of the end.
SPEND_WITHIN_YEARS = 2


@dataclass(frozen=True)
class Plan:
    """A campaign as one person proposes it."""

    title: str
    words: str
    purpose: str
    target_won: int | None
    starts_on: date | None
    ends_on: date | None
    registration: str = ""


def plan_problems(plan: Plan, *, purposes: tuple[str, ...], today: date) -> list[Problem]:
    found = [required(name) for name in ("title", "words") if not getattr(plan, name).strip()]
    if plan.purpose not in purposes:
        found.append(required("purpose"))
    if plan.target_won is None or not LEAST_TARGET_WON <= plan.target_won <= MOST_TARGET_WON:
        found.append(Problem("target", _("A target between 100,000 and 10,000,000,000 won, please."), "target_won"))
    elif plan.target_won >= REGISTERED_FROM_WON and not plan.registration.strip():
        words = _("From 10 million won on the law asks for a registration before the campaign begins.")
        found.append(Problem("registration", words, "registration"))
    return [*found, *_days(plan, today)]


def _days(plan: Plan, today: date) -> list[Problem]:
    if plan.starts_on is None or plan.ends_on is None:
        return [required("starts_on" if plan.starts_on is None else "ends_on")]
    if plan.starts_on < today:
        return [Problem("past", _("It cannot begin in the past."), "starts_on")]
    if not plan.starts_on < plan.ends_on <= plan.starts_on + LONGEST:
        return [Problem("long", _("It ends after its first day and lasts a year at most."), "ends_on")]
    return []


def divided(won: int, free_won: int) -> tuple[int, int]:
    """What goes to the campaign, and what is beyond its target."""
    within = min(won, max(0, free_won))
    return within, won - within


def spend_by(closed_on: date) -> date:
    year = closed_on.year + SPEND_WITHIN_YEARS
    return closed_on.replace(year=year, day=28 if (closed_on.month, closed_on.day) == (2, 29) else closed_on.day)


def own_plan() -> Problem:
    return Problem("own", _("Whoever wrote it cannot open it. A second person must look."))


def not_now() -> Problem:
    return Problem("state", _("Somebody was faster: this is further on already."))


def approval_missing() -> Problem:
    words = _(
        "What is left of a registered campaign moves on only after the registrar has agreed. Which letter says so?"
    )
    return Problem("approval", words, "approval")
