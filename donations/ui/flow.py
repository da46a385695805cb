"""The drawing of where money came from and where it went: a server-side svg beside a table that says the same."""

from dataclasses import dataclass

from donations.selectors.transparency import TOGETHER, Row, Transparency

HEIGHT, GAP, TRUNK = 520.0, 10.0, 410.0


@dataclass(frozen=True)
class Stream:
    """One band: its path, its bar and where its words stand."""

    name_ko: str
    name_en: str
    won: int
    path: str
    x: float
    y: float
    height: float
    kind: str

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


@dataclass(frozen=True)
class Flow:
    streams: list[Stream]
    trunk_y: float
    trunk_height: float
    height: float


def flow(found: Transparency) -> Flow | None:
    """None while nothing came in. Heights are in proportion to won; the least is a hair."""
    before = [Row("지난해 남은 돈", "Left from before", found.before_won)] if found.before_won > 0 else []
    left = [Row("아직 쓰지 않은 돈", "Not spent yet", found.left_won)] if found.left_won > 0 else []
    ins = [*before, *(row for row in found.sources if row.won and row.won > 0)]
    small = [Row(*TOGETHER, found.untold_won)] if found.untold_won > 0 else []
    outs = [*(row for row in found.purposes if row.won and row.won > 0), *small, *left]
    total = sum(row.won or 0 for row in ins)
    if total <= 0 or not outs:
        return None
    scale = (HEIGHT - 40) / total
    most = max(len(ins), len(outs))
    height = HEIGHT + GAP * most
    top = (height - total * scale) / 2
    streams = _side(ins, scale, top, 190.0, TRUNK, height, "in") + _side(
        outs, scale, top, 650.0, TRUNK + 20, height, "out"
    )
    return Flow(streams, top, total * scale, height)


def _side(rows: list[Row], scale: float, top: float, x: float, trunk: float, height: float, kind: str) -> list[Stream]:
    """Bands from the outer bars to the trunk; the outer ones have air between them, at least two lines of text."""
    slots = [max((row.won or 0) * scale, 40.0) for row in rows]
    y = (height - sum(slots) - GAP * (len(rows) - 1)) / 2
    inner, found = top, []
    for row, slot in zip(rows, slots, strict=True):
        thick = (row.won or 0) * scale
        outer = y + (slot - thick) / 2
        middle = (x + trunk) / 2
        down, inner_down = outer + thick, inner + thick
        path = (
            f"M{x:.1f} {outer:.1f}C{middle:.1f} {outer:.1f} {middle:.1f} {inner:.1f} {trunk:.1f} {inner:.1f}"
            f"v{thick:.1f}C{middle:.1f} {inner_down:.1f} {middle:.1f} {down:.1f} {x:.1f} {down:.1f}z"
        )
        look = f"{kind} rest" if row.name_ko.startswith(("지난해", "아직")) else kind
        found.append(
            Stream(
                row.name_ko,
                row.name_en,
                row.won or 0,
                path,
                x,
                outer,
                max(thick, 1.0),
                look,
            )
        )
        inner += thick
        y += slot + GAP
    return found
