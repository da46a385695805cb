"""At which won value of an answer a verdict becomes another one: a search over copies, all inputs in one run a pass.

What no tried input sways is taken from the household's own run and not reckoned again.

The first pass looks at fixed distances from today's value. Between two neighbours with different verdicts the next
passes look where a criterion's line is crossed if it runs straight, which it does piece by piece, and in between.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from eligibility.engine.completions import Completions
from eligibility.engine.criteria import CRITERIA, CriterionSpec, figure_of
from eligibility.engine.judge import Judge, fresh_columns
from eligibility.engine.registry import FINE, Array
from eligibility.engine.system import Run, System
from eligibility.engine.unknowns import HOUSEHOLD_MONEY, PERSON_MONEY, Column
from eligibility.facts import Facts, Flip

STEPS = (1, 10**4, 10**5, 2 * 10**5, 4 * 10**5, 7 * 10**5, 10**6, 15 * 10**5, 2 * 10**6, 3 * 10**6, 5 * 10**6, 10**7)
LEAPS = (2 * 10**7, 4 * 10**7, 7 * 10**7, 10**8, 2 * 10**8, 4 * 10**8, 10**9)
WORKING_AGE = 15
MOST_PASSES = 24
STEPS_OF_SEARCH = 48  # a pass over few values costs nearly what one over hundreds does
MOST_ROWS = 8
#: Every input that is tried.
MONEY = frozenset({*PERSON_MONEY.values(), *HOUSEHOLD_MONEY.values(), "debt"})
VERDICTS = ("unlikely", "possible", "likely")


@dataclass
class Line:
    """One input: values tried so far, ascending, with the verdict of each programme and the distance to each line."""

    path: str
    column: Column
    today: int
    tried: Array
    verdicts: Array  # (values, programmes)
    margins: Array  # (values, lines)

    def add(self, tried: Array, verdicts: Array, margins: Array) -> None:
        order = np.argsort(np.concatenate([self.tried, tried]), kind="stable")
        self.tried = np.concatenate([self.tried, tried])[order]
        self.verdicts = np.concatenate([self.verdicts, verdicts])[order]
        self.margins = np.concatenate([self.margins, margins])[order]

    def turns(self) -> tuple[Array, Array]:
        """For each programme the place of the nearest other verdict below and above today's value; -1 = none."""
        here = int(np.searchsorted(self.tried, self.today))
        other = self.verdicts != self.verdicts[here]
        below, above = other[:here][::-1], other[here + 1 :]
        down = np.where(below.any(axis=0), here - 1 - below.argmax(axis=0), -1) if here else np.full(other.shape[1], -1)
        up = np.where(above.any(axis=0), here + 1 + above.argmax(axis=0), -1) if len(above) else np.full_like(down, -1)
        return down, up

    def next_values(self, fresh: bool) -> Array:
        """Values worth trying inside every gap that holds a turn; none when each turn is exact."""
        down, up = self.turns()
        gaps = {int(place) for place in down[down >= 0]} | {int(place) - 1 for place in up[up >= 0]}
        found: list[Array] = [np.empty(0, dtype=np.int64)]
        for gap in gaps:
            low, high = int(self.tried[gap]), int(self.tried[gap + 1])
            if high - low > 1:
                found.append(self._inside(gap, low, high, fresh))
        return np.unique(np.concatenate(found))

    def _inside(self, gap: int, low: int, high: int, fresh: bool) -> Array:
        first, last = self.margins[gap], self.margins[gap + 1]
        crossed = (first <= 0) != (last <= 0)
        first, last = first[crossed].astype(float), last[crossed].astype(float)
        guess = low + np.floor((high - low) * first / (first - last)).astype(np.int64)
        near = (guess[:, None] + np.asarray([-1, 0, 1, 2])).reshape(-1)
        even = low + (high - low) * np.arange(1, 2 if fresh else STEPS_OF_SEARCH) // (2 if fresh else STEPS_OF_SEARCH)
        return np.clip(np.concatenate([near, even]), low + 1, high - 1)


class Flips:
    """All flips of a household; `by_programme` once found."""

    def __init__(self, system: System, facts: Facts, judge: Judge) -> None:
        self.system, self.judge, self.done = system, judge, judge.done
        self.rows = self._rows()
        self.groups = list(self.done.columns.groups.values())
        self.held = self._held()
        self.swayed = system.swayed_by(MONEY)
        self.numbers = list(self._numbers())
        self.met = self.done.met[self.rows]
        self.moving = list(self._moving())
        moved = {programme for programme, _variable, _columns in self.moving}
        self.programmes = [
            (place, programme, groups)
            for place, (programme, groups) in enumerate(zip(CRITERIA, self.groups, strict=True))
            if programme in moved
        ]
        self.settled = np.asarray([VERDICTS.index(judge.judged[programme].verdict) for programme in CRITERIA])
        self.lines = [Line(path, column, today, *self._nothing()) for path, column, today in _inputs(facts, self.done)]

    def by_programme(self) -> dict[str, tuple[Flip, ...]]:
        leap = int(self.done.run.law.pension_means.luxury_car)
        wanted = [
            _first_values(line.today, *((leap - 1, leap) if line.column[0] == "car_value" else ()))
            for line in self.lines
        ]
        for number in range(MOST_PASSES):
            if not any(len(values) for values in wanted):
                break
            self._try(wanted)
            wanted = [
                line.next_values(number == 0) if len(values) else values
                for line, values in zip(self.lines, wanted, strict=True)
            ]
        found: dict[str, list[Flip]] = {programme: [] for programme in CRITERIA}
        for line in self.lines:
            for place, (down, up) in enumerate(zip(*line.turns(), strict=True)):
                turns = [int(turn) for turn in (down, up) if turn >= 0]
                if turns:
                    turn = min(turns, key=lambda turn: abs(int(line.tried[turn]) - line.today))
                    verdict = VERDICTS[line.verdicts[turn, place]]
                    found[list(CRITERIA)[place]].append(Flip(line.path, int(line.tried[turn]), verdict))
        return {programme: tuple(flips) for programme, flips in found.items()}

    def _try(self, wanted: list[Array]) -> None:
        """One run over every wanted value of every input, beside each completion that matters."""
        count = sum(len(values) for values in wanted)
        copies = self.done.copies.expanded(self.rows, count)
        at = 0
        for line, values in zip(self.lines, wanted, strict=True):
            for block in range(len(self.rows)):
                start = block * count + at
                copies.put(slice(start, start + len(values)), line.column, values)
            at += len(values)
        run = self.system.run(self.done.frame.day, copies.layout, copies.inputs())
        run.view.ask = partial(self._ask, run, count)
        verdicts, margins = self._verdicts(run, count), self._margins(run, count)
        at = 0
        for line, values in zip(self.lines, wanted, strict=True):
            if len(values):
                line.add(values, verdicts[at : at + len(values)], margins[at : at + len(values)])
            at += len(values)

    def _ask(self, run: Run, count: int, name: str) -> Array:
        """A variable over all copies: reckoned where a tried input sways it, else as it is without any trial."""
        if name in self.swayed:
            return run.reckon(name)
        return np.repeat(self.done.values(name)[self.rows], count, axis=0).reshape(-1)

    def _rows(self) -> list[int]:
        """Completions beside which values are tried: the mild and the harsh one, and words that sway something."""
        if self.done.count == 1:
            return [0]
        unknown = self.done.frame.unknown
        rows = [0, 1] if any(entry.is_number for entry in unknown) else [0]
        for copy, trial in enumerate(self.done.trials, start=2):
            if not unknown[trial.unknown].is_number and self.done.swayed[trial.unknown].any() and len(rows) < MOST_ROWS:
                rows.append(copy)
        return rows

    def _held(self) -> Array:
        """Criteria that stay unknown whatever is tried: not announced, or swayed by words that are not tried here."""
        met = self.done.met[self.rows]
        agreed = met.all(axis=0) | ~met.any(axis=0)
        known = self.done.always | self.done.never
        stale = ~np.asarray(fresh_columns(self.done.frame.persons, self.judge.day))
        return (agreed & ~known) | stale

    def _nothing(self) -> tuple[Array, Array, Array]:
        shape = (0, len(self.numbers) * len(self.rows))
        return np.empty(0, dtype=np.int64), np.empty((0, len(CRITERIA)), dtype=np.int8), np.empty(shape)

    def _verdicts(self, run: Run, count: int) -> Array:
        """(values, programmes) as 0 unlikely, 1 possible, 2 likely."""
        met = np.repeat(self.met[:, None, :], count, axis=1)
        for _programme, variable, columns in self.moving:
            met[:, :, columns] = run(variable).reshape(len(self.rows), count, -1)
        state: Array = np.asarray(met.all(axis=0), dtype=np.int8) + np.asarray(met.any(axis=0), dtype=np.int8)
        state[:, self.held] = 1
        found = np.empty((count, len(CRITERIA)), dtype=np.int8)
        found[:] = self.settled
        for place, programme, groups in self.programmes:
            best = state[:, groups[0]].min(axis=1)
            for others in groups[1:]:
                best = np.maximum(best, state[:, others].min(axis=1))
            fresh = self.judge.judged[programme].announced
            found[:, place] = best if fresh else np.minimum(best, 1)
        return found

    def _moving(self) -> Iterator[tuple[str, str, slice]]:
        """Programme, variable and columns of every criterion that a tried input sways."""
        for programme, specs in CRITERIA.items():
            for spec in specs:
                if spec.variable in self.swayed:
                    yield programme, spec.variable, self.done.columns.slices[spec.variable]

    def _numbers(self) -> Iterator[tuple[CriterionSpec, int]]:
        """Every distinct sum of money held against a line, of each person it may be about."""
        seen = set()
        for specs in CRITERIA.values():
            for spec in specs:
                sums = {spec.means or spec.value, spec.threshold}
                if spec.unit.startswith("KRW") and sums & self.swayed and (spec.value, spec.threshold) not in seen:
                    seen.add((spec.value, spec.threshold))
                    rows = self.done.frame.persons if spec.entity == "person" else 1
                    yield from ((spec, row) for row in range(rows))

    def _margins(self, run: Run, count: int) -> Array:
        """(values, lines × completions): how far each number is over its line."""
        found = []
        for spec, row in self.numbers:
            line = run(spec.threshold) if isinstance(spec.threshold, str) else figure_of(spec, run.law)
            over = run(spec.means) - line * FINE if spec.means else run(spec.value) - line
            found.append(over.reshape(len(self.rows), count, -1)[:, :, row])
        return np.concatenate(found, axis=0).T


def _inputs(facts: Facts, done: Completions) -> Iterator[tuple[str, Column, int]]:
    """Path, variable and today's value of every sum of money that was told."""
    for row, person in enumerate(facts.persons):
        grown = facts.as_of.year - person.birth[0].year > WORKING_AGE
        for name, variable in PERSON_MONEY.items():
            value = getattr(person, name)
            if value is not None and (grown or value):
                yield f"persons.{person.id}.{name}", (variable, row), value
    for name, variable in {**HOUSEHOLD_MONEY, "debt": "debt"}.items():
        value = getattr(facts.household, name)
        if value is not None:
            yield f"household.{name}", (variable, None), value


def _first_values(today: int, *leaps: int) -> Array:
    distances = np.asarray(STEPS + LEAPS, dtype=np.int64)
    values = np.concatenate([[0, 1, today, *leaps], today + distances, today - distances])
    return np.unique(values[values >= 0])
