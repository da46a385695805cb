"""A person's time in life stages: which stage a day fell into, and when the next one begins (R21). No clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.rules.closing import months_later


@dataclass(frozen=True)
class Stage:
    """A stage by age in full years, both ends inclusive."""

    code: str
    from_age: int
    to_age: int


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def stage_on(stages: Sequence[Stage], born: date | None, day: date) -> Stage | None:
    """None where the birth date is unknown or the day lies before it."""
    if born is None or day < born:
        return None
    age = age_on(born, day)
    return next((stage for stage in stages if stage.from_age <= age <= stage.to_age), None)


def during(day: date, since: date, ended_on: date | None) -> bool:
    """Within a state, its last day with it; one that nobody has ended still goes on."""
    return since <= day and (ended_on is None or day <= ended_on)


def next_change(stages: Sequence[Stage], born: date | None, today: date) -> tuple[date, Stage] | None:
    """The birthday on which the next stage begins."""
    now = stage_on(stages, born, today)
    if now is None or born is None:
        return None
    following = next((stage for stage in stages if stage.from_age == now.to_age + 1), None)
    if following is None:
        return None
    return months_later(born, 12 * following.from_age), following
