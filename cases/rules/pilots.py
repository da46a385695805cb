"""What a trial needs before it begins, and when it may be decided on (R11). Values in, problems out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

LONGEST = timedelta(days=3 * 366)
#: Figures a trial is measured by; values written down for one of them.
MOST_FIGURES, MOST_VALUES = 6, 60
#: Boards tell of nobody who is one of fewer.
LEAST = 5
_FEW = _("One to four people could be recognised. Take a share or a longer time.")
#: The picture's own measures, as its template draws them.
LEFT, RIGHT, TOP, BOTTOM = 12, 228, 10, 62


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


def _value_problems(unit: str, value: Decimal, field: str) -> list[Problem]:
    if value < 0 or (unit == "percent" and value > 100):
        return [Problem("value", _("Please look at the value again."), field)]
    if unit == "count" and 0 < value < LEAST:
        return [Problem("few", _FEW, field)]
    return []


def figure_problems(
    *, name: str, unit: str, before: Decimal, before_on: date, starts_on: date, today: date, many: int
) -> list[Problem]:
    """A value from before the trial, or there is nothing to compare with; no figure tells of one to four people."""
    found = [] if name.strip() else [required("name")]
    found += _value_problems(unit, before, "before")
    if before_on > min(starts_on, today):
        found.append(Problem("not_before", _("This value has to be from before the trial."), "before_on"))
    if many >= MOST_FIGURES:
        words = _("%(most)s figures are enough to see what comes of it.") % {"most": MOST_FIGURES}
        found.append(Problem("many", words, "name"))
    return found


def value_problems(*, unit: str, value: Decimal, on: date, starts_on: date, today: date, many: int) -> list[Problem]:
    found = _value_problems(unit, value, "value")
    if not starts_on <= on <= today:
        found.append(Problem("not_during", _("A day from the beginning of the trial until today."), "on"))
    if many >= MOST_VALUES:
        words = _("%(most)s values of one figure are the most.") % {"most": MOST_VALUES}
        found.append(Problem("many", words, "value"))
    return found


@dataclass(frozen=True)
class Picture:
    """A line with its dots, and the height of the value from before, in the picture's own measures."""

    before: str
    dots: Sequence[tuple[str, str]]

    @property
    def line(self) -> str:
        return " ".join(f"{x},{y}" for x, y in self.dots)


def picture(before: Decimal, before_on: date, values: Sequence[tuple[date, Decimal]]) -> Picture:
    """From nothing to the largest value, so that no small change looks large; days keep their distances."""
    points = [(before_on, before), *values]
    highest = max(value for _on, value in points) or Decimal(1)
    days = max((points[-1][0] - before_on).days, 1)
    dots = [
        (f"{LEFT + (RIGHT - LEFT) * (on - before_on).days / days:.0f}", f"{_height(value, highest):.0f}")
        for on, value in points
    ]
    return Picture(dots[0][1], dots)


def _height(value: Decimal, highest: Decimal) -> Decimal:
    return BOTTOM - (BOTTOM - TOP) * value / highest
