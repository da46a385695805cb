"""What another line would change for a whole city: who comes in, who falls out, what it costs a year, by group.

Before and after are reckoned block by block in one pass, so that memory does not grow with the city.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from eligibility import programmes
from eligibility.engine.formulas.people import ELEMENTARY, HIGH, MIDDLE, MONTHLY, NOT_TOLD, SEVERE
from eligibility.engine.population import Population, main_kind
from eligibility.engine.registry import Array
from eligibility.engine.system import Run, System
from eligibility.engine.unknowns import as_number
from eligibility.facts import ENUMS, MAX_WON, NOT_KNOWN, Cell, Homes, WhatIf

SMALLEST = 5
MONTHS = {"month": 12, "year": 1, "once": 1}
DIVORCED = ENUMS["single_parent_kind"].index("divorced")
GROWN_YEARS, RAISED_YEARS = 19, 18
CLASS_YEARS = 18  # from here on somebody may draw the disability pension (장애인연금법 제4조)
ALL = "all"
Progress = Callable[[int, int], None]


def of_homes(homes: Homes, day: date) -> Population:
    """Households of case records as arrays. The income told is income of the main person that every law counts whole;
    children go to the school of their age, an only adult raises them alone; property and supporters, which no record
    holds, are none, and everybody rents at the standard rent or above: the answer is the most that could be. Of whose
    disability nothing is known counts as not disabled; where that decides, ask `of_known` first."""
    sizes = np.asarray(homes.sizes, dtype=np.int64)
    starts = np.cumsum(sizes) - sizes
    home_of = np.repeat(np.arange(len(sizes)), sizes)
    births = np.asarray(homes.births, dtype=np.int64)
    relations = np.asarray(homes.relations)
    heads = np.zeros(len(births), dtype=bool)
    heads[starts] = True
    place = np.arange(len(births)) - starts[home_of]
    spouses, mate = (relations == "spouse") & ~heads, np.full(len(sizes), -1)
    mate[home_of[spouses][::-1]] = place[spouses][::-1]
    first = spouses & (place == mate[home_of])
    income = np.zeros(len(births), dtype=np.int64)
    income[starts] = homes.incomes
    age = day.year - births // 10_000
    grown = np.bincount(home_of[age >= GROWN_YEARS], minlength=len(sizes))
    children = np.bincount(home_of[age <= RAISED_YEARS], minlength=len(sizes))
    inputs = {
        "birth": births,
        "spouse_row": np.where(heads, mate[home_of], np.where(first, 0, -1)),
        "is_head": heads,
        "is_spouse": first,
        "is_elder_kin": (relations == "parent") | (relations == "grandparent"),
        "disability": np.maximum(np.asarray(homes.disabilities or [NOT_KNOWN] * len(births)), 0),
        "class_told": np.full(len(births), NOT_TOLD),
        "rents": income,
        "school": _school(age),
        "today": np.full(len(sizes), as_number(day)),
        "raises_alone": (grown == 1) & (children > 0) & (mate < 0),
        "single_kind": np.full(len(sizes), DIVORCED),
        "tenure": np.full(len(sizes), MONTHLY),
        "monthly_rent": np.full(len(sizes), MAX_WON),
    }
    groups = {name: np.asarray(codes, dtype=np.int64) for name, codes in homes.groups.items()}
    return Population(sizes, inputs, groups)


def of_known(homes: Homes, day: date) -> tuple[Homes, int]:
    """The households in which a severe disability, or its absence of every adult, is known; how many are left out."""
    kept, at, left_out = Homes([], [], [], [], {name: [] for name in homes.groups}, []), 0, 0
    known = homes.disabilities or [NOT_KNOWN] * len(homes.births)
    for home, size in enumerate(homes.sizes):
        people = slice(at, at + size)
        at += size
        levels, births = known[people], homes.births[people]
        grown = [level for level, born in zip(levels, births, strict=True) if _years(born, day) >= CLASS_YEARS]
        if SEVERE not in grown and NOT_KNOWN in grown:
            left_out += 1
            continue
        kept.sizes.append(size)
        kept.incomes.append(homes.incomes[home])
        kept.births.extend(births)
        kept.relations.extend(homes.relations[people])
        kept.disabilities.extend(levels)
        for name, codes in homes.groups.items():
            kept.groups[name].append(codes[home])
    return kept, left_out


def _years(born: int, day: date) -> int:
    return (as_number(day) - born) // 10_000


def _school(age: Array) -> Array:
    """The school of a calendar year's children (초·중등교육법 제13조); none for all others."""
    return np.select([(age >= 7) & (age <= 12), (age > 12) & (age <= 15), (age > 15) & (age <= 18)],
                     [ELEMENTARY, MIDDLE, HIGH], 0)  # fmt: skip


@dataclass(frozen=True)
class Arrays:
    """One value a household: whether below the line and how many won, before and after."""

    before: Array
    after: Array
    more: Array  # won a year


def what_if(
    system: System, day: date, people: Population, lever: Mapping[str, Any], line: int, progress: Progress | None = None
) -> WhatIf:
    """`line`: in ten-thousandths of the median, or in won; `progress(done, all)` is told after every block."""
    along = {name: line * tenths // 10 for name, tenths in lever.get("along", {}).items()}
    reformed = system.reformed({lever["figures"]: {lever["figure"]: line, **along}})
    count = len(people.sizes)
    found = Arrays(np.zeros(count, bool), np.zeros(count, bool), np.zeros(count, np.int64))
    for homes, layout, inputs in people.blocks():
        old, new = system.run(day, layout, dict(inputs)), reformed.run(day, layout, inputs)
        found.before[homes], found.after[homes] = old(lever["counts"]), new(lever["counts"])
        found.more[homes] = (_won(new, lever) - _won(old, lever)) * _a_year(lever)
        if progress is not None:
            progress(homes.stop, count)
    return _told(found, people.groups)


def _won(run: Run, lever: Mapping[str, Any]) -> Array:
    nobody: Array = np.zeros(run.layout.households, dtype=np.int64)
    return np.where(run(lever["counts"]), main_kind(run, lever["pays"]), 0) if lever.get("pays") else nobody


def _a_year(lever: Mapping[str, Any]) -> int:
    return MONTHS[programmes.entries()[lever["pays"]]["pays"][0]["per"]] if lever.get("pays") else 0


@dataclass(frozen=True)
class _Count:
    """Exact figures of one cell, before small ones are hidden. `touched`: households whose money changes."""

    code: int
    gained: int
    lost: int
    touched: int
    won: int

    @property
    def moved(self) -> int:
        return self.gained + self.lost + self.touched

    @property
    def small(self) -> bool:
        return any(0 < count < SMALLEST for count in (self.gained, self.lost, self.touched))


def nobody(not_known: int) -> WhatIf:
    """The answer where no household is left to ask about."""
    return WhatIf(0, None, None, Cell(ALL, 0, None, None, None), (), not_known)


def _told(found: Arrays, groups: Mapping[str, Array]) -> WhatIf:
    everybody = _counts(found, np.zeros(len(found.before), dtype=np.int64))[0]
    cells = [
        _cell(group, one, hidden=one.small or one in hidden)
        for group, codes in groups.items()
        for counts in [_counts(found, codes)]
        for hidden in [_hidden(counts)]
        for one in counts
    ]
    hide_all = everybody.small
    before, after = int(found.before.sum()), int(found.after.sum())
    return WhatIf(
        households=len(found.before),
        before=None if hide_all or 0 < before < SMALLEST else before,
        after=None if hide_all or 0 < after < SMALLEST else after,
        total=_cell(ALL, everybody, hidden=hide_all),
        cells=tuple(cells),
    )


def _counts(found: Arrays, codes: Array) -> list[_Count]:
    values = (found.after & ~found.before, found.before & ~found.after, found.more != 0)
    ins, outs, touched = (np.bincount(codes[chosen], minlength=int(codes.max()) + 1) for chosen in values)
    won = np.zeros(int(codes.max()) + 1, dtype=np.int64)
    np.add.at(won, codes, found.more)
    return [_Count(int(c), int(ins[c]), int(outs[c]), int(touched[c]), int(won[c])) for c in np.unique(codes)]


def _hidden(counts: list[_Count]) -> set[_Count]:
    """Small cells, and the next smallest ones until nobody can work out a hidden cell from the sum of all."""
    hidden = {one for one in counts if one.small}
    others = sorted((one for one in counts if one.moved and one not in hidden), key=lambda one: one.moved, reverse=True)
    while hidden and others and (len(hidden) < 2 or _sum_is_small(hidden)):
        hidden.add(others.pop())
    return hidden


def _sum_is_small(hidden: set[_Count]) -> bool:
    sums = (sum(getattr(one, name) for one in hidden) for name in ("gained", "lost", "touched"))
    return any(0 < count < SMALLEST for count in sums)


def _cell(group: str, one: _Count, *, hidden: bool) -> Cell:
    if hidden:
        return Cell(group, one.code, None, None, None)
    return Cell(group, one.code, one.gained, one.lost, one.won)
