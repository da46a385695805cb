"""Whether the days of a pregnancy can be true (R21). Days in, problems out; no clock."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from cases.rules.days import future_problems
from hopecare.kernel.errors import Problem, required

_USUAL, _LONGEST = timedelta(days=280), timedelta(days=310)


def since_when(expected_on: date, today: date) -> date:
    """As midwives reckon, where nobody said since when; never a day to come."""
    return min(expected_on - _USUAL, today)


def problems(
    *, since: date | None, expected_on: date, ended_on: date | None, ended_as: str, today: date
) -> list[Problem]:
    found = [*future_problems(since, today, "since"), *future_problems(ended_on, today, "ended_on")]
    if expected_on - (since or today) > _LONGEST or today - expected_on > _LONGEST:
        found.append(Problem("too_far", _("That day is too far away for a pregnancy."), "expected_on"))
    if since is not None and since >= expected_on:
        found.append(Problem("turned", _("It began before the expected day."), "since"))
    if since is not None and ended_on is not None and ended_on < since:
        found.append(Problem("turned", _("It ended after it began."), "ended_on"))
    if ended_on is not None and not ended_as:
        found.append(required("ended_as"))
    if ended_as and ended_on is None:
        found.append(required("ended_on"))
    return found
