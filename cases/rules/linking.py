"""Whom of our people a row of another system means: the number first, then likeness; doubt goes to a person (D6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cases.rules import likeness
from cases.rules.likeness import Known
from cases.rules.weights import current

MOST = 5
_NAMED = {"name", "name_turned", "name_near"}
#: Whoever hides from somebody has moved and has another telephone: of a sealed person that says nothing (D5).
_LEFT_BEHIND = {"phone_other", "town_other"}
#: Nothing is linked by itself past one of these, whatever else is alike.
_AGAINST = {"birth_other", "birth_year", "year_other"}


@dataclass(frozen=True)
class Stranger:
    """Somebody of a file: what is known, where they live (town id), F, M or U."""

    known: Known
    town: int | None = None
    sex: str = "U"


@dataclass(frozen=True)
class Candidate:
    """Somebody of ours who may be meant. `sealed`: untouchable (D5); `quiet`: their case must not be guessed (D17).

    `id`: the record that counts for them; `own`: the one that is alike, where it points to another.
    """

    id: int
    known: Known
    town: int | None = None
    sex: str = "U"
    sealed: bool = False
    quiet: bool = False
    own: int = 0

    @property
    def record(self) -> int:
        """What is written is written for this record, so that it stays there when the two are taken apart (D6)."""
        return self.own or self.id


class Near(NamedTuple):
    """Somebody who may be meant: why, and the chance that it is they and nobody else (1: the same number)."""

    one: Candidate
    reasons: tuple[str, ...]
    chance: float


@dataclass(frozen=True)
class Verdict:
    """`same`: `chosen` is meant. `doubtful`: a person looks at `near`. `held`: somebody is meant or may be meant whom
    the row must not touch; whoever imports learns nothing of it. `new`: nobody is like them."""

    kind: str
    chosen: Candidate | None = None
    near: tuple[Near, ...] = ()


NEW = Verdict("new")


def judge(asked: Stranger, candidates: Sequence[Candidate]) -> Verdict:
    """The number decides alone; by likeness only what nothing speaks against, and only when it is one person."""
    stood = [(one, levels(asked, one)) for one in candidates]
    by_number = [one for one in candidates if asked.known.numbers & one.known.numbers]
    sealed = [one for one, how in stood if one.sealed and (one in by_number or _may_be_sealed(how))]
    if any(one.sealed for one in by_number) or (not by_number and sealed):
        return Verdict("held", None, tuple(Near(one, (), 1.0) for one in sealed))
    if len(by_number) == 1:
        return Verdict("same", by_number[0])
    chances, asks = _chances(stood), current().asked
    sure = [one for one, how in stood if _sure(asked, one, how, chances[one.id])]
    if len(sure) == 1 and not by_number:
        return Verdict("same", sure[0])
    near = [_near(asked, one, how, chances[one.id]) for one, how in stood
            if one in by_number or (chances[one.id] >= asks and not one.sealed and _alike(how))]  # fmt: skip
    if any(found.one.quiet for found in near):
        return Verdict("held", None, tuple(found for found in near if found.one.quiet))
    near.sort(key=lambda found: (-found.chance, found.one.id))
    return Verdict("doubtful", None, tuple(near[:MOST])) if near else NEW


def levels(asked: Stranger, one: Candidate | Stranger) -> list[str]:
    """How everything that is known of both and can be weighed stands."""
    how = likeness.levels(asked.known, one.known)
    if asked.town is not None and one.town is not None:
        how.append("town" if asked.town == one.town else "town_other")
    return how


def _chances(stood: list[tuple[Candidate, list[str]]]) -> dict[int, float]:
    """Person → the chance that the row means them: a row means one of us or nobody, so namesakes share it."""
    odds: dict[int, float] = {}
    told = current()
    for one, how in stood:
        odds[one.id] = max(odds.get(one.id, 0.0), told.odds(how))
    whole = 1 + sum(odds.values())
    return {person: found / whole for person, found in odds.items()}


def _near(asked: Stranger, one: Candidate, how: list[str], chance: float) -> Near:
    number = bool(asked.known.numbers & one.known.numbers)
    return Near(one, likeness.said(["number", *how] if number else how), 1.0 if number else chance)


def _alike(how: list[str]) -> bool:
    """Two spouses share a telephone and a town: that is a household, no likeness."""
    return bool(_NAMED & set(how)) or {"phone", "birth"} <= set(how)


def _may_be_sealed(how: list[str]) -> bool:
    return _alike(how) and current().chance(level for level in how if level not in _LEFT_BEHIND) >= current().asked


def _sure(asked: Stranger, one: Candidate, how: list[str], chance: float) -> bool:
    """Surely the same, and neither the numbers, the sex nor the birth dates speak against it."""
    if one.sealed or chance < current().sure or not {"name", "name_turned"} & set(how) or _AGAINST & set(how):
        return False
    numbers = asked.known.numbers and one.known.numbers and not asked.known.numbers & one.known.numbers
    return not numbers and {asked.sex, one.sex} != {"F", "M"}
