"""What a trial needs before it begins, and when it may be decided on (R11). Values in, problems out."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

LONGEST = timedelta(days=3 * 366)


def begin_problems(
    *, name: str, expected: str, measured_by: str, starts_on: date | None, ends_on: date | None
) -> list[Problem]:
    """What is expected and how one will know are told beforehand, or the result is what one likes to see."""
    told = {"name": name, "expected": expected, "measured_by": measured_by}
    found = [required(field) for field, words in told.items() if not words.strip()]
    found += [required(field) for field, day in (("starts_on", starts_on), ("ends_on", ends_on)) if day is None]
    if starts_on and ends_on and not timedelta() < ends_on - starts_on <= LONGEST:
        found.append(Problem("term", _("A trial ends after it begins, and within three years."), "ends_on"))
    return found


def end_problems(*, result: str, why: str, starts_on: date, today: date) -> list[Problem]:
    found = [required(field) for field, words in (("result", result), ("why", why)) if not words.strip()]
    if today < starts_on:
        found.append(Problem("not_begun", _("It has not begun yet."), "result"))
    return found
