"""Are these two the same person? Reasons with weights, never a certainty (D6, D17). Values in, values out."""

import unicodedata
from dataclasses import dataclass
from datetime import date

#: Points of each reason; from `SHOWN` on somebody is shown as perhaps the same.
WEIGHTS = {
    "number": 10,
    "phone": 5,
    "name": 4,
    "name_turned": 4,
    "name_near": 2,
    "birth": 4,
    "birth_turned": 3,
    "birth_near": 2,
    "year": 2,
}
SHOWN = 5
_NEAR = 2  # jamo that may differ


@dataclass(frozen=True)
class Known:
    """What is known of somebody; `year_only`: of the birth date only the year counts. Hashes are keyed."""

    name: str
    born: date | None = None
    year_only: bool = False
    phones: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


def reasons(one: Known, other: Known) -> tuple[str, ...]:
    """Why they may be the same, the strongest first."""
    found = []
    if one.numbers & other.numbers:
        found.append("number")
    if one.phones & other.phones:
        found.append("phone")
    found += _names(one.name, other.name)
    found += _births(one, other)
    return tuple(sorted(found, key=lambda reason: -WEIGHTS[reason]))


def points(found: tuple[str, ...]) -> int:
    return sum(WEIGHTS[reason] for reason in found)


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


def _names(one: str, other: str) -> list[str]:
    here, there = jamo(one), jamo(other)
    if not here or not there:
        return []
    if here == there:
        return ["name"]
    if there in spellings(one) or here in spellings(other):
        return ["name_turned"]
    near = _distance(here, there) <= (_NEAR if min(len(here), len(there)) > 5 else 1)
    return ["name_near"] if near else []


def _births(one: Known, other: Known) -> list[str]:
    if one.born is None or other.born is None:
        return []
    same_year = one.born.year == other.born.year
    if one.year_only or other.year_only:
        return ["year"] if same_year else []
    if one.born == other.born:
        return ["birth"]
    if same_year and (one.born.month, one.born.day) == (other.born.day, other.born.month):
        return ["birth_turned"]
    if abs((one.born - other.born).days) <= 31 or (
        (one.born.month, one.born.day)
        == (
            other.born.month,
            other.born.day,
        )
        and abs(one.born.year - other.born.year) <= 2
    ):
        return ["birth_near"]
    return ["year"] if same_year else []


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
