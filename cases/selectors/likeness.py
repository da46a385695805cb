"""This person may exist: whom one may see by reasons; of anybody else only that the central desk knows (D17)."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from cases.models import Case
from cases.rules import likeness as rules
from cases.rules.complexity import risk_kinds
from cases.rules.weights import current
from hopecare.kernel import audit, crypto, phones
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Membership, Person, ResidentNumber

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
    resident_number: str = ""

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
    """`twins`: people the viewer may see; `elsewhere`: another case may exist, nothing more is said."""

    twins: tuple[Twin, ...] = ()
    elsewhere: bool = False

    @property
    def known(self) -> tuple[Case, ...]:
        """Open cases among them, each once."""
        return tuple({twin.case.pk: twin.case for twin in self.twins if twin.case}.values())

    def __bool__(self) -> bool:
        return bool(self.twins) or self.elsewhere


def may_exist(viewer: Viewer, *, name: str, birth_year: int | None, phone: str, born: date | None = None) -> Likeness:
    return alike(viewer, Asked(name, born, birth_year, phone))


def alike(viewer: Viewer, asked: Asked, *, besides: int = 0) -> Likeness:
    """Name as typed, without spaces, turned or nearly so; birth date; telephone; number. Each question is a probe.

    `besides`: a person who is meant already and not shown as their own twin.
    """
    audit.read(viewer, "person", [], what="probe")
    typed = _hashes(asked.phone)
    numbers = crypto.hash_candidates(asked.resident_number, purpose="resident-number") if asked.resident_number else []
    names = rules.spellings(asked.name)
    quiet = [code for code, kind in risk_kinds().items() if kind.section in _QUIET]
    with connection.cursor() as cursor:
        cursor.execute(
            "select person_id, elsewhere from hc_people_alike(%s::text[], %s, %s, %s::text[], %s::text[], %s::text[])",
            [names or [""], asked.born, asked.year or 0, typed, numbers, quiet],
        )
        rows = cursor.fetchall()
    ids = [person_id for person_id, _ in rows if person_id and person_id != besides]
    twins = _twins(viewer, asked, ids, frozenset(typed), frozenset(numbers))
    return Likeness(twins, not twins and any(elsewhere for _, elsewhere in rows))


def _hashes(phone: str) -> list[str]:
    try:
        return phones.candidates(phones.normal(phone)) if phone.strip() else []
    except phones.BadPhone:
        return []


def _twins(
    viewer: Viewer, asked: Asked, ids: list[int], typed: frozenset[str], numbers: frozenset[str]
) -> tuple[Twin, ...]:
    if not ids:
        return ()
    people = visible_to(viewer, Person).filter(pk__in=ids)
    same = set(
        visible_to(viewer, ResidentNumber)
        .filter(person__in=ids, number_hash__in=numbers)
        .values_list("person_id", flat=True)
    )
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
