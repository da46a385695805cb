"""A circle of neighbours: how many make one, who may be in it, and what the text to the others says. Pure."""

from datetime import date, timedelta

from volunteers.rules.words import LIMIT, size

FEWEST, MOST = 3, 12
LONGEST_WORDS, LONGEST_DAYS = 60, timedelta(days=31)


def free_place(taken: set[int]) -> int | None:
    """The smallest place that is free; None when the circle is full."""
    return next((place for place in range(1, MOST + 1) if place not in taken), None)


def may_run_until(day: date | None, today: date) -> bool:
    return day is not None and today <= day <= today + LONGEST_DAYS


def fitted(frame: str, words: str) -> str:
    """`frame` holds "{}" for the neighbour's words; of them as many whole ones as a Korean telephone takes."""
    pieces = words.split()
    for many in range(len(pieces), 0, -1):
        text = frame.replace("{}", " ".join(pieces[:many]) + ("…" if many < len(pieces) else ""))
        if size(text) <= LIMIT:
            return text
    return frame.replace("{}", "…")
