"""Which earlier reports may be about the same house (D3: for staff alone). Values in, values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt

NEAR_METRES = 500
LOOK_BACK = timedelta(days=90)
#: Share of common pairs of signs (Dice) from which two descriptions of a place count as alike.
ALIKE = 0.4
#: So many of 64 bits may differ between two pictures of the same.
LOOKS_APART = 8
_EARTH_METRES = 6_371_000


@dataclass(frozen=True)
class Spot:
    """Where a report points: town and point if known (WGS84 degrees), words, keyed hash of the reporter's phone, and
    what its photos look like (64 bits each)."""

    id: int
    town_id: int | None
    lat: float | None
    lon: float | None
    directions: str
    phone_hash: str
    looks: Sequence[int] = ()


@dataclass(frozen=True)
class Nearness:
    """Why two reports may belong together; `metres` only where both have a point."""

    metres: int | None = None
    alike_words: bool = False
    same_phone: bool = False
    alike_photo: bool = False


def nearness(one: Spot, other: Spot) -> Nearness | None:
    """None when nothing speaks for the same house."""
    apart = metres_between(one, other)
    close = apart is not None and apart <= NEAR_METRES
    may_be_there = one.town_id is None or other.town_id is None or one.town_id == other.town_id
    alike = may_be_there and likeness(one.directions, other.directions) >= ALIKE
    same_phone = bool(one.phone_hash) and one.phone_hash == other.phone_hash
    same_place = close or (apart is None and one.town_id is not None and one.town_id == other.town_id)
    alike_photo = same_place and photos_alike(one.looks, other.looks)
    if not (close or alike or same_phone or alike_photo):
        return None
    return Nearness(apart, alike, same_phone, alike_photo)


def photos_alike(some: Sequence[int], others: Sequence[int]) -> bool:
    """Whether one photo of each shows the same. Never enough by itself: many doors and letter boxes look alike."""
    return any((one ^ other).bit_count() <= LOOKS_APART for one in some for other in others)


def metres_between(one: Spot, other: Spot) -> int | None:
    """Great-circle distance, rounded to ten metres as a person would say it."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    lat, lon = radians(other.lat - one.lat), radians(other.lon - one.lon)
    half = sin(lat / 2) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(lon / 2) ** 2
    return round(2 * _EARTH_METRES * asin(sqrt(half)) / 10) * 10


def likeness(one: str, other: str) -> float:
    """Dice share of pairs of signs, spaces and signs left out; 0 for empty words."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _pairs(text: str) -> set[str]:
    signs = "".join(sign for sign in text.lower() if sign.isalnum())
    return {signs[place : place + 2] for place in range(len(signs) - 1)}
