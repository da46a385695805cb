"""The directory: what there is for a need, what must be asked again, and what nobody offers (R12, R37)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from cases.models import Case, Gap, Resource, ResourceSector
from cases.rules import resources as rules
from cases.selectors import catalogue
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import Organisation, OrganisationKind, Zone
from hopecare.kernel.permissions import Permission

MOST = 200
_RELATED = ("category", "service", "owner", "zone", "confirmed_by")


@dataclass(frozen=True)
class Look:
    """What is looked for; empty = anything. `zone`: what serves this zone, the whole city's included."""

    line: str = ""
    category: int | None = None
    sector: str = ""
    zone: int | None = None
    again: bool = False


@dataclass(frozen=True)
class Entry:
    """One resource as the page shows it."""

    resource: Resource
    ask_again: bool


def directory(viewer: Viewer, look: Look) -> list[Entry]:
    """What fits, own zone before the whole city, outside last; to be asked again first where that is the question."""
    check(viewer, Permission.CASE_VIEW)
    rows = _matching(look).select_related(*_RELATED)
    order = ("confirmed_on", "pk") if look.again else ("outside_city", "category__position", "name", "pk")
    stale = rules.stale_before(clock.today())
    return [Entry(row, row.confirmed_on < stale) for row in rows.order_by(*order)[:MOST]]


def _matching(look: Look) -> QuerySet[Resource]:
    rows = Resource.objects.filter(ended_on=None)
    if look.category:
        rows = rows.filter(category=look.category)
    if look.sector in set(ResourceSector):
        rows = rows.filter(sector=look.sector)
    if look.zone:
        rows = rows.filter(Q(zone=look.zone) | Q(zone=None))
    if look.again:
        rows = rows.filter(confirmed_on__lt=rules.stale_before(clock.today()))
    for word in look.line.split()[:4]:
        named = Q(name__icontains=word) | Q(words__icontains=word) | Q(owner_name__icontains=word)
        rows = rows.filter(named | Q(owner__name_ko__icontains=word) | Q(owner__name_en__icontains=word))
    return rows


def counts(viewer: Viewer) -> dict[str, int]:
    """Entries, entries to be asked again, and open gaps the viewer may see. Two queries."""
    stale = Q(confirmed_on__lt=rules.stale_before(clock.today()))
    found = Resource.objects.filter(ended_on=None).aggregate(all=Count("pk"), again=Count("pk", filter=stale))
    return {**found, "gaps": visible_to(viewer, Gap).filter(closed_at=None).count()}


def resource_of(viewer: Viewer, resource_id: int | None) -> Resource:
    """Raises NotFound; an entry that has ended is still shown."""
    check(viewer, Permission.CASE_VIEW)
    row = Resource.objects.select_related(*_RELATED).filter(pk=resource_id or 0).first()
    if row is None:
        raise errors.NotFound("resource", str(resource_id))
    return row


@dataclass(frozen=True)
class Missing:
    """What is missing somewhere: how often it was noted, since when, and what was said. No person, no case."""

    category: Any
    zone: Any
    count: int
    since: date
    words: tuple[str, ...]


def missing(viewer: Viewer) -> list[Missing]:
    """Open gaps by category and zone, the most frequent first. Two queries."""
    rows = visible_to(viewer, Gap).filter(closed_at=None)
    grouped = rows.order_by().values("category_id", "town__zone_id").annotate(n=Count("pk"), since=Min("noted_at"))
    said: dict[tuple[int, int], list[str]] = {}
    for category, zone, words in (
        rows.exclude(words="").order_by("-noted_at").values_list("category_id", "town__zone_id", "words")[:MOST]
    ):
        said.setdefault((category, zone), []).append(words)
    zones, categories = {zone.pk: zone for zone in Zone.objects.all()}, catalogue.categories()
    found = [
        Missing(
            catalogue.by_id(categories, row["category_id"]),
            zones.get(row["town__zone_id"]),
            row["n"],
            row["since"].astimezone(clock.SEOUL).date(),
            tuple(dict.fromkeys(said.get((row["category_id"], row["town__zone_id"]), [])))[:3],
        )
        for row in grouped
    ]
    return sorted(found, key=lambda one: (-one.count, one.since))


def gap_of(viewer: Viewer, case: Case, category_id: int) -> Gap | None:
    return visible_to(viewer, Gap).filter(case=case, category=category_id, closed_at=None).first()


def choices() -> dict[str, Iterable[Any]]:
    """What the form of an entry offers."""
    return {
        "category": catalogue.categories(),
        "service": [service for service in catalogue.services() if service.active],
        "owner": Organisation.objects.exclude(kind=OrganisationKind.FOUNDATION).order_by("name_ko"),
        "zone": Zone.objects.order_by("pk"),
    }
