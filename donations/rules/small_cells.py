"""Which cells of a published table are not told: the few ones, and as many others as keep a sum from telling them (D1).

A cell is told when at least LEAST payments of LEAST people stand behind it. What is not told is never alone: with it
goes the smallest other cell of its table, so that the total less everything that is told still holds one that is not
small. Where no other cell with won is left, cells of nothing are hidden, too: nobody reads which one it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

LEAST = 5
Key = TypeVar("Key")


@dataclass(frozen=True)
class Behind:
    """How many payments and how many people stand behind a cell."""

    payments: int
    people: int

    @property
    def few(self) -> bool:
        return self.payments > 0 and min(self.payments, self.people) < LEAST


def untold(cells: Mapping[Key, Behind], also: frozenset[Key] = frozenset()) -> set[Key]:
    """Keys of the cells that are not told; `also`: those that another table asks to hide."""
    hidden = {key for key, cell in cells.items() if cell.few or key in also}
    if not hidden:
        return hidden
    rest = sorted((key for key in cells if key not in hidden), key=lambda key: _size(cells[key]))
    while rest and not _covered([cells[key] for key in hidden]):
        hidden.add(rest.pop(0))
    if not _covered([cells[key] for key in hidden]):
        hidden |= set(cells)
    return hidden


def _covered(hidden: list[Behind]) -> bool:
    """Two and more, and one of them stands on enough by itself."""
    return len(hidden) > 1 and any(cell.payments and not cell.few for cell in hidden)


def _size(cell: Behind) -> tuple[bool, int]:
    return not cell.payments, cell.payments
