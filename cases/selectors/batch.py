"""One service for a list of people: whose names stand on it, and what they receive already (R20, R56)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.rules.checks import Near
from cases.selectors import catalogue
from cases.selectors.overlaps import equivalent_of_many
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import Organisation, OrganisationKind, Service
from hopecare.kernel.permissions import Permission

MOST = 200
_NUMBER = re.compile(r"\d{4}-\d{6}")
_AROUND = re.compile(r"^\s*\d{1,3}[.)]\s*|\s*\([^)]*\)\s*$")
_PARTNERS = (OrganisationKind.INSTITUTION, OrganisationKind.BUSINESS, OrganisationKind.SCHOOL)


@dataclass(frozen=True)
class Called:
    """The cases of a list, by name; `unknown`: lines that named nobody the viewer may see."""

    cases: list[Case]
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


def called(viewer: Viewer, *, scope: str, names: str = "") -> Called:
    """Open cases: `mine`, `team`, or those whose number or main person's name stands on a line of `names`.

    Two people of one name both come, each with town and number. Sealed people never do (D5). One query.
    """
    lines = _lines(names) if scope == "names" else []
    found = _listed(viewer, _in_scope(viewer, scope, lines))
    known = {case.number for case in found} | {_spelt(case.main_person.name) for case in found}
    return Called(found, tuple(line for line in lines if not {*_NUMBER.findall(line), _spelt(line)} & known))


def chosen(viewer: Viewer, ids: Iterable[int]) -> list[Case]:
    """The cases of a list that was shown before, in its order; what has gone out of sight is left out. One query."""
    return _listed(viewer, visible_to(viewer, Case).filter(pk__in=list(ids)[:MOST]))


def _listed(viewer: Viewer, rows: QuerySet[Case]) -> list[Case]:
    check(viewer, Permission.CASE_SERVICE)
    rows = rows.filter(closed_at=None, main_person__sealed=False).exclude(pk__among=viewer.reach.sealed)
    found = list(rows.select_related("main_person", "town").order_by("main_person__name", "pk")[:MOST])
    if found:
        owners = {case.provider_id for case in found}
        audit.read(viewer, "case", [case.pk for case in found], owners=owners, what="list")
    return found


def _lines(names: str) -> list[str]:
    """One name or number a line; "3. 김가나 (78)" is 김가나."""
    bare = (_AROUND.sub("", line).strip()[:80] for line in re.split(r"[\n,;\t]", names))
    return list(dict.fromkeys(line for line in bare if line))[:MOST]


def _spelt(name: str) -> str:
    """As hc_jamo writes a name: without spaces and capitals, in single letters."""
    return unicodedata.normalize("NFD", "".join(name.split()).lower())


def _in_scope(viewer: Viewer, scope: str, lines: list[str]) -> QuerySet[Case]:
    rows = visible_to(viewer, Case)
    if scope == "mine":
        return rows.filter(lead=viewer.user_id)
    if scope == "team":
        return rows.filter(Q(team__among=viewer.team_ids) | Q(provider__among=viewer.provider_ids))
    numbers = [number for line in lines for number in _NUMBER.findall(line)]
    return rows.filter(Q(number__in=numbers) | Q(main_person__name_jamo__in=[_spelt(line) for line in lines]))


def per_household(service: Service) -> bool:
    """Whether a giving counts for the household together, so that its record names nobody."""
    known = catalogue.by_id(catalogue.services(), service.pk) or service
    return bool(known.service_class and known.service_class.per_household)


def person_for(case: Case, service: Service) -> int | None:
    return None if per_household(service) else case.main_person_id


def given_already(
    viewer: Viewer, cases: list[Case], *, service: Service, giver_id: int, given_on: date, won: int
) -> dict[int, list[Near]]:
    """Case id → what the same people receive already. One query."""
    found = equivalent_of_many(
        viewer,
        [(case.pk, person_for(case, service)) for case in cases],
        service_id=service.pk,
        giver_id=giver_id,
        given_on=given_on,
        won=won,
        owners={case.provider_id for case in cases},
    )
    return {case.pk: near for case, near in zip(cases, found, strict=True) if near}
