"""Words that a volunteer may write at any time, whatever was asked last: days off, and "call me" for a week. Pure.

휴무 11/26 · 휴무 11/26~11/28 · 휴무 11월 26일~28일 · off 11/26-11/28
대기 (call me at short notice) · 대기끝 (not any more)
"""

import re
from datetime import date, timedelta

_JOIN = frozenset(("대기", "대기가능", "대기할게요", "대기합니다", "standby", "callme"))
_LEAVE = frozenset(("대기끝", "대기그만", "대기안함", "대기취소", "standbyoff", "nostandby"))
_DAY = r"(?:(\d{1,2})\s*[/.월]\s*)?(\d{1,2})\s*일?"
_OFF = re.compile(rf"^\s*(?:휴무|쉬는\s?날|off)\s*:?\s*{_DAY}(?:\s*[-~–]\s*{_DAY})?\s*[.!]?\s*$", re.IGNORECASE)
#: A day so long ago is meant for next year.
LONG_AGO = timedelta(days=60)


def on_call(plain: str) -> bool | None:
    """True for "call me", False for "not any more", None for anything else; spaces and signs are gone already."""
    return True if plain in _JOIN else False if plain in _LEAVE else None


def days_off(text: str, today: date) -> tuple[date, date] | None:
    """(first, last) of a text about days off; None for anything else and for days that do not exist or lie behind."""
    found = _OFF.match(text)
    if found is None or found[1] is None:
        return None
    first = _day(int(found[1]), int(found[2]), today)
    if first is None or found[4] is None:
        return (first, first) if first is not None and first >= today else None
    last = _day(int(found[3] or found[1]), int(found[4]), first)
    return (first, last) if last is not None and first <= last and last >= today else None


def _day(month: int, day: int, near: date) -> date | None:
    try:
        found = date(near.year, month, day)
        return found if found >= near - LONG_AGO else date(near.year + 1, month, day)
    except ValueError:
        return None
