"""Which team and which organisation a place belongs to; kept in the process, as a report must cost few questions."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians

from django.utils.translation import get_language

from cases.rules.cells import KM_PER_DEGREE
from hopecare.kernel import clock, context
from hopecare.kernel.models import Organisation, OrganisationKind, Team, TeamKind, Town

REACH_KM = 25.0
_KEPT_SECONDS = 300


@dataclass(frozen=True)
class Route:
    """Who answers for a place: the mixed team of the zone and its centre, or the central ones (`town_id` None)."""

    town_id: int | None
    town: str
    name_ko: str
    name_en: str
    team_id: int
    provider_id: int
    phone: str
    lat: float = 0.0
    lon: float = 0.0

    @property
    def name(self) -> str:
        return self.name_ko if (get_language() or "ko").startswith("ko") else self.name_en

    @property
    def scope_keys(self) -> list[int]:
        """The keys of the team and of the organisation (kernel.models.base.Scoped)."""
        return [self.team_id, -self.provider_id]


@dataclass(frozen=True)
class Routes:
    towns: dict[str, Route]
    central: Route

    def nearest(self, lat: float, lon: float) -> tuple[Route, float]:
        """The town whose centre is nearest, and how many kilometres away it is."""
        near = min(self.towns.values(), key=lambda town: _km(town, lat, lon))
        return near, _km(near, lat, lon)

    def by_words(self, words: str) -> Route | None:
        """The one town whose full name stands in the words; None when none or several do."""
        packed, low = words.replace(" ", ""), words.lower()
        found = [
            town
            for town in self.towns.values()
            if town.name_ko.replace(" ", "") in packed or town.name_en.lower() in low
        ]
        return found[0] if len(found) == 1 else None


def _km(town: Route, lat: float, lon: float) -> float:
    return hypot((town.lat - lat) * KM_PER_DEGREE, (town.lon - lon) * KM_PER_DEGREE * cos(radians(town.lat)))


def routes() -> Routes:
    """The city's routes: read at most every five minutes, and anew after the city was loaded."""
    return _read(context.city_version(), int(clock.now().timestamp()) // _KEPT_SECONDS)


@lru_cache(maxsize=1)
def _read(version: int, period: int) -> Routes:
    central_team = Team.objects.get(kind=TeamKind.CENTRAL)
    central = Organisation.objects.get(code=central_team.code, kind=OrganisationKind.CENTRE)
    teams = {team.zone_id: team.pk for team in Team.objects.filter(kind=TeamKind.MIXED).order_by("-pk")}
    towns = {
        town.code: Route(
            town.pk,
            town.code,
            town.name_ko,
            town.name_en,
            teams[town.zone_id],
            town.zone.centre_id,
            town.zone.centre.phone,
            town.lat,
            town.lon,
        )
        for town in Town.objects.select_related("zone__centre").order_by("pk")
    }
    return Routes(towns, Route(None, "", central.name_ko, central.name_en, central_team.pk, central.pk, central.phone))


forget: Callable[[], None] = _read.cache_clear
