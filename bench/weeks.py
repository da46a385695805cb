"""A week of the whole city as arrays: needs over 16 towns, and everybody who helps. Deterministic by its seed."""

from typing import Any

import numpy as np
import yaml

from hopecare.runtime.stamps import ROOT
from volunteers.matching.model import Helpers, Ints, Links, Needs, Problem, Windows
from volunteers.rules import matching as rules

SERVICES = 9
REGISTER, ACTIVE_SHARE = 124_297, 0.12
SHIFTS = np.array([[540, 720], [780, 1080], [1080, 1260]])
HOUSES_KNOWN = 0.3


def towns() -> Any:
    """(latitude, longitude) of each town, shape (16, 2)."""
    data = yaml.safe_load((ROOT / "hopecare/kernel/data/cities/namyangju.yaml").read_text())
    return np.array([(town["lat"], town["lon"]) for town in data["towns"]])


def week(*, seats: int, helpers: int, seed: int = 7) -> Problem:
    dice = np.random.default_rng(seed)
    places = towns()
    needs = _needs(dice, seats, places)
    people = _helpers(dice, helpers, places)
    known = np.column_stack([np.arange(seats), dice.integers(0, helpers, seats)])[dice.random(seats) < HOUSES_KNOWN]
    none = np.zeros((0, 2), np.int64)
    return Problem(needs, people, _windows(dice, helpers), Links(known, none, none))


def _around(dice: Any, places: Any, town: Ints, spread: float) -> tuple[Any, Any]:
    size = len(town)
    return places[town, 0] + dice.normal(0, spread, size), places[town, 1] + dice.normal(0, spread, size)


def _needs(dice: Any, seats: int, places: Any) -> Needs:
    town = dice.integers(0, len(places), seats)
    lat, lon = _around(dice, places, town, 0.01)
    shift = dice.choice(3, seats, p=[0.45, 0.45, 0.1])
    minutes = dice.choice([60, 60, 120, 180], seats)
    starts = SHIFTS[shift, 0] + 30 * dice.integers(0, (SHIFTS[shift, 1] - SHIFTS[shift, 0] - minutes) // 30 + 1)
    urgent, critical = dice.random(seats) < 0.08, dice.random(seats) < 0.03
    kinds = [rules.empty_seat(urgent=bool(one), critical=bool(two)) for one, two in zip(urgent, critical, strict=True)]
    pairs = np.where(dice.random(seats) < 0.03, np.arange(seats) // 2, -1)
    both = (pairs[::2] >= 0)[: seats // 2]
    for at in np.flatnonzero(both):
        for values in (town, lat, lon, starts, minutes, shift):
            values[2 * at + 1] = values[2 * at]
    bundle = np.full(seats, -1)
    bundle[: 2 * len(both)] = np.repeat(np.where(both, np.arange(len(both)), -1), 2)
    weekday = dice.choice(7, seats, p=[0.17, 0.17, 0.17, 0.17, 0.17, 0.09, 0.06])
    service = dice.integers(0, SERVICES, seats)
    weekday[1::2], service[1::2] = (
        np.where(bundle[1::2] >= 0, weekday[: len(weekday[1::2]) * 2 : 2], weekday[1::2]),
        np.where(bundle[1::2] >= 0, service[: len(service[1::2]) * 2 : 2], service[1::2]),
    )
    return Needs(
        lat=lat,
        lon=lon,
        town=town,
        weekday=weekday,
        starts=starts,
        ends=starts + minutes,
        service=service,
        risk=(dice.random(seats) < 0.15).astype(np.int64),
        licences=(dice.random(seats) < 0.03).astype(np.int64),
        languages=np.where(dice.random(seats) < 0.02, 2, 0),
        gender=np.where(dice.random(seats) < 0.08, 1, 0),
        minor=bundle >= 0,
        stairs=dice.random(seats) < 0.3,
        car=dice.random(seats) < 0.04,
        empty=np.array(kinds, np.int64),
        bundle=bundle,
        same=np.zeros(seats, bool),
    )


def _helpers(dice: Any, helpers: int, places: Any) -> Helpers:
    town = dice.integers(0, len(places), helpers)
    lat, lon = _around(dice, places, town, 0.01)
    level = dice.choice(3, helpers, p=[0.62, 0.3, 0.08])
    asked = dice.integers(0, 12, helpers)
    accepted = dice.binomial(asked, 0.6)
    skills = sum(1 << dice.integers(0, SERVICES, helpers) for _ in range(2)) | 1 << dice.integers(0, SERVICES, helpers)
    return Helpers(
        lat=lat,
        lon=lon,
        town=town,
        radius=dice.choice([3.0, 5.0, 8.0, 12.0], helpers),
        skills=np.asarray(skills),
        practised=np.asarray(skills) & dice.integers(0, 1 << SERVICES, helpers),
        level=np.repeat(level[:, None], 7, axis=1),
        licences=np.repeat((level == 2).astype(np.int64)[:, None], 7, axis=1),
        languages=np.where(dice.random(helpers) < 0.05, 3, 1),
        gender=dice.integers(1, 3, helpers),
        adult=dice.random(helpers) < 0.95,
        stairs_ok=dice.random(helpers) < 0.85,
        car=dice.random(helpers) < 0.4,
        room=dice.choice([1, 2, 2, 3], helpers),
        load=dice.poisson(0.8, helpers),
        reluctance=np.array([rules.reluctance(a, b) for a, b in zip(asked.tolist(), accepted.tolist(), strict=True)]),
        turn=np.minimum(dice.poisson(1.0, helpers) * rules.POINTS_PER_QUESTION, rules.MOST_FOR_QUESTIONS),
    )


def _windows(dice: Any, helpers: int) -> Windows:
    """One to three of the 21 half-days of a week each."""
    slots = np.argsort(dice.random((helpers, 21)), axis=1)[:, :3]
    kept = np.arange(3)[None, :] < dice.integers(1, 4, helpers)[:, None]
    helper, place = np.nonzero(kept)
    slot = slots[helper, place]
    return Windows(helper, slot // 3, SHIFTS[slot % 3, 0], SHIFTS[slot % 3, 1])
