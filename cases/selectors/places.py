"""Places as the public reads them: category, town, a blurred point, the hour; and a team's own for its desk (D3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cases.models import PlaceRequest
from cases.rules.places import blurred, categories
from cases.states import PlaceState
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, get_visible, system, visible_to
from hopecare.kernel.models import Document

SPAN = timedelta(days=90)
MOST = 1000


@dataclass(frozen=True)
class PublicPlace:
    """Free of personal data: whatever words were typed are not here."""

    code: str
    category: dict[str, Any]
    state: str
    town_ko: str
    town_en: str
    agency_ko: str
    agency_en: str
    lat: float
    lon: float
    requested_at: datetime
    updated_at: datetime
    promised_on: date
    photo: bool


def kinds() -> list[dict[str, Any]]:
    """The categories, as rows of data/places.yaml."""
    return list(categories().values())


def public_places(
    *,
    ids: Sequence[str] = (),
    categories_wanted: Sequence[str] = (),
    state: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[PublicPlace]:
    """Newest first, at most a thousand. With `ids` nothing else counts; without dates the last ninety days, with one
    date ninety days from there."""
    by = system(Principal.INTAKE)
    with acting_as(by):
        rows = visible_to(by, PlaceRequest).select_related("town", "provider").order_by("-requested_at", "-pk")
        if ids:
            rows = rows.filter(code__in=[code for code in map(codes.read, ids) if code])
        else:
            end = until or (since + SPAN if since else clock.now())
            rows = rows.filter(requested_at__gte=max(since or end - SPAN, end - SPAN), requested_at__lte=end)
            if categories_wanted:
                rows = rows.filter(category__in=categories_wanted)
            if state:
                rows = rows.filter(state=state)
        return [_public(row) for row in rows[:MOST]]


def public_place(typed: str) -> PublicPlace:
    """Raises NotFound: wrong and missing are one."""
    found = public_places(ids=[typed])
    if not found:
        raise errors.NotFound
    return found[0]


def _public(row: PlaceRequest) -> PublicPlace:
    return PublicPlace(
        codes.shown(row.code),
        categories()[row.category],
        row.state,
        row.town.name_ko if row.town else "",
        row.town.name_en if row.town else "",
        row.provider.name_ko,
        row.provider.name_en,
        blurred(row.lat),
        blurred(row.lon),
        row.requested_at.replace(minute=0, second=0, microsecond=0),
        row.updated_at.replace(minute=0, second=0, microsecond=0),
        row.promised_on,
        row.photo_shown_at is not None,
    )


def public_photo(typed: str) -> Document:
    """The photo that the team has let everybody see. Raises NotFound."""
    by = system(Principal.INTAKE)
    with acting_as(by):
        rows = visible_to(by, PlaceRequest).filter(code=codes.read(typed) or "", photo_shown_at__isnull=False)
        row = rows.select_related("photo").first()
    if row is None or row.photo is None:
        raise errors.NotFound
    return row.photo


def place_photo(by: Viewer, typed: str) -> Document:
    """The photo of one of the team's own places, the look written down. Raises NotFound."""
    row = get_visible(by, PlaceRequest, named="place", select=("photo",), code=codes.read(typed) or "")
    if row.photo is None:
        raise errors.NotFound("place", typed)
    audit.read(by, "place", [row.pk], owners=[row.provider_id], what="photo")
    return row.photo


def open_places(by: Viewer) -> list[tuple[PlaceRequest, dict[str, Any]]]:
    """A team's open places with their categories, the earliest promise first."""
    rows = visible_to(by, PlaceRequest).filter(state=PlaceState.OPEN).select_related("town")
    found = list(rows.order_by("promised_on", "pk")[:200])
    audit.read(by, "place", [row.pk for row in found], owners=[by.organisation_id])
    return [(row, categories()[row.category]) for row in found]
