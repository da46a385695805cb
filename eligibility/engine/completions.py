"""Three-valued answers: each criterion over all completions of what was not asked.

Copy 0 has every unknown number at its mildest, copy 1 at its harshest; then each unknown takes each of its other values
beside both. A criterion that is the same in all of them is known, whatever was left out.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import numpy as np

from eligibility.engine.criteria import CRITERIA, CriterionSpec
from eligibility.engine.frame import Copies, Frame
from eligibility.engine.registry import Array
from eligibility.engine.system import Run, System
from eligibility.engine.unknowns import Unknown


@dataclass(frozen=True)
class Columns:
    """Every criterion with each person it is asked of (0 for the household), in a fixed order.

    `place`: (variable, person) → column. `groups`: programme → for each person it may be about, its columns. `slices`:
    variable → all of its columns.
    """

    specs: list[tuple[CriterionSpec, int]]
    place: dict[tuple[str, int], int]
    groups: dict[str, list[list[int]]]
    slices: dict[str, slice]


@lru_cache(maxsize=32)
def columns_of(persons: int) -> Columns:
    """The columns of a household of so many people."""
    specs = [
        (spec, row)
        for listed in CRITERIA.values()
        for spec in listed
        for row in (range(persons) if _each(spec) else (0,))
    ]
    place = {(spec.variable, row): column for column, (spec, row) in enumerate(specs)}
    groups = {
        programme: [
            [place[spec.variable, row if _each(spec) else 0] for spec in listed]
            for row in (range(persons) if any(_each(spec) for spec in listed) else (0,))
        ]
        for programme, listed in CRITERIA.items()
    }
    slices = {
        spec.variable: slice(place[spec.variable, 0], place[spec.variable, 0] + (persons if _each(spec) else 1))
        for listed in CRITERIA.values()
        for spec in listed
    }
    return Columns(specs, place, groups, slices)


def _each(spec: CriterionSpec) -> bool:
    return spec.entity == "person"


@dataclass(frozen=True)
class Trial:
    """Copy in which `unknown` (its place in the frame) takes its value number `value` beside the mild or harsh rest."""

    unknown: int
    value: int
    harsh: bool


class Completions:
    """All completions of a frame in one run. With `like`, those of the same household on a day of the same law and with
    the same unknowns, only what the other inputs sway is reckoned; `swayed_here` names it (None = everything)."""

    def __init__(self, system: System, frame: Frame, like: "Completions | None" = None) -> None:
        self.frame = frame
        self.trials = list(trials_of(frame.unknown))
        copies = complete(frame, self.trials)
        self.copies = copies
        self.run: Run = system.run(frame.day, copies.layout, copies.inputs())
        self.count = copies.layout.households
        self.like = like if like is not None and _is_alike(system, frame, like.frame) else None
        self.swayed_here: frozenset[str] | None = None
        if self.like is not None:
            others = frozenset(name for name, values in frame.values.items() if values != self.like.frame.values[name])
            self.swayed_here = system.swayed_by(others)
            self.run.view.ask = partial(_reckon_or_take, self.run, self.like.run, self.swayed_here)

    def values(self, name: str) -> Array:
        """A variable as (copies, persons) or (copies, 1)."""
        return self.run(name).reshape(self.count, -1)

    @cached_property
    def columns(self) -> "Columns":
        return columns_of(self.frame.persons)

    @property
    def specs(self) -> list[tuple[CriterionSpec, int]]:
        return self.columns.specs

    @property
    def place(self) -> dict[tuple[str, int], int]:
        return self.columns.place

    @cached_property
    def met(self) -> Array:
        """(copies, criteria) in the order of `specs`."""
        if self.like is not None and self.swayed_here is not None:
            met = self.like.met.copy()
            for variable, columns in self.columns.slices.items():
                if variable in self.swayed_here:
                    met[:, columns] = self.values(variable)
            return met
        return np.concatenate([self.values(spec.variable) for specs in CRITERIA.values() for spec in specs], axis=1)

    @cached_property
    def always(self) -> Array:
        return np.asarray(self.met.all(axis=0))

    @cached_property
    def never(self) -> Array:
        return ~np.asarray(self.met.any(axis=0))

    @cached_property
    def known(self) -> list[bool | None]:
        """Each criterion: met, not met, or None when completions differ."""
        pairs = zip(self.always.tolist(), self.never.tolist(), strict=True)
        return [True if always else False if never else None for always, never in pairs]

    @cached_property
    def swayed(self) -> Array:
        """(unknowns, criteria): whether changing this unknown alone changes the criterion somewhere."""
        swayed = np.zeros((len(self.frame.unknown), len(self.specs)), dtype=bool)
        for copy, trial in enumerate(self.trials, start=2):
            swayed[trial.unknown] |= self.met[copy] != self.met[1 if trial.harsh else 0]
        return swayed


def _is_alike(system: System, frame: Frame, other: Frame) -> bool:
    same_law = system.law(frame.day) is system.law(other.day)
    return same_law and frame.ids == other.ids and frame.unknown == other.unknown and frame.slots == other.slots


def _reckon_or_take(run: Run, like: Run, swayed: frozenset[str], name: str) -> Array:
    return run.reckon(name) if name in swayed else like(name)


def trials_of(unknown: list[Unknown]) -> list[Trial]:
    found = []
    for place, entry in enumerate(unknown):
        last = len(entry.values) - 1
        for harsh in (False, True):
            resting = last if harsh and entry.is_number else 0
            found += [Trial(place, value, harsh) for value in range(last + 1) if value != resting]
    return found


def complete(frame: Frame, trials: list[Trial]) -> Copies:
    """Copy 0 mild, copy 1 harsh (the same where nothing is unknown), then the trials."""
    if not frame.unknown:
        return frame.copies(1)
    copies = frame.copies(2 + len(trials))
    harsh = np.asarray([1, *(place for place, trial in enumerate(trials, start=2) if trial.harsh)])
    for entry in frame.unknown:
        if entry.is_number:
            for column, value in zip(entry.columns, entry.values[-1], strict=True):
                copies.put(harsh, column, value)
    for place, trial in enumerate(trials, start=2):
        entry = frame.unknown[trial.unknown]
        for column, value in zip(entry.columns, entry.values[trial.value], strict=True):
            copies.put(place, column, value)
    return copies
