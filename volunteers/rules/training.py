"""Courses: what completes one, and until when it counts. Values from courses.yaml; dates in, dates out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).resolve().parent.parent / "data" / "courses.yaml"
WITHIN = timedelta(days=365)
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Course:
    """`renews`: only for somebody who holds the paper already, be it just over."""

    code: str
    name_ko: str
    name_en: str
    minutes: int
    gives: str
    months: int
    level: int
    renews: bool = False


@cache
def courses() -> dict[str, Course]:
    return {code: Course(code, **entry) for code, entry in yaml.safe_load(DATA.read_text())["courses"].items()}


def completed(course: Course, attended: Iterable[tuple[date, int]], today: date) -> bool:
    """`attended`: (day, minutes) of the sessions somebody came to; older than a year counts no more."""
    return sum(minutes for day, minutes in attended if today - WITHIN < day <= today) >= course.minutes


def counts_until(course: Course, on: date, held_until: date | None = None) -> date:
    """The last day: so many months from the course on, or from the end of the paper it renews in time."""
    begins = max(on, held_until) if course.renews and held_until is not None else on
    month = begins.month - 1 + course.months
    year, month = begins.year + month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1
    return date(year, month, min(begins.day, 28))


def renewing(kind: str) -> list[Course]:
    """Courses that make a paper of this kind count again, the shortest first."""
    return sorted((one for one in courses().values() if one.gives == kind), key=lambda one: one.minutes)
