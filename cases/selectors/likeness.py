"""This person may exist: whom one may see by reasons; of anybody else only that the central desk knows (D17)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from cases.access import may_ask_number
from cases.models import Case
from cases.rules import likeness as rules
from cases.rules.complexity import risk_kinds
from cases.rules.weights import current
from hopecare.kernel import audit, crypto, errors, phones
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Membership, Person

MOST = 5
#: Risks whose mere existence elsewhere must not be guessed from a hint (D17).
_QUIET = ("mental_health", "violence", "legal")


@dataclass(frozen=True)
class Asked:
    """What was typed. `birth_year` alone where no day is known; `resident_number` is compared and never kept (K8)."""

    name: str
    born: date | None = None
    birth_year: int | None = None
    phone: str = ""
    resident_number: str = field(default="", repr=False)

    @property
    def year(self) -> int | None:
        return self.born.year if self.born else self.birth_year


@dataclass(frozen=True)
class Twin:
    """Somebody who may be the same: why, how likely, and the open case of their household if one may see it."""

    person: Person
    reasons: tuple[str, ...]
    chance: float
    case: Case | None = None


@dataclass(frozen=True)
class Likeness:
    """`twins`: people the viewer may see; `elsewhere`: a case may exist, nothing more is said; `sure`: by number."""

    twins: tuple[Twin, ...] = ()
    elsewhere: bool = False
    sure: bool = False

    @property
    def known(self) -> tuple[Case, ...]:
        """Open cases among them, each once."""
        return tuple({twin.case.pk: twin.case for twin in self.twins if twin.case}.values())

    def __bool__(self) -> bool:
        return bool(self.twins) or self.elsewhere


def alike(viewer: Viewer, asked: Asked, *, besides: int = 0) -> Likeness:
    """Name as typed, without spaces, turned or nearly so; birth date; telephone; number. Each question is a probe.

    `besides`: a person who is meant already and not shown as their own twin. Of somebody out of sight the same number
    says no more than the same name: ask the central desk. Raises Forbidden where the law gives nobody the number (K8).
    """
    if asked.resident_number and not may_ask_number(viewer):
        raise errors.Forbidden("resident_number")
    audit.read(viewer, "person", [], what="probe")
    typed = _hashes(asked.phone)
    numbers = crypto.hash_candidates(asked.resident_number, purpose="resident-number") if asked.resident_number else []
    names = rules.spellings(asked.name)
    rows = _found(names or [""], asked.born, asked.year or 0, typed, [])
    same, out_of_sight = _sorted(_found([""], None, 0, [], numbers)) if numbers else (set(), False)
    near, elsewhere = _sorted(rows)
    twins = _twins(viewer, asked, sorted((near | same) - {besides}), frozenset(typed), same)
    return Likeness(twins, out_of_sight or (not twins and elsewhere), bool(same - {besides}) or out_of_sight)


def _found(names: list[str], born: date | None, year: int, typed: list[str], numbers: list[str]) -> list[Any]:
    quiet = [code for code, kind in risk_kinds().items() if kind.section in _QUIET]
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, elsewhere from hc_people_alike(%s::text[], %s, %s, %s::text[], %s::text[], %s::text[])",
            [names, born, year, typed, numbers, quiet],
        )
        return list(cursor.fetchall())


def _sorted(rows: list[Any]) -> tuple[set[int], bool]:
    """Ids of whom the viewer may see, and whether there is anybody else."""
    return {person_id for person_id, _ in rows if person_id}, any(elsewhere for _, elsewhere in rows)


def _hashes(phone: str) -> list[str]:
    try:
        return phones.candidates(phones.normal(phone)) if phone.strip() else []
    except phones.BadPhone:
        return []


def _twins(viewer: Viewer, asked: Asked, ids: list[int], typed: frozenset[str], same: set[int]) -> tuple[Twin, ...]:
    if not ids:
        return ()
    people = visible_to(viewer, Person).filter(pk__in=ids)
    born = asked.born or (date(asked.birth_year, 1, 1) if asked.birth_year else None)
    mine = rules.Known(asked.name, born, asked.born is None, typed, frozenset({"same"} if same else ()))
    found = []
    for person in people:
        number = frozenset({"same"} if person.pk in same else ())
        phones_of = frozenset({person.phone_hash} - {""})
        other = rules.Known(person.name, person.birth_date, person.birth_year_only, phones_of, number)
        reasons, chance = rules.reasons(mine, other), 1.0 if number else current().chance(rules.levels(mine, other))
        if chance >= current().shown or "phone" in reasons:  # a telephone leads to the household, whoever they are
            found.append((person, reasons, chance))
    found.sort(key=lambda twin: (-twin[2], twin[0].pk))
    cases = _cases(viewer, [person.pk for person, _, _ in found[:MOST]])
    return tuple(Twin(person, reasons, chance, cases.get(person.pk)) for person, reasons, chance in found[:MOST])


def _cases(viewer: Viewer, ids: list[int]) -> dict[int, Case]:
    """Person id → the open case of a household they belong to."""
    homes = visible_to(viewer, Membership).filter(person__in=ids, ends_on=None)
    houses = dict(homes.values_list("person_id", "household_id"))
    cases = visible_to(viewer, Case).filter(household__in=set(houses.values()), closed_at=None)
    by_house = {case.household_id: case for case in cases.select_related("main_person", "town", "lead")}
    return {person: by_house[house] for person, house in houses.items() if house in by_house}
