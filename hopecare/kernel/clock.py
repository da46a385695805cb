"""The only clock: legal dates are Asia/Seoul, instants are aware, and tests pin it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

SEOUL = ZoneInfo("Asia/Seoul")
OPENS, CLOSES = time(9), time(18)
_pinned: datetime | None = None
_hidden: ContextVar[bool] = ContextVar("clock_hidden", default=False)


def now() -> datetime:
    """This instant, in Seoul's zone."""
    if _hidden.get():
        raise RuntimeError("what is written once must not read the clock: leave a blank for the moment")
    return _pinned or datetime.now(UTC).astimezone(SEOUL)


def today() -> date:
    return now().date()


@contextmanager
def pinned(moment: datetime) -> Iterator[None]:
    """Stand still at `moment` (naive = Seoul); for tests and for the seed."""
    global _pinned
    before, _pinned = _pinned, moment.replace(tzinfo=SEOUL) if moment.tzinfo is None else moment.astimezone(SEOUL)
    try:
        yield
    finally:
        _pinned = before


@contextmanager
def out_of_sight() -> Iterator[None]:
    """Reading the clock inside raises: whatever is kept for later requests must not hold this one's moment."""
    token = _hidden.set(True)
    try:
        yield
    finally:
        _hidden.reset(token)


def at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=SEOUL)


@cache
def holidays() -> frozenset[date]:
    """Public holidays (관공서의 공휴일에 관한 규정), kept as data so that a year is added without code."""
    path = Path(__file__).parent / "data" / "holidays.yaml"
    return frozenset(yaml.safe_load(path.read_text())["holidays"])


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays()


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_day_before(day: date) -> date:
    """The last working day before `day`."""
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    for _ in range(count):
        day = next_working_day(day)
    return day


def is_open(moment: datetime) -> bool:
    """Whether somebody answers the telephone at `moment`."""
    local = moment.astimezone(SEOUL)
    return is_working_day(local.date()) and OPENS <= local.time() < CLOSES
