"""Three-valued answers: each criterion over all completions of what was not asked.

Copy 0 has every unknown number at its mildest, copy 1 at its harshest; then each unknown takes each of its other values
beside both. A criterion that is the same in all of them is known, whatever was left out.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from eligibility.engine.criteria import CRITERIA, CriterionSpec
from eligibility.engine.frame import Copies, Frame
from eligibility.engine.registry import Array
from eligibility.engine.system import Run, System
from eligibility.engine.unknowns import Unknown


@dataclass(frozen=True)
class Trial:
    """Copy in which `unknown` (its place in the frame) takes its value number `value` beside the mild or harsh rest."""

    unknown: int
    value: int
    harsh: bool


class Completions:
    """All completions of a frame in one run."""

    def __init__(self, system: System, frame: Frame) -> None:
        self.frame = frame
        self.trials = list(trials_of(frame.unknown))
        copies = complete(frame, self.trials)
        self.copies = copies
        self.run: Run = system.run(frame.day, copies.layout, copies.inputs())
        self.count = copies.layout.households

    def values(self, name: str) -> Array:
        """A variable as (copies, persons) or (copies, 1)."""
        return self.run(name).reshape(self.count, -1)

    @cached_property
    def specs(self) -> list[tuple[CriterionSpec, int]]:
        """Every criterion with each person it is asked of (0 for the household)."""
        return [
            (spec, row)
            for specs in CRITERIA.values()
            for spec in specs
            for row in (range(self.frame.persons) if spec.entity == "person" else (0,))
        ]

    @cached_property
    def place(self) -> dict[tuple[str, int], int]:
        return {(spec.variable, row): column for column, (spec, row) in enumerate(self.specs)}

    @cached_property
    def met(self) -> Array:
        """(copies, criteria) in the order of `specs`."""
        return np.concatenate([self.values(spec.variable) for specs in CRITERIA.values() for spec in specs], axis=1)

    @cached_property
    def always(self) -> Array:
        return np.asarray(self.met.all(axis=0))

    @cached_property
    def never(self) -> Array:
        return ~np.asarray(self.met.any(axis=0))

    def known(self, spec: CriterionSpec, row: int) -> bool | None:
        """Met, not met, or None when completions differ."""
        column = self.place[spec.variable, row]
        return True if self.always[column] else False if self.never[column] else None

    @cached_property
    def swayed(self) -> Array:
        """(unknowns, criteria): whether changing this unknown alone changes the criterion somewhere."""
        swayed = np.zeros((len(self.frame.unknown), len(self.specs)), dtype=bool)
        for copy, trial in enumerate(self.trials, start=2):
            swayed[trial.unknown] |= self.met[copy] != self.met[1 if trial.harsh else 0]
        return swayed


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
