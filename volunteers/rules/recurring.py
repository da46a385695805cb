"""What is given again and again: on which days, how much of it counts in which period, and who may come along (K10).

Pure: dates in, dates out. A capacity belongs to a period — the day, the week or the month — named by its first day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from volunteers.facts import Pattern

WEEK, LAST = timedelta(days=7), 5
#: A group of minors is never fewer than this, beside the grown-up who comes along.
FEWEST_PUPILS = 2
#: From its last full year of school on somebody is asked like everybody else; younger than this is not in a group.
YOUNGEST, OLDEST = 9, 18


@dataclass(frozen=True)
class Day:
    """One day of a pattern, and the period its capacity counts in."""

    on: date
    period: date


def days(pattern: Pattern, first: date, last: date) -> list[Day]:
    """The days of a pattern from `first` to `last`, both included."""
    found, day = [], max(first, pattern.since)
    end = min(last, pattern.until) if pattern.until is not None else last
    while day <= end:
        if falls_on(pattern, day):
            found.append(Day(day, period_of(pattern.per, day)))
        day += timedelta(days=1)
    return found


def falls_on(pattern: Pattern, day: date) -> bool:
    """The fifth of a weekday stands for the last one, so that "every last Friday" needs no other word."""
    if day.weekday() not in pattern.weekdays:
        return False
    place = (day.day - 1) // 7 + 1
    is_last = (day + WEEK).month != day.month
    return not pattern.nth or place in pattern.nth or (is_last and LAST in pattern.nth)


def period_of(per: str, day: date) -> date:
    if per == "month":
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if per == "week" else day


def free_number(taken: Iterable[int | None], capacity: int) -> int | None:
    """The smallest number of a portion that is still free; None when all are given away."""
    used = set(taken)
    return next((number for number in range(1, capacity + 1) if number not in used), None)


def may_be_pupil(birth_year: int, year: int) -> bool:
    return YOUNGEST <= year - birth_year <= OLDEST


def paper_counts(kind: str, until: date | None, wanted: frozenset[str], on: date) -> bool:
    """Whether the paper shown for a standing gift is all that a request wants, on the day itself."""
    return not wanted or (wanted == {kind} and until is not None and until >= on)
