"""Variables and their formulas as plain functions of arrays; the system turns each into a variable of OpenFisca.

A formula gets `of` (its population on the day: `of("age")` reads a variable, see `View`) and `law` (the figures of the
day: `law.basic_pension.base`). Money is whole won in int64. Means are kept in fine units of which FINE make a won, so
that 4.17 %, 30 % and 4 % a year over twelve months are whole numbers; they are rounded half-up to the won once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Formula = Callable[["View", Any], Array]
FINE = 30_000  # divisible by 10,000 (rates) and by 300 (4 % a year, a month at a time)
RATE = 10_000


@dataclass(frozen=True)
class Spec:
    name: str
    entity: str  # "person" or "household"
    kind: type
    formula: Formula | None  # None = an input
    default: Any = 0
    label: str = ""


REGISTRY: dict[str, Spec] = {}


def given(entity: str, kind: type, *names: str, default: Any = 0) -> None:
    """Inputs: what is told."""
    for name in names:
        REGISTRY[name] = Spec(name, entity, kind, None, kind(default))


def person(kind: type = int) -> Callable[[Formula], Formula]:
    return _variable("person", kind)


def household(kind: type = int) -> Callable[[Formula], Formula]:
    return _variable("household", kind)


def _variable(entity: str, kind: type) -> Callable[[Formula], Formula]:
    def keep(formula: Formula) -> Formula:
        name = formula.__name__
        if name in REGISTRY:
            raise ValueError(f"{name} is defined twice")
        label = (formula.__doc__ or name).strip().splitlines()[0]
        REGISTRY[name] = Spec(name, entity, kind, formula, kind(0), label)
        return formula

    return keep


class View:
    """One population on one day, as formulas see it; remembers what was read, so that a second look costs nothing.

    `ask` = how a value comes into being: by OpenFisca's own machinery, or straight from the formula (the same function
    without fifty microseconds of bookkeeping a variable, which a search over thousands of copies cannot afford).
    """

    def __init__(self, layout: "Layout", kept: dict[str, Array], ask: Callable[[str], Array]) -> None:
        self.layout, self.kept, self.ask = layout, kept, ask

    def __call__(self, name: str) -> Array:
        found = self.kept.get(name)
        if found is None:
            found = self.kept[name] = self.ask(name)
        return found

    def home(self, name: str) -> Array:
        """A household's value for each person."""
        return self(name)[self.layout.home_of]

    def sum(self, name: str) -> Array:
        return self.sum_of(self(name))

    def sum_of(self, values: Array) -> Array:
        """Exact sum over the persons of each household."""
        if values.dtype == bool:
            values = values.astype(np.int64)
        return np.add.reduceat(values, self.layout.starts)

    def any_of(self, values: Array) -> Array:
        found = np.zeros(self.layout.households, dtype=bool)
        found[self.layout.home_of[values]] = True
        return found

    def most_of(self, values: Array) -> Array:
        return np.maximum.reduceat(values, self.layout.starts)

    def spouse(self, values: Array) -> Array:
        """The spouse's value for each person; zero without one."""
        row = self("spouse_row")
        return np.where(row >= 0, values[np.maximum(row, 0)], values.dtype.type(0))

    def with_spouse(self, values: Array) -> Array:
        """Own value and the spouse's."""
        return values + self.spouse(values)


@dataclass(frozen=True)
class Layout:
    """Where people live: persons stand household by household. `supporter_slots` in use, most of all households."""

    starts: Array  # row of the first person of each household
    home_of: Array  # household of each person
    supporter_slots: int = 1

    @property
    def persons(self) -> int:
        return len(self.home_of)

    @property
    def households(self) -> int:
        return len(self.starts)


def half_up(fine: Array, unit: int = FINE) -> Array:
    """Whole won from fine units, halves up; nothing here is negative."""
    return (fine * 2 + unit) // (2 * unit)


def by_size(listed: Any, size: Array) -> Array:
    """The figure of a household's size from a list that begins at one person; beyond it the last one."""
    figures = np.asarray(listed, dtype=np.int64)
    return figures[np.minimum(size, len(figures)) - 1]


def median_of(law: Any, size: Array) -> Array:
    """Standard median income of households of these sizes: beyond seven each adds what the seventh added."""
    figures = np.asarray(law.median_income.won, dtype=np.int64)
    listed = figures[np.minimum(size, 7) - 1]
    return listed + np.maximum(size - 7, 0) * (figures[6] - figures[5])


def share(rate: int, won: Array) -> Array:
    """A rate in ten-thousandths of an amount, half-up to the won."""
    return half_up(won * rate, RATE)


def within(low: Any, value: Array, high: Any) -> Array:
    return (value >= low) & (value <= high)
