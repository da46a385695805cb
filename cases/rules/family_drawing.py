"""Genogram and eco-map as plain geometry, so that the server can draw them (R55). Units are those of the viewBox."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

STEP_X, STEP_Y, SIZE, MARGIN, LABEL = 118, 140, 46, 26, 42
#: Generations from the oldest to the youngest; who stands in which, seen from the main person.
_ROWS = (("grandparent",), ("parent",), ("sibling", "self", "spouse", "other"), ("child",), ("grandchild",))
_OWN = 2


@dataclass(frozen=True)
class Kin:
    """One person of the picture; `sex` F, M or U, `relation` seen from the main person."""

    id: int
    label: str
    note: str
    sex: str
    relation: str
    main: bool = False
    lives_here: bool = True
    died: bool = False


@dataclass(frozen=True)
class Node:
    """Where somebody stands: centre of the shape."""

    kin: Kin
    x: int
    y: int


@dataclass(frozen=True)
class Line:
    """`kind`: couple, descent, skipped (a generation nobody told of)."""

    x1: int
    y1: int
    x2: int
    y2: int
    kind: str


@dataclass(frozen=True)
class Genogram:
    width: int
    height: int
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def genogram(people: Sequence[Kin]) -> Genogram:
    """Rows of generations, couples side by side, children below. The main person stands in the middle row."""
    rows = [_row(people, number) for number in range(len(_ROWS))]
    used = [number for number, row in enumerate(rows) if row]
    widest = max((len(row) for row in rows), default=1)
    width = max(2, widest) * STEP_X + 2 * MARGIN
    placed: dict[int, list[Node]] = {}
    for place, number in enumerate(used):
        start = width // 2 - (len(rows[number]) - 1) * STEP_X // 2
        y = MARGIN + SIZE // 2 + place * STEP_Y
        placed[number] = [Node(kin, start + index * STEP_X, y) for index, kin in enumerate(rows[number])]
    lines: list[Line] = []
    for number in used:
        lines += _couple(placed[number], number)
    for above, below in itertools.pairwise(used):
        lines += _descent(placed[above], placed[below], above, below)
    nodes = tuple(node for number in used for node in placed[number])
    return Genogram(width, len(used) * STEP_Y + MARGIN, nodes, tuple(lines))


def _row(people: Sequence[Kin], number: int) -> list[Kin]:
    order = {relation: place for place, relation in enumerate(_ROWS[number])}
    found = [kin for kin in people if _relation(kin) in order]
    return sorted(found, key=lambda kin: order[_relation(kin)])


def _relation(kin: Kin) -> str:
    known = {relation for row in _ROWS for relation in row}
    return "self" if kin.main else kin.relation if kin.relation in known else "other"


def _couple(nodes: list[Node], number: int) -> list[Line]:
    if number == _OWN:
        pair = [node for node in nodes if _relation(node.kin) in {"self", "spouse"}]
    else:
        pair = nodes if number < _OWN else []
    half = SIZE // 2
    return [Line(left.x + half, left.y, right.x - half, right.y, "couple") for left, right in itertools.pairwise(pair)]


def _descent(above: list[Node], below: list[Node], upper: int, lower: int) -> list[Line]:
    """From the middle of the elders down to a bar, from the bar to each of the younger."""
    elders = [node for node in above if upper != _OWN or _relation(node.kin) in {"self", "spouse"}] or above
    younger = [node for node in below if lower != _OWN or _relation(node.kin) in {"self", "sibling"}] or below
    kind = "descent" if lower == upper + 1 else "skipped"
    middle = sum(node.x for node in elders) // len(elders)
    top = elders[0].y if len(elders) > 1 and upper <= _OWN else elders[0].y + SIZE // 2 + LABEL
    bar = younger[0].y - SIZE // 2 - 20
    places = [node.x for node in younger]
    lines = [Line(middle, top, middle, bar, kind)]
    if min([*places, middle]) != max([*places, middle]):
        lines.append(Line(min([*places, middle]), bar, max([*places, middle]), bar, kind))
    return lines + [Line(x, bar, x, bar + 20, kind) for x in places]


@dataclass(frozen=True)
class Around:
    """One tie of an eco-map: `strength` strong, ordinary, thin or strained; `path` is a zigzag for strained ones."""

    label: str
    note: str
    strength: str
    x: int
    y: int
    x1: int
    y1: int
    x2: int
    y2: int
    path: str = ""


WIDTH, HEIGHT, INNER, OUTER = 680, 440, 62, 44


def ecomap(ties: Sequence[tuple[str, str, str]]) -> list[Around]:
    """(label, note, strength) → places on an ellipse around the household, the first one on top."""
    found = []
    for number, (label, note, strength) in enumerate(ties):
        turn = 2 * pi * number / max(len(ties), 1) - pi / 2
        dx, dy = cos(turn), sin(turn)
        x, y = WIDTH / 2 + dx * (WIDTH / 2 - 92), HEIGHT / 2 + dy * (HEIGHT / 2 - 48)
        length = ((x - WIDTH / 2) ** 2 + (y - HEIGHT / 2) ** 2) ** 0.5 or 1
        ux, uy = (x - WIDTH / 2) / length, (y - HEIGHT / 2) / length
        x1, y1 = WIDTH / 2 + ux * INNER, HEIGHT / 2 + uy * INNER
        x2, y2 = x - ux * OUTER, y - uy * OUTER
        path = _zigzag(x1, y1, x2, y2) if strength == "strained" else ""
        found.append(
            Around(label, note, strength, round(x), round(y), round(x1), round(y1), round(x2), round(y2), path)
        )
    return found


def _zigzag(x1: float, y1: float, x2: float, y2: float, teeth: int = 8) -> str:
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5 or 1
    nx, ny = -(y2 - y1) / length * 6, (x2 - x1) / length * 6
    points = []
    for step in range(teeth + 1):
        side = 0 if step in {0, teeth} else 1 if step % 2 else -1
        share = step / teeth
        points.append(f"{x1 + (x2 - x1) * share + nx * side:.0f},{y1 + (y2 - y1) * share + ny * side:.0f}")
    return " ".join(points)
