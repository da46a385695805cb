"""Are these two the same person? What is alike and what is not, never a certainty (D6, D17). Values in, values out."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import inf

from cases.rules.weights import current

#: What is said to a person of a level that speaks for one person; of all others nothing is said.
SAID = {"birth_year": "year"} | {
    level: level
    for level in (
        "number", "phone", "name", "name_turned", "name_near", "birth", "birth_turned", "birth_near", "year",
    )
}  # fmt: skip
_NEAR = 2  # jamo that may differ


@dataclass(frozen=True)
class Known:
    """What is known of somebody; `year_only`: of the birth date only the year counts. Hashes are keyed."""

    name: str
    born: date | None = None
    year_only: bool = False
    phones: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def levels(one: Known, other: Known) -> list[str]:
    """How each of the things that are known of both stands (weights.FIELDS); the number apart, it decides alone."""
    found = [_name(one.name, other.name), _birth(one, other)]
    if one.phones and other.phones:
        found.append("phone" if one.phones & other.phones else "phone_other")
    return [level for level in found if level]


def said(levels: Iterable[str]) -> tuple[str, ...]:
    """Why they may be the same, the strongest first."""
    bits = {"number": inf, **current().bits}
    return tuple(SAID[level] for level in sorted(levels, key=lambda level: -bits[level]) if level in SAID)


def reasons(one: Known, other: Known) -> tuple[str, ...]:
    number = ["number"] if one.numbers & other.numbers else []
    return said([*number, *levels(one, other)])


def jamo(name: str) -> str:
    """As hc_jamo writes a name: no spaces, small letters, syllables taken apart."""
    return unicodedata.normalize("NFD", "".join(name.lower().split()))


def spellings(name: str) -> list[str]:
    """The jamo of a name as typed and with its words turned: "Lan Nguyen", "순덕 윤"; a Korean surname moved back."""
    words = name.split()
    orders = [words, words[::-1], [*words[1:], *words[:1]], [*words[-1:], *words[:-1]]]
    whole = "".join(words)
    if len(words) == 1 and 3 <= len(whole) <= 4 and all("가" <= sign <= "힣" for sign in whole):
        orders.append([whole[-1], whole[:-1]])
    return list(dict.fromkeys(jamo("".join(order)) for order in orders if order))


def _name(one: str, other: str) -> str:
    if one and one == other:
        return "name"
    here, there = jamo(one), jamo(other)
    if not here or not there:
        return ""
    if here == there:
        return "name"
    if sorted(here) == sorted(there) and (there in spellings(one) or here in spellings(other)):
        return "name_turned"
    near = _distance(here, there) <= (_NEAR if min(len(here), len(there)) > 5 else 1)
    return "name_near" if near else "name_other"


def _birth(one: Known, other: Known) -> str:
    if one.born is None or other.born is None:
        return ""
    mine, theirs = one.born, other.born
    same_year = mine.year == theirs.year
    if one.year_only or other.year_only:
        return "year" if same_year else "year_other"
    if mine == theirs:
        return "birth"
    if same_year and (mine.month, mine.day) == (theirs.day, theirs.month):
        return "birth_turned"
    same_day = (mine.month, mine.day) == (theirs.month, theirs.day)
    if abs((mine - theirs).days) <= 31 or (same_day and abs(mine.year - theirs.year) <= 2):
        return "birth_near"
    return "birth_year" if same_year else "birth_other"


def _distance(one: str, other: str) -> int:
    """Levenshtein; stops early when the lengths are too far apart."""
    if abs(len(one) - len(other)) > _NEAR:
        return _NEAR + 1
    row = list(range(len(other) + 1))
    for place, sign in enumerate(one, 1):
        before, row[0] = row[0], place
        for at, letter in enumerate(other, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (sign != letter))
    return row[-1]
