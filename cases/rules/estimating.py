"""The weights of likeness from pairs: u by counting pairs of two people, m by expectation-maximisation. No database.

A pair is the tuple of its levels (weights.FIELDS), what cannot be compared left out: figures, nothing about anybody.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cases.rules.weights import FIELDS

Pairs = Counter[tuple[str, ...]]
Floats = NDArray[np.float64]
#: Pairs are sought by one of these; what brought a pair together says nothing of it, so it is left out of that round.
ROUNDS: dict[str, tuple[str, ...]] = {"name": ("name", "name_turned"), "birth": ("birth",), "phone": ("phone",)}
_ENOUGH = 100.0  # people found in a round; from fewer nothing is learnt
#: Where nobody stands twice it finds some other likeness, and is sure of few: then nothing is learnt either.
_SURELY, _CLEAR = 0.9, 0.8
_STEPS, _STILL = 500, 1e-7
_HALF = 0.5  # counted to every level, so that what was never seen is rare and not impossible


@dataclass(frozen=True)
class Round:
    """One round: how many pairs are thought to be one person, how many of those surely, and m as this round has it."""

    by: str
    pairs: int
    people: float
    clear: float
    m: dict[str, float]


def shares(counted: Mapping[str, float]) -> dict[str, float]:
    """Level → share within its field; a field of which nothing is known is left out."""
    found = {}
    for levels in FIELDS.values():
        seen = [counted.get(level, 0.0) for level in levels]
        if sum(seen):
            whole = sum(seen) + _HALF * len(levels)
            found.update({level: (count + _HALF) / whole for level, count in zip(levels, seen, strict=True)})
    return found


def of_two(pairs: Pairs, alike: Mapping[str, float]) -> dict[str, float]:
    """u. `alike`: level → its share counted in full, where it is too rare to be met in pairs drawn by lot."""
    counted: Counter[str] = Counter()
    for pair, count in pairs.items():
        counted.update(dict.fromkeys(pair, count))
    found = shares(counted)
    for levels in FIELDS.values():
        exact = {level: alike[level] for level in levels if level in alike and level in found}
        rest = sum(found[level] for level in levels if level in found and level not in exact)
        for level in levels if exact else ():
            found[level] = exact.get(level, found[level] / rest * (1 - sum(exact.values())))
    return found


def rounds(pairs: Pairs, rows: int, u: Mapping[str, float], m: Mapping[str, float]) -> list[Round]:
    """Each round that finds enough people and is sure of them, beginning with the m we have. A row is one of us."""
    found = []
    for by, keys in ROUNDS.items():
        drawn = Counter({pair: count for pair, count in pairs.items() if set(pair) & set(keys)})
        if drawn:
            found.append(_round(by, drawn, rows, u, m))
    return [one for one in found if one.people >= _ENOUGH and one.clear >= _CLEAR]


def together(found: Iterable[Round], m: Mapping[str, float]) -> dict[str, float]:
    """Each field's m from the round that is surest of its people; a field that no round saw keeps what it had."""
    told = dict(m)
    for one in sorted(found, key=lambda one: one.clear):
        told.update(one.m)
    return told


def _round(by: str, pairs: Pairs, rows: int, u: Mapping[str, float], m: Mapping[str, float]) -> Round:
    """Expectation-maximisation with u held still: m, and the share of pairs that are one person."""
    levels = [level for field, names in FIELDS.items() if field != by and names[0] in u for level in names]
    marks, counts = _matrix(pairs, levels)
    against = marks @ np.log([u[level] for level in levels])
    now, most = np.array([m[level] for level in levels]), min(0.999, rows / counts.sum())
    share = most / 2
    for _ in range(_STEPS):
        log_odds = np.log(share / (1 - share)) + marks @ np.log(now) - against
        chance = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
        one = counts * chance
        before, share = share, float(np.clip(one.sum() / counts.sum(), 1e-9, most))
        told = shares(dict(zip(levels, (one @ marks).tolist(), strict=True)))
        moved, now = now, np.array([told.get(level, m[level]) for level in levels])
        if abs(share - before) < _STILL and float(np.abs(now - moved).max()) < _STILL:
            break
    people, clear = float(one.sum()), float(one[chance > _SURELY].sum())
    return Round(by, int(counts.sum()), people, clear / people, dict(zip(levels, now.tolist(), strict=True)))


def _matrix(pairs: Pairs, levels: list[str]) -> tuple[Floats, Floats]:
    """A line a kind of pair with a 1 at each of its levels, and how often it was seen."""
    place = {level: number for number, level in enumerate(levels)}
    marks = np.zeros((len(pairs), len(levels)))
    for line, pair in enumerate(pairs):
        marks[line, [place[level] for level in pair if level in place]] = 1
    return marks, np.array(list(pairs.values()), dtype=np.float64)
