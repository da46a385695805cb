"""Whom of our people a row of another system means: the number first, then likeness; doubt goes to a person (D6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.rules import likeness
from cases.rules.likeness import Known

_SURE = 9  # exact name with telephone and nothing against it, or exact name, telephone and birth
_DOUBT = 6
MOST = 5


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


@dataclass(frozen=True)
class Verdict:
    """`same`: `chosen` is meant. `doubtful`: a person looks at `near`. `held`: somebody is meant or may be meant whom
    the row must not touch; whoever imports learns nothing of it. `new`: nobody is like them."""

    kind: str
    chosen: Candidate | None = None
    near: tuple[tuple[Candidate, tuple[str, ...]], ...] = ()


NEW = Verdict("new")


def judge(asked: Stranger, candidates: Sequence[Candidate]) -> Verdict:
    """The number decides alone; by likeness only what nothing speaks against, and only when it is one person."""
    found = [(one, likeness.reasons(asked.known, one.known)) for one in candidates]
    by_number = [one for one, reasons in found if "number" in reasons]
    near = [(one, reasons) for one, reasons in found if _near(asked, one, reasons)]
    if any(one.sealed for one in by_number) or (not by_number and any(one.sealed for one, _ in near)):
        return Verdict("held", None, tuple((one, why) for one, why in near if one.sealed))
    if len(by_number) == 1:
        return Verdict("same", by_number[0])
    sure = [one for one, reasons in near if _sure(asked, one, reasons)]
    if len(sure) == 1 and len(by_number) == 0 and (len(near) == 1 or _alone(asked, sure[0], near)):
        return Verdict("same", sure[0])
    if any(one.quiet for one, _ in near):
        return Verdict("held", None, tuple((one, why) for one, why in near if one.quiet))
    near.sort(key=lambda pair: (-likeness.points(pair[1]), pair[0].id))
    return Verdict("doubtful", None, tuple(near[:MOST])) if near else NEW


def _near(asked: Stranger, one: Candidate, reasons: tuple[str, ...]) -> bool:
    """Two spouses share a telephone, and every town has two of a common name: neither is a doubt by itself."""
    if "number" in reasons:
        return True
    points = likeness.points(reasons)
    named = bool({"name", "name_turned", "name_near"} & set(reasons))
    if points < _DOUBT or not (named or {"phone", "birth"} <= set(reasons)):
        return False
    if set(reasons) <= {"name", "name_turned", "year"}:
        unsure_of_day = asked.known.year_only or one.known.year_only
        return unsure_of_day and _same_town(asked, one)
    return "phone" in reasons or "birth" in reasons or "birth_turned" in reasons or _same_town(asked, one)


def _sure(asked: Stranger, one: Candidate, reasons: tuple[str, ...]) -> bool:
    if not {"name", "name_turned"} & set(reasons) or _against(asked, one, reasons):
        return False
    if likeness.points(reasons) >= _SURE and "phone" in reasons:
        return True
    return {"name", "birth"} <= set(reasons) and _same_town(asked, one)


def _against(asked: Stranger, one: Candidate, reasons: tuple[str, ...]) -> bool:
    """Other numbers, another sex, or birth dates that have nothing to do with each other."""
    if asked.known.numbers and one.known.numbers and "number" not in reasons:
        return True
    if {asked.sex, one.sex} == {"F", "M"}:
        return True
    both = asked.known.born is not None and one.known.born is not None
    return both and not {"birth", "birth_turned", "birth_near"} & set(reasons) and not (
        "year" in reasons and (asked.known.year_only or one.known.year_only)
    )  # fmt: skip


def _same_town(asked: Stranger, one: Candidate) -> bool:
    return asked.town is not None and asked.town == one.town


def _alone(asked: Stranger, chosen: Candidate, near: list[tuple[Candidate, tuple[str, ...]]]) -> bool:
    """Nobody else is nearly as like: the others share the name or the telephone, not both."""
    others = [likeness.points(reasons) for one, reasons in near if one.id != chosen.id]
    mine = next(likeness.points(reasons) for one, reasons in near if one.id == chosen.id)
    return mine - max(others, default=0) >= 4
