"""Telling of a place, and saying that it is done (D3)."""

from dataclasses import replace
from datetime import timedelta

from cases.facts import PlaceTold
from cases.models import PlaceRequest
from cases.rules import places as rules
from cases.rules.reports import clean
from cases.selectors import routing
from cases.states import PlaceState
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, get_visible, system
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents
from hopecare.kernel.services.documents import Draft

PROMISED = timedelta(days=7)


def receive(*, told: PlaceTold, photo: Draft | None = None, client_id: int | None = None) -> str:
    """Take what was told of a place for the team of its town; returns the code. Raises Impossible.

    A photo is the team's alone until somebody of the team has looked whether anybody is on it (D9).
    """
    told = replace(told, words=clean(told.words), address=clean(told.address))
    routes = routing.routes()
    if told.lat is not None and told.lon is not None:
        route, distance = routes.nearest(told.lat, told.lon)
    else:
        named = routes.by_words(told.address)
        route, distance = named or routes.central, 0.0 if named else routing.REACH_KM + 1
    found = rules.problems(told, in_city=distance <= routing.REACH_KM)
    if found:
        raise errors.Impossible(*found)
    now = clock.now()
    by = system(Principal.INTAKE)
    with acting_as(by):
        row = PlaceRequest.objects.create(
            team_id=route.team_id,
            provider_id=route.provider_id,
            town_id=route.town_id,
            code=codes.new_code(),
            category=told.category,
            lat=route.lat if told.lat is None else told.lat,
            lon=route.lon if told.lon is None else told.lon,
            address=told.address,
            words=told.words,
            attributes=dict(told.attributes),
            requested_at=now,
            updated_at=now,
            promised_on=(now + PROMISED).date(),
            client_id=client_id,
            media_url=told.media_url,
            photo=documents.adopt(photo, scope_keys=route.scope_keys) if photo else None,
        )
        audit.changed(by, "place", [row.pk], "place_told", owners=[route.provider_id], category=told.category)
    return codes.shown(row.code)


def close(*, by: Viewer, typed: str) -> None:
    """It was seen to. Closed twice is closed once. Raises Forbidden, NotFound."""
    check(by, Permission.REPORT_TRIAGE)
    with acting_as(by):
        row = get_visible(by, PlaceRequest, named="place", code=codes.read(typed) or "")
        if row.state == PlaceState.CLOSED:
            return
        row.state, row.closed_by_id, row.updated_at = PlaceState.CLOSED, by.user_id, clock.now()
        row.save(update_fields=["state", "closed_by", "updated_at"])
        audit.changed(by, "place", [row.pk], "place_done", owners=[row.provider_id])


def show_photo(*, by: Viewer, typed: str, shown: bool) -> None:
    """Let everybody see the photo of a place, as nobody is on it and no home is known by it — or take it back (D9)."""
    check(by, Permission.REPORT_TRIAGE)
    with acting_as(by):
        row = get_visible(by, PlaceRequest, named="place", code=codes.read(typed) or "")
        if row.photo_id is None:
            raise errors.NotFound("place", typed)
        if (row.photo_shown_at is not None) == shown:
            return
        row.photo_shown_at, row.photo_shown_by_id = (clock.now(), by.user_id) if shown else (None, None)
        row.updated_at = clock.now()
        row.save(update_fields=["photo_shown_at", "photo_shown_by", "updated_at"])
        what = "place_photo_shown" if shown else "place_photo_hidden"
        audit.changed(by, "place", [row.pk], what, owners=[row.provider_id])
