"""Tables that may be shown to everybody: what one hidden cell would betray through its sums is hidden as well.

A cell is a number, 0, or None (fewer than five households). In every line and column the hidden cells must be none, or
two and more that are together at least five: a single one is what the sum lacks, and two that make two are one each.

The same holds between boards: where one tells a whole and another one its parts, what is left over is nobody or five.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

LEAST = 5
TOTAL = ""


@dataclass
class Table:
    """`cells`: (line, column) → number or None; the line or column TOTAL holds the sums. What is missing is 0."""

    lines: Sequence[str]
    columns: Sequence[str]
    cells: dict[tuple[str, str], int | None] = field(default_factory=dict)

    def at(self, line: str, column: str) -> int | None:
        return self.cells.get((line, column), 0)

    def row(self, line: str) -> list[int | None]:
        """Its cells in the order of the columns, its sum last."""
        return [self.at(line, column) for column in (*self.columns, TOTAL)]


def safe(lines: Sequence[str], columns: Sequence[str], found: Mapping[tuple[str, str], int | None]) -> Table:
    """The table with as many further cells hidden as the others need; the smallest first."""
    return _settled(Table(lines, columns, dict(found)))


def safe_beside(first: Table, second: Table) -> tuple[Table, Table]:
    """Two tables with the same sums of lines: a sum that one of them hides is not read in the other."""
    while True:
        torn = [(line, TOTAL) for line in (*first.lines, TOTAL)
                if (first.at(line, TOTAL) is None) != (second.at(line, TOTAL) is None)]  # fmt: skip
        if not torn:
            return first, second
        for table in (first, second):
            table.cells |= dict.fromkeys(torn)
            _settled(table)


def _settled(table: Table) -> Table:
    lines, columns = table.lines, table.columns
    rows: list[list[tuple[str, str]]] = [[(line, column) for column in (*columns, TOTAL)] for line in (*lines, TOTAL)]
    rows += [[(line, column) for line in (*lines, TOTAL)] for column in (*columns, TOTAL)]
    while any(_protect(table, row) for row in rows):
        pass
    return table


def _protect(table: Table, row: list[tuple[str, str]]) -> bool:
    """Hide one more cell of a row (its sum stands last) if one must; whether it did."""
    values = [table.at(*key) for key in row]
    hidden = [value for value in values if value is None]
    if not hidden or (len(hidden) > 1 and not _too_few(values)):
        return False
    shown: list[tuple[bool, int, tuple[str, str]]] = sorted(
        (not value, value, key) for key, value in zip(row[:-1], values[:-1], strict=True) if value is not None
    )
    spare = [key for _, _, key in shown] or ([row[-1]] if values[-1] is not None else [])
    if not spare:
        return False
    table.cells[spare[0]] = None
    return True


def _too_few(values: Sequence[int | None]) -> bool:
    """The sum is shown, and what it leaves for the hidden cells is less than five."""
    total = values[-1]
    return total is not None and total - sum(value or 0 for value in values[:-1]) < LEAST


def in_one_line(columns: Sequence[str], found: Mapping[str, int | None]) -> dict[str, int | None]:
    """The same for one row with its sum under TOTAL."""
    table = safe(["one"], columns, {("one", key): value for key, value in found.items()} | _sums(found.items()))
    return {column: table.at("one", column) for column in (*columns, TOTAL)}


def _sums(found: Iterable[tuple[str, int | None]]) -> dict[tuple[str, str], int | None]:
    """A single line is its own sum: both are hidden together, so that neither tells the other."""
    return {(TOTAL, key): value for key, value in found}


def beside(whole: tuple[int, int | None], part: tuple[int, int | None]) -> tuple[int, int | None] | None:
    """(cases, of them lighter) of a part as they may stand under their whole: without what would tell of the few who
    are in the whole alone. None where the part itself would."""
    rest = whole[0] - part[0]
    if 0 < rest < LEAST:
        return None
    if whole[1] is None or part[1] is None:
        return part
    lighter = whole[1] - part[1]
    return (part[0], None) if 0 < lighter < LEAST or 0 < rest - lighter < LEAST else part


def quarter_of(key: str) -> tuple[int, int] | None:
    """ "2026-Q3" → (2026, 3); None for anything else."""
    year, _sep, quarter = key.partition("-Q")
    if len(year) == 4 and year.isdecimal() and year.isascii() and quarter in {"1", "2", "3", "4"}:
        return int(year), int(quarter)
    return None


def tells(whole: int, parts: int) -> bool:
    """Whoever takes the parts away from the whole is left with one to four people."""
    return 0 < abs(whole - parts) < LEAST


def with_another(cells: Sequence[int | None]) -> list[int | None]:
    """Cells whose sum may be guessed from another board: where one is hidden, the smallest shown goes with it."""
    shown = [value for value in cells if value]
    if None not in cells or not shown:
        return list(cells)
    place = list(cells).index(min(shown))
    return [None if at == place else value for at, value in enumerate(cells)]


def of_one_whole(sides: Mapping[str, Mapping[str, int | None]]) -> dict[str, dict[str, int | None]]:
    """The same people cut in several ways: a cut that is shown in full tells the sum of every other one."""
    whole = next(
        (sum(value or 0 for value in side.values()) for side in sides.values() if None not in side.values()), None
    )
    if whole is None:
        return {name: dict(side) for name, side in sides.items()}
    found = {name: in_one_line(list(side), {**side, TOTAL: whole}) for name, side in sides.items()}
    return {name: {key: found[name][key] for key in side} for name, side in sides.items()}


@dataclass(frozen=True)
class Line:
    """How many cases of one zone, age and category went from one class of severity to another."""

    zone: str
    age: str
    category: str
    before: str
    after: str
    cases: int

    @property
    def lighter(self) -> bool | None:
        """None where the classes do not say: 4 to 3 is lighter, 3 to 3 is not."""
        if self.before == self.after == "3-4":
            return None
        return self.before > self.after


@dataclass(frozen=True)
class Figure:
    """A whole that is read on another board, and which lines of the file are parts of it."""

    whole: int
    holds: Callable[[Line], bool]

    def told(self, lines: Iterable[Line]) -> bool:
        parts = [line.cases for line in lines if self.holds(line)]
        return bool(parts) and tells(self.whole, sum(parts))


def untold(lines: Iterable[Line], figures: Sequence[Figure]) -> list[Line]:
    """As many lines as can stand beside the figures so that nothing of one to four cases is left; smallest go first."""
    kept = list(lines)
    while True:
        torn = next((figure for figure in figures if figure.told(kept)), None)
        if torn is None:
            return kept
        kept.remove(min((line for line in kept if torn.holds(line)), key=lambda line: line.cases))
