"""The schematic map of town cells: as GeoJSON for the pin, as a drawing with links where there is no script."""

from dataclasses import dataclass

from django.http import HttpResponseBase, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cases.rules import cells
from cases.selectors import routing
from hopecare.kernel.web import HopeRequest, public

WIDTH = 400
MARGIN = 4


@dataclass(frozen=True)
class Cell:
    """One town on the drawing: points of its outline and where its name stands, in units of the drawing."""

    town: str
    name: str
    points: str
    x: float
    y: float
    chosen: bool


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    cells: list[Cell]


def _rings() -> tuple[float, list[list[cells.Point]]]:
    towns = list(routing.routes().towns.values())
    middle = sum(town.lat for town in towns) / len(towns)
    return middle, cells.cells([cells.flat(town.lat, town.lon, middle) for town in towns])


@public()
@require_safe
@cache_control(public=True, max_age=3600)
def towns_json(request: HopeRequest) -> HttpResponseBase:
    """GeoJSON: one polygon a town (schematic, computed from the towns' centres), its code and both names."""
    middle, rings = _rings()
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": town.town,
                "name_ko": town.name_ko,
                "name_en": town.name_en,
                "lat": town.lat,
                "lon": town.lon,
            },
            "geometry": {"type": "Polygon", "coordinates": [_geo_ring(ring, middle)]},
        }
        for town, ring in zip(routing.routes().towns.values(), rings, strict=True)
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _geo_ring(ring: list[cells.Point], middle: float) -> list[list[float]]:
    earth = [cells.round_earth(point, middle) for point in [*ring, ring[0]]]
    return [[round(lon, 5), round(lat, 5)] for lat, lon in earth]


def map_of(chosen: str = "") -> Drawing:
    """The drawing, north on top, with the chosen town marked."""
    towns = list(routing.routes().towns.values())
    _middle, rings = _rings()
    left, right = (pick(x for ring in rings for x, _y in ring) for pick in (min, max))
    low, high = (pick(y for ring in rings for _x, y in ring) for pick in (min, max))
    scale = (WIDTH - 2 * MARGIN) / (right - left)

    def place(point: cells.Point) -> tuple[float, float]:
        return round(MARGIN + (point[0] - left) * scale, 1), round(MARGIN + (high - point[1]) * scale, 1)

    drawn = []
    for town, ring in zip(towns, rings, strict=True):
        x, y = place(_centre(ring))
        points = " ".join(f"{px},{py}" for px, py in map(place, ring))
        drawn.append(Cell(town.town, town.name, points, x, y, town.town == chosen))
    return Drawing(WIDTH, round(2 * MARGIN + (high - low) * scale), drawn)


def _centre(ring: list[cells.Point]) -> cells.Point:
    """The centre of gravity, where a name has most room."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        part = ax * by - bx * ay
        area, x, y = area + part, x + (ax + bx) * part, y + (ay + by) * part
    return x / (3 * area), y / (3 * area)
