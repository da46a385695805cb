"""Town cells of a schematic map: who lives here is nearest to this town's centre. Plain geometry, no map data.

Each cell is the outline clipped by the bisectors to all other centres (a Voronoi cell); good for pointing alone.
"""

from collections.abc import Sequence
from math import cos, pi, radians, sin

Point = tuple[float, float]
KM_PER_DEGREE = 111.2
MARGIN_KM = 4.5
_CORNERS = 16


def flat(lat: float, lon: float, middle_lat: float) -> Point:
    """Degrees → kilometres east and north, true enough for one city."""
    return lon * KM_PER_DEGREE * cos(radians(middle_lat)), lat * KM_PER_DEGREE


def round_earth(point: Point, middle_lat: float) -> Point:
    """Kilometres → (lat, lon) in degrees."""
    return point[1] / KM_PER_DEGREE, point[0] / (KM_PER_DEGREE * cos(radians(middle_lat)))


def cells(centres: Sequence[Point]) -> list[list[Point]]:
    """One polygon (open ring, kilometres) for each centre, in the same order."""
    outline = _outline(centres)
    found = []
    for centre in centres:
        ring = outline
        for other in centres:
            if other != centre:
                ring = _nearer(ring, centre, other)
        found.append(ring)
    return found


def _outline(centres: Sequence[Point]) -> list[Point]:
    """The convex hull of a circle around each centre."""
    points = sorted(
        (x + MARGIN_KM * cos(2 * pi * step / _CORNERS), y + MARGIN_KM * sin(2 * pi * step / _CORNERS))
        for x, y in centres
        for step in range(_CORNERS)
    )
    return [*_half_hull(points), *_half_hull(points[::-1])]


def _half_hull(points: Sequence[Point]) -> list[Point]:
    hull: list[Point] = []
    for point in points:
        while len(hull) > 1 and _turn(hull[-2], hull[-1], point) <= 0:
            hull.pop()
        hull.append(point)
    return hull[:-1]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _nearer(ring: Sequence[Point], centre: Point, other: Point) -> list[Point]:
    """The part of a convex ring that is nearer to `centre` than to `other` (Sutherland and Hodgman)."""

    def side(point: Point) -> float:
        return (point[0] - middle[0]) * (other[0] - centre[0]) + (point[1] - middle[1]) * (other[1] - centre[1])

    middle = ((centre[0] + other[0]) / 2, (centre[1] + other[1]) / 2)
    kept: list[Point] = []
    for here, there in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        a, b = side(here), side(there)
        if a <= 0:
            kept.append(here)
        if a * b < 0:
            share = a / (a - b)
            kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return kept
