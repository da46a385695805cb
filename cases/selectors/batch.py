"""One service for a list of people: whose names stand on it, and what they receive already (R20, R56)."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.rules.checks import Near
from cases.rules.needs import is_adult
from cases.selectors import catalogue
from cases.selectors.overlaps import equivalent_of_many
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import Membership, Organisation, OrganisationKind, Person, PersonState, Service
from hopecare.kernel.permissions import Permission

MOST = 200
_NUMBER = re.compile(r"\d{4}-\d{6}")
_AROUND = re.compile(r"^\s*\d{1,3}[.)]\s*|\s*\([^)]*\)\s*$")
_PARTNERS = (OrganisationKind.INSTITUTION, OrganisationKind.BUSINESS, OrganisationKind.SCHOOL)


WHO = ("main", "all", "children")
#: Case and person: whose line it is. A household has as many lines as people.
Key = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """One person of one household; the case is the household's, named after its main person."""

    case: Case
    person: Person

    @property
    def key(self) -> Key:
        return self.case.pk, self.person.pk

    @property
    def is_main(self) -> bool:
        return self.person.pk == self.case.main_person_id


@dataclass(frozen=True)
class Called:
    """The lines of a list, household by household; `unknown`: lines that named nobody the viewer may see."""

    lines: list[Line]
    unknown: tuple[str, ...] = ()


def choices(viewer: Viewer) -> dict[str, Iterable[Any]]:
    """What a batch may record: services of sections that the role opens, who gave them, from which money."""
    houses = Q(pk=viewer.organisation_id) | Q(kind__in=_PARTNERS) | Q(pk__in=viewer.provider_ids)
    return {
        "service": [row for row in catalogue.services() if row.active and row.category_id and _records(viewer, row)],
        "provider_kind": catalogue.provider_kinds(),
        "provider": Organisation.objects.filter(houses).order_by("pk"),
        "fund_source": catalogue.fund_sources(),
    }


def _records(viewer: Viewer, service: Service) -> bool:
    return not service.section or service.section in viewer.sections


def called(viewer: Viewer, *, scope: str, names: str = "", who: str = "main", together: bool = False) -> Called:
    """People of open cases: `mine`, `team`, or those whose name or case number stands on a line of `names`.

    `who` of a household: its main person, everybody who lives there, or its children; a name finds whomever it names.
    Two people of one name both come, each with household, town and number. Sealed people never do (D5). `together`:
    what is given counts for the household, so that one line stands for each, unless the names are on the sheet.
    """
    wanted = _lines(names) if scope == "names" else []
    spelt = {_spelt(line) for line in wanted}
    numbers = {number for line in wanted for number in _NUMBER.findall(line)}
    cases = _listed(viewer, _in_scope(viewer, scope, numbers, _homes(viewer, spelt)))
    found = [
        line
        for line in _people(viewer, cases)
        if (_called_by(line, spelt, numbers) if scope == "names" else _is_one_of(line, who))
    ]
    if together and scope != "names":
        found = list({line.case.pk: line for line in reversed(found)}.values())[::-1]
    known = {line.case.number for line in found} | {_spelt(line.person.name) for line in found}
    left = tuple(line for line in wanted if not {*_NUMBER.findall(line), _spelt(line)} & known)
    return Called(found[:MOST], left)


def _called_by(line: Line, spelt: set[str], numbers: set[str]) -> bool:
    return _spelt(line.person.name) in spelt or (line.is_main and line.case.number in numbers)


def _is_one_of(line: Line, who: str) -> bool:
    if who == "children":
        return line.person.age is not None and not is_adult(line.person.age)
    return who == "all" or line.is_main


def chosen(viewer: Viewer, keys: Iterable[Key]) -> list[Line]:
    """The lines of a list that was shown before, in its order; what has gone out of sight is left out."""
    wanted = set(list(keys)[:MOST])
    return chosen_for(
        viewer, _listed(viewer, visible_to(viewer, Case).filter(pk__in={case for case, _ in wanted})), wanted
    )


def chosen_for(viewer: Viewer, cases: list[Case], keys: Collection[Key]) -> list[Line]:
    """The lines of these cases that were named, in the order of the cases. One query."""
    return [line for line in _people(viewer, cases) if line.key in keys]


def _listed(viewer: Viewer, rows: QuerySet[Case]) -> list[Case]:
    check(viewer, Permission.CASE_SERVICE)
    rows = rows.filter(closed_at=None, main_person__sealed=False).exclude(pk__among=viewer.reach.sealed)
    found = list(rows.select_related("main_person", "town").order_by("main_person__name", "pk")[:MOST])
    if found:
        owners = {case.provider_id for case in found}
        audit.read(viewer, "case", [case.pk for case in found], owners=owners, what="list")
    return found


def _people(viewer: Viewer, cases: list[Case]) -> list[Line]:
    """Who lives there and is alive, the main person first, then by age. One query."""
    homes: dict[int, list[Person]] = {}
    rows = visible_to(viewer, Membership).filter(household__in={case.household_id for case in cases}, ends_on=None)
    rows = rows.filter(lives_here=True, person__sealed=False).exclude(person__state=PersonState.DIED)
    for row in rows.select_related("person").order_by("person__birth_date", "pk"):
        homes.setdefault(row.household_id, []).append(row.person)
    found = []
    for case in cases:
        others = (one for one in homes.get(case.household_id, []) if one.pk != case.main_person_id)
        found += [Line(case, person) for person in (case.main_person, *others)]
    return found


def _lines(names: str) -> list[str]:
    """One name or number a line; "3. 김가나 (78)" is 김가나."""
    bare = (_AROUND.sub("", line).strip()[:80] for line in re.split(r"[\n,;\t]", names))
    return list(dict.fromkeys(line for line in bare if line))[:MOST]


def _spelt(name: str) -> str:
    """As hc_jamo writes a name: without spaces and capitals, in single letters."""
    return unicodedata.normalize("NFD", "".join(name.split()).lower())


def _homes(viewer: Viewer, spelt: set[str]) -> QuerySet[Membership, Any]:
    """Households in which somebody of that name lives, as far as the viewer sees them."""
    people = visible_to(viewer, Person).filter(name_jamo__in=spelt, sealed=False).values("pk")
    return visible_to(viewer, Membership).filter(person__in=people, ends_on=None).values("household")


def _in_scope(viewer: Viewer, scope: str, numbers: set[str], homes: QuerySet[Membership, Any]) -> QuerySet[Case]:
    rows = visible_to(viewer, Case)
    if scope == "mine":
        return rows.filter(lead=viewer.user_id)
    if scope == "team":
        return rows.filter(Q(team__among=viewer.team_ids) | Q(provider__among=viewer.provider_ids))
    return rows.filter(Q(number__in=numbers) | Q(household__in=homes))


def per_household(service: Service) -> bool:
    """Whether a giving counts for the household together, so that its record names nobody."""
    known = catalogue.by_id(catalogue.services(), service.pk) or service
    return bool(known.service_class and known.service_class.per_household)


def person_for(line: Line, service: Service) -> int | None:
    return None if per_household(service) else line.person.pk


def given_already(
    viewer: Viewer, lines: list[Line], *, service: Service, giver_id: int, given_on: date, won: int
) -> dict[Key, list[Near]]:
    """Line → what the same person receives already. One query."""
    found = equivalent_of_many(
        viewer,
        [(line.case.pk, person_for(line, service)) for line in lines],
        service_id=service.pk,
        giver_id=giver_id,
        given_on=given_on,
        won=won,
        owners={line.case.provider_id for line in lines},
    )
    return {line.key: near for line, near in zip(lines, found, strict=True) if near}
