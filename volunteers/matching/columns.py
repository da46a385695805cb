"""From plain rows to the arrays of a week."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from volunteers.matching.model import DAYS, Helpers, Links, Needs, Problem, Windows


@dataclass
class NeedRow:
    """One seat of one request; names as in model.Needs. `known`, `barred`, `pinned`: volunteers by their own ids."""

    lat: float
    lon: float
    town: int
    weekday: int
    starts: int
    ends: int
    service: int
    risk: int
    empty: int
    licences: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    gender: str = ""
    minor: bool = False
    stairs: bool = False
    car: bool = False
    bundle: int = -1
    known: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()
    pinned: int | None = None


@dataclass
class HelperRow:
    """One volunteer. `levels`: by weekday; `papers`: kind → the last weekday on which it counts (6 = all week)."""

    id: int
    lat: float
    lon: float
    town: int
    radius: float
    skills: frozenset[int]
    practised: frozenset[int]
    levels: tuple[int, ...]
    languages: frozenset[str]
    gender: str
    adult: bool
    stairs_ok: bool
    car: bool
    room: int
    load: int
    reluctance: int
    turn: int
    papers: dict[str, int] = field(default_factory=dict)
    windows: list[tuple[int, int, int]] = field(default_factory=list)


def problem(needs: Sequence[NeedRow], helpers: Sequence[HelperRow]) -> Problem:
    """`windows` of a helper are (weekday, from, to) in minutes, only those still free; overlapping ones are joined."""
    licences = sorted({kind for row in needs for kind in row.licences})
    languages = sorted({kind for row in needs for kind in row.languages})
    services = sorted({row.service for row in needs})
    return Problem(
        _needs(needs, services, licences, languages),
        _helpers(helpers, services, licences, languages),
        _windows(helpers),
        _links(needs, helpers),
    )


def _needs(rows: Sequence[NeedRow], services: list[int], licences: list[str], languages: list[str]) -> Needs:
    places = {service: place for place, service in enumerate(services)}
    return Needs(
        lat=np.array([row.lat for row in rows], float),
        lon=np.array([row.lon for row in rows], float),
        town=_ints(row.town for row in rows),
        weekday=_ints(row.weekday for row in rows),
        starts=_ints(row.starts for row in rows),
        ends=_ints(row.ends for row in rows),
        service=_ints(places[row.service] for row in rows),
        risk=_ints(row.risk for row in rows),
        licences=_ints(_bits(row.licences, licences) for row in rows),
        languages=_ints(_bits(row.languages, languages) for row in rows),
        gender=_ints(_gender(row.gender) for row in rows),
        minor=_marks(row.minor for row in rows),
        stairs=_marks(row.stairs for row in rows),
        car=_marks(row.car for row in rows),
        empty=_ints(row.empty for row in rows),
        bundle=_ints(row.bundle for row in rows),
        same=np.zeros(len(rows), bool),
    )


def _helpers(rows: Sequence[HelperRow], services: list[int], licences: list[str], languages: list[str]) -> Helpers:
    papers = [
        [_bits({k for k, last in row.papers.items() if last >= day}, licences) for day in range(DAYS)] for row in rows
    ]
    return Helpers(
        lat=np.array([row.lat for row in rows], float),
        lon=np.array([row.lon for row in rows], float),
        town=_ints(row.town for row in rows),
        radius=np.array([row.radius for row in rows], float),
        skills=_ints(_bits(row.skills, services) for row in rows),
        practised=_ints(_bits(row.practised, services) for row in rows),
        level=np.array([row.levels for row in rows], np.int64).reshape(-1, DAYS),
        licences=np.array(papers, np.int64).reshape(-1, DAYS),
        languages=_ints(_bits(row.languages, languages) for row in rows),
        gender=_ints(_gender(row.gender) for row in rows),
        adult=_marks(row.adult for row in rows),
        stairs_ok=_marks(row.stairs_ok for row in rows),
        car=_marks(row.car for row in rows),
        room=_ints(max(row.room, 0) for row in rows),
        load=_ints(row.load for row in rows),
        reluctance=_ints(row.reluctance for row in rows),
        turn=_ints(row.turn for row in rows),
    )


def _counting(row: HelperRow, day: int) -> set[str]:
    return {kind for kind, last in row.papers.items() if last >= day}


def _windows(rows: Sequence[HelperRow]) -> Windows:
    found = [(place, *window) for place, row in enumerate(rows) for window in _joined(row.windows)]
    table = np.array(found, np.int64).reshape(-1, 4)
    return Windows(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def _joined(windows: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    whole: list[tuple[int, int, int]] = []
    for day, starts, ends in sorted(windows):
        if whole and whole[-1][0] == day and starts <= whole[-1][2]:
            whole[-1] = (day, whole[-1][1], max(ends, whole[-1][2]))
        else:
            whole.append((day, starts, ends))
    return whole


def _links(needs: Sequence[NeedRow], helpers: Sequence[HelperRow]) -> Links:
    place = {row.id: at for at, row in enumerate(helpers)}

    def pairs(of: str) -> Any:
        found = [(at, place[one]) for at, row in enumerate(needs) for one in sorted(getattr(row, of)) if one in place]
        return np.array(found, np.int64).reshape(-1, 2)

    pins = [(at, place[row.pinned]) for at, row in enumerate(needs) if row.pinned is not None and row.pinned in place]
    return Links(pairs("known"), pairs("barred"), np.array(pins, np.int64).reshape(-1, 2))


def _bits(found: Any, names: Sequence[Any]) -> int:
    return sum(1 << place for place, name in enumerate(names) if name in found)


def _gender(letter: str) -> int:
    return " FM".find(letter or " ")


def _ints(values: Any) -> Any:
    return np.array(list(values), np.int64)


def _marks(values: Any) -> Any:
    return np.array(list(values), bool)
