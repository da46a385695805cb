"""A sentence about what help changed: short, and without anything that could name somebody (D1). Pure."""

import re
from collections.abc import Iterable

SHORTEST, LONGEST = 10, 160
#: Below so many people nothing is told about a kind of help, neither a sum nor a sentence.
FEWEST_PEOPLE = 20
#: Days after the approval within which one is drawn, so that no day tells whom it is about.
SOONEST_DAYS, LATEST_DAYS = 7, 30
_ADDRESSED = re.compile(r"[가-힣]{2,4}\s?(?:씨|님|어르신|할머니|할아버지)|\b(?:Mr|Mrs|Ms)\b")
_GENERAL = re.compile(r"(?:모든|많은|우리|동네|여러)\s?(?:어르신|할머니|할아버지|이웃)(?:님)?")


def faults(words: str, places: Iterable[str]) -> list[str]:
    """Codes of what must not stand there: length, figure, name, place. `places`: names of towns and villages."""
    text = words.strip()
    found = [] if SHORTEST <= len(text) <= LONGEST else ["length"]
    if any(sign.isdigit() for sign in text):
        found.append("figure")
    if _ADDRESSED.search(_GENERAL.sub("", text)):
        found.append("name")
    if any(place and place in text for place in places):
        found.append("place")
    return found


def rounded(people: int) -> int:
    """So many people as may be told: nothing below twenty, then full tens."""
    return people // 10 * 10 if people >= FEWEST_PEOPLE else 0
