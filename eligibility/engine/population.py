"""A whole city in arrays: verdicts and amounts of every programme."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from eligibility import programmes
from eligibility.engine.frame import frame_of
from eligibility.engine.registry import REGISTRY, Array, Layout
from eligibility.engine.system import Run, System
from eligibility.facts import Facts

BLOCK = 16_384  # households reckoned together: their arrays stay in the processor's cache


@dataclass(frozen=True)
class Population:
    """`inputs`: variable → one value a person or a household; persons stand household by household. `spouse_row` is the
    spouse's place within the household (-1 = none). `groups`: name → code of each household (zone, class, stage)."""

    sizes: Array
    inputs: Mapping[str, Array]
    groups: Mapping[str, Array]

    def blocks(self) -> Iterator[tuple[slice, Layout, dict[str, Array]]]:
        """Piece by piece: the households, where people live in it, and its inputs."""
        ends = np.cumsum(self.sizes)
        for first in range(0, len(self.sizes), BLOCK):
            homes = slice(first, min(first + BLOCK, len(self.sizes)))
            sizes = self.sizes[homes]
            people = slice(int(ends[first] - self.sizes[first]), int(ends[homes.stop - 1]))
            starts = np.cumsum(sizes) - sizes
            layout = Layout(starts, np.repeat(np.arange(len(sizes)), sizes))
            inputs = {
                name: values[people if REGISTRY[name].entity == "person" else homes]
                for name, values in self.inputs.items()
            }
            place = inputs["spouse_row"]
            inputs["spouse_row"] = np.where(place >= 0, place + starts[layout.home_of], -1)
            yield homes, layout, inputs


@dataclass(frozen=True)
class Outcome:
    """Programme → whether each household likely gets it, and how many won of its main kind (`per` as in the data)."""

    likely: dict[str, Array]
    won: dict[str, Array]


def of_facts(households: Sequence[Facts], groups: Mapping[str, Sequence[int]]) -> Population:
    """Households told one by one as arrays, what was not asked at its mildest; supporters, whom a city's records do not
    hold, are left out."""
    frames = [frame_of(facts) for facts in households]
    names = {name for frame in frames for name in frame.values if not name.startswith("supporter_")}
    columns = {
        name: np.asarray(
            [value for frame in frames for value in frame.values[name]],
            dtype=bool if REGISTRY[name].kind is bool else np.int64,
        )
        for name in sorted(names)
    }
    codes = {name: np.asarray(values, dtype=np.int64) for name, values in groups.items()}
    return Population(np.asarray([frame.persons for frame in frames], dtype=np.int64), columns, codes)


def reckon(system: System, day: date, people: Population, wanted: tuple[str, ...] = ()) -> Outcome:
    """Verdicts and amounts of every programme (or of those wanted) for every household."""
    names = wanted or tuple(programmes.entries())
    count = len(people.sizes)
    likely = {name: np.zeros(count, dtype=bool) for name in names}
    won = {name: np.zeros(count, dtype=np.int64) for name in names if programmes.entries()[name].get("pays")}
    for homes, layout, inputs in people.blocks():
        run = system.run(day, layout, inputs)
        for name in names:
            likely[name][homes] = run(name)
            if name in won:
                won[name][homes] = np.where(run(name), main_kind(run, name), 0)
    return Outcome(likely, won)


def main_kind(run: Run, programme: str) -> Array:
    """What the first kind brings that brings anything."""
    total: Array = np.zeros(run.layout.households, dtype=np.int64)
    for pays in programmes.entries()[programme]["pays"]:
        values = run(pays["variable"])
        summed = run.view.sum_of(values) if REGISTRY[pays["variable"]].entity == "person" else values
        total = np.where(total == 0, summed, total)
    return total
