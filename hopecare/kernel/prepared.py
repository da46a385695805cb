"""Queries that are written with the ORM once and asked many times.

Building a large QuerySet costs more than the database needs to answer it. A prepared query is still written with
`visible_to` and the models, so that both walls stand, but its text is made once for each kind of viewer, and the
server keeps its plan; what differs from request to request (the viewer's keys, a number, a day) stays blank in it.

    @prepared(number=CharField())
    def _case(viewer: Viewer, blank: Any) -> QuerySet[Case]:
        return visible_to(viewer, Case).filter(number=blank.number)

    rows = _case(viewer, number="2026-000001")

Arguments by position are part of the text and must be few; arguments by name are blanks. Whatever would freeze the
value of one request into the text fails while it is written: reading the clock, or looking into a key.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Expression, Field, IntegerField, QuerySet, TextField
from psycopg import sql

from hopecare.kernel import clock
from hopecare.kernel.access import Reach, Viewer
from hopecare.kernel.statements import Statement, array, ask, statement

Row = TypeVar("Row")
_KEYS = ("team_ids", "provider_ids", "case_ids", "extra_keys")
_NUMBERS = ("user_id", "organisation_id")
_KNOWN = "known_to_prepared"
_REACHED = tuple(field.name for field in fields(Reach))


class Blank(Expression):
    """A value that is told when the query is asked; nothing but its presence can be seen before."""

    def __init__(self, name: str, output_field: "Field[Any, Any]", *, filled: bool = True) -> None:
        super().__init__(output_field=output_field)
        self.name, self.filled = name, filled

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return f"%s::{self.output_field.db_type(connection)}", [self]

    def __bool__(self) -> bool:
        return self.filled

    def __str__(self) -> str:
        raise TypeError(f"{self.name} is not known while a prepared query is written")

    __int__ = __len__ = __str__


class Shape(Viewer):
    """A viewer whose permissions are known and whose keys are blanks."""

    @property
    def keys(self) -> Any:
        return Blank("keys", ArrayField(IntegerField()))

    @property
    def locked_keys(self) -> Any:
        return Blank("locked_keys", ArrayField(IntegerField()))


def _shape(viewer: Viewer) -> Shape:
    known: dict[str, Any] = {field.name: getattr(viewer, field.name) for field in fields(viewer)}
    numbers = {name: Blank(name, BigIntegerField()) for name in _NUMBERS if known[name] is not None}
    keys = {name: Blank(name, ArrayField(BigIntegerField()), filled=bool(known[name])) for name in _KEYS}
    ids: ArrayField[Any, Any] = ArrayField(BigIntegerField())
    reached: dict[str, Any] = {
        name: Blank(f"reach_{name}", ids, filled=bool(getattr(viewer.reach, name))) for name in _REACHED
    }
    told = {name: Blank(name, TextField()) for name in ("subject", "name", "source_address")}
    return Shape(**{**known, **numbers, **keys, **told, "reach": Reach(**reached)})


def _values(viewer: Viewer) -> dict[str, Any]:
    """What a viewer's blanks are filled with; worked out once, as a page asks a dozen queries with hundreds of keys."""
    known: dict[str, Any] | None = viewer.__dict__.get(_KNOWN)
    if known is None:
        known = _worked_out(viewer)
        object.__setattr__(viewer, _KNOWN, known)
    return known


def _worked_out(viewer: Viewer) -> dict[str, Any]:
    keys = {name: array(getattr(viewer, name)) for name in _KEYS}
    reached = {f"reach_{name}": array(getattr(viewer.reach, name)) for name in _REACHED}
    told = {name: getattr(viewer, name) for name in (*_NUMBERS, "subject")}
    return {**told, **keys, **reached, "keys": array(viewer.keys), "locked_keys": array(viewer.locked_keys)}


@dataclass(frozen=True)
class _Text:
    """A compiled query: its statement, and what turns its rows into Python's values."""

    statement: Statement
    compiler: Any
    converters: Mapping[int, tuple[list[Any], Any]]
    rows: QuerySet[Any]


class _Answered:
    """Rows that are here already, in the place of the compiler that Django's row makers would ask."""

    def __init__(self, text: _Text, rows: list[tuple[Any, ...]]) -> None:
        self.select, self.klass_info = text.compiler.select, text.compiler.klass_info
        self.annotation_col_map = text.compiler.annotation_col_map
        self.text, self.rows = text, rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self.text.rows.query, name)

    def get_compiler(self, using: str) -> "_Answered":
        return self

    def execute_sql(self, **_: Any) -> None:
        return None

    def results_iter(self, results: Any = None, **_: Any) -> Iterator[Any]:
        if not self.text.converters:
            return iter(self.rows)
        return (self._converted(row) for row in self.rows)

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        changed = list(row)
        for place, (chain, expression) in self.text.converters.items():
            for convert in chain:
                changed[place] = convert(changed[place], expression, connection)
        return tuple(changed)


class Prepared(Generic[Row]):
    """Called like the function it was made from, without the blanks; answers a list."""

    def __init__(self, write: Callable[..., QuerySet[Any]], blanks: Mapping[str, "Field[Any, Any]"]) -> None:
        self.write, self.blanks = write, blanks
        self.texts: dict[Any, _Text | None] = {}
        self.__doc__ = write.__doc__

    def __call__(self, viewer: Viewer, *kind: Any, **values: Any) -> list[Row]:
        text = self._text(viewer, kind)
        if text is None:
            return []
        known = {**_values(viewer), **values}
        rows = ask(text.statement, known)
        maker: Any = text.rows._iterable_class
        place = SimpleNamespace(
            query=_Answered(text, rows), db="default", model=text.rows.model, _known_related_objects={}, _fields=None
        )
        return list(maker(place))

    def _text(self, viewer: Viewer, kind: tuple[Any, ...]) -> _Text | None:
        """None when no row can ever fit, as for a section this role may not read."""
        given = tuple(bool(getattr(viewer, name)) for name in (*_NUMBERS, *_KEYS))
        given += tuple(bool(getattr(viewer.reach, name)) for name in _REACHED)
        key = (viewer.permissions, viewer.principal, given, kind)
        if key not in self.texts:
            with clock.out_of_sight():
                self.texts[key] = self._compile(_shape(viewer), kind)
        return self.texts[key]

    def _compile(self, shape: Shape, kind: tuple[Any, ...]) -> _Text | None:
        blanks = SimpleNamespace(**{name: Blank(name, field) for name, field in self.blanks.items()})
        rows = self.write(shape, blanks, *kind)
        compiler = rows.query.get_compiler("default")
        try:
            text, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        converters = compiler.get_converters([entry[0] for entry in compiler.select[: compiler.col_count]])
        return _Text(statement(_with_constants(text, params)), compiler, converters, rows)


def _with_constants(text: str, params: Sequence[Any]) -> str:
    """Constants stand in the text, where the planner sees them (partial indexes); only blanks stay open."""
    waiting = iter(params)
    connection.ensure_connection()

    def fill(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        value = next(waiting)
        if isinstance(value, Blank):
            return f"%({value.name})s"
        return sql.Literal(value).as_string(connection.connection).replace("%", "%%")

    return re.sub("%[%s]", fill, text)


def prepared(**blanks: "Field[Any, Any]") -> Callable[[Callable[..., QuerySet[Any]]], Prepared[Any]]:
    """Name → field of every blank; the viewer's keys are blanks anyhow."""
    return lambda write: Prepared(write, blanks)
