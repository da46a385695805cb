"""Statements whose text the server has seen before: it keeps their plan, and nobody writes values into text.

Django's own cursors write every value into the statement, so that the driver scans it and the server plans it anew each
time. That is right for a query that is built for one page; for what stands on every page it is most of the cost.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Field, Model
from psycopg import RawCursor, sql
from psycopg.pq import TransactionStatus

_Waiting = list[tuple["Statement", Mapping[str, Any]]]
_PLACE = "hopecare_waiting"
_OPEN = re.compile(r"%%|%\((\w+)\)s")


class Statement(str):
    """SQL as Django's log shows it, `%(name)s` for each value; the server gets `native`, with $1, and nobody parses."""

    native: str
    names: tuple[str, ...]


class _Cursor(RawCursor[Any]):
    """Leaves the values to the server, and asks it to keep the plan from the first use on."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> "_Cursor":
        return super().execute(query.native, [params[name] for name in query.names], prepare=True)

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        """Remembered for Django's log, which asks the cursor what it said; a prepared one forgets."""
        self._query = super()._convert_query(query, params)
        return self._query


def statement(text: str) -> Statement:
    """A statement ready for `ask`; a value that is named twice is sent once."""
    made = Statement(text)
    names: dict[str, int] = {}

    def number(found: "re.Match[str]") -> str:
        return "%" if found[1] is None else f"${names.setdefault(found[1], len(names) + 1)}"

    made.native = _OPEN.sub(number, text)
    made.names = tuple(names)
    return made


def ask(text: Statement, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, none for one that answers none; seen by Django's query log like any other."""
    cursor, seen = _cursors(connections[DEFAULT_DB_ALIAS])
    with seen:
        seen.execute(text, values)
        return seen.fetchall() if cursor.pgresult and cursor.pgresult.nfields else []


def tell(text: Statement, values: Mapping[str, Any]) -> None:
    """A statement whose answer nobody needs. The first of a transaction travels together with its `begin`."""
    own = connections[DEFAULT_DB_ALIAS]
    _, seen = _cursors(own)
    link = own.connection
    begins = not link.autocommit and link.pgconn.transaction_status == TransactionStatus.IDLE
    with own.wrap_database_errors, link.pipeline() if begins else nullcontext(), seen:
        seen.execute(text, values)


def write(text: Statement, values: Mapping[str, Any]) -> None:
    """A change whose answer nobody needs; within `at_once` it waits for the others."""
    waiting: _Waiting | None = getattr(connection, _PLACE, None)
    if waiting is None:
        tell(text, values)
    else:
        waiting.append((text, values))


@contextmanager
def at_once() -> Iterator[None]:
    """What is written in this block goes to the server as one statement when it ends, and nothing when it fails.

    For changes of which none reads what another wrote. Belongs inside a transaction.
    """
    before, waiting = getattr(connection, _PLACE, None), _Waiting()
    setattr(connection, _PLACE, waiting)
    try:
        yield
    finally:
        setattr(connection, _PLACE, before)
    if waiting:
        values = {f"{name}_of_{place}": value for place, (_, own) in enumerate(waiting) for name, value in own.items()}
        tell(_joint(tuple(text for text, _ in waiting)), values)


@cache
def _joint(texts: tuple[Statement, ...]) -> Statement:
    *others, last = [_renamed(text, f"of_{place}") for place, text in enumerate(texts)]
    parts = ", ".join(f"part_{place} as ({text})" for place, text in enumerate(others))
    return statement(f"with {parts} {last}" if others else last)


def _renamed(text: str, ending: str) -> str:
    return _OPEN.sub(lambda found: f"%({found[1]}_{ending})s" if found[1] else "%%", text)


def _cursors(own: Any) -> tuple[Any, Any]:
    """psycopg's cursor, and Django's around it. `own`: the connection itself, as its proxy looks it up each time."""
    own.close_if_health_check_failed()
    own.ensure_connection()
    cursor = _Cursor(own.connection)
    return cursor, own.make_debug_cursor(cursor) if own.queries_logged else own.make_cursor(cursor)


def add(row: Model, *, permit: "tuple[Statement, Mapping[str, Any]] | None" = None) -> bool:
    """Insert one new row, as `save(force_insert=True)` would; the key is filled in.

    `permit`: a statement and its values, sent along; the row is added, and the answer True, where it answers one row.
    """
    kind = type(row)
    values = _values(row)
    if permit is not None:
        values.update({f"{name}_of_permit": value for name, value in permit[1].items()})
    keys = ask(_insert(kind, permit[0] if permit else None), values)
    for (key,) in keys:
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias
    return bool(keys)


def leave(kind: type[Model], **values: Any) -> None:
    """A row nobody asks about again, without making a model's instance: it may wait within `at_once`, and one that is
    there already stays. What is not named by its column stands in the text with the model's default."""
    own = connections[DEFAULT_DB_ALIAS]
    fields = {field.column: field for field in _fields(kind)}
    ready = {name: fields[name].get_db_prep_save(value, own) for name, value in values.items()}
    write(_quiet(kind, tuple(values)), ready)


def _values(row: Model) -> dict[str, Any]:
    own = connections[DEFAULT_DB_ALIAS]
    return {field.column: field.get_db_prep_save(field.pre_save(row, True), own) for field in _fields(type(row))}


@cache
def _fields(kind: type[Model]) -> "list[Field[Any, Any]]":
    return [field for field in kind._meta.local_concrete_fields if not (field.generated or field.primary_key)]


@cache
def _insert(kind: type[Model], permit: Statement | None) -> Statement:
    columns = ", ".join(f'"{field.column}"' for field in _fields(kind))
    places = ", ".join(f"%({field.column})s" for field in _fields(kind))
    if permit is None:
        return statement(f"insert into {kind._meta.db_table} ({columns}) values ({places}) returning id")
    return statement(
        f"with permit as ({_renamed(permit, 'of_permit')})"
        f" insert into {kind._meta.db_table} ({columns}) select {places} from permit returning id"
    )


@cache
def _quiet(kind: type[Model], named: tuple[str, ...]) -> Statement:
    connection.ensure_connection()
    columns = ", ".join(f'"{field.column}"' for field in _fields(kind))
    places = ", ".join(f"%({field.column})s" if field.column in named else _default(field) for field in _fields(kind))
    return statement(f"insert into {kind._meta.db_table} ({columns}) values ({places}) on conflict do nothing")


def _default(field: "Field[Any, Any]") -> str:
    value = field.get_db_prep_save(field.get_default(), connection)
    return sql.Literal(value).as_string(connection.connection).replace("%", "%%")


def array(numbers: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array; raises ValueError for anything else."""
    return "{" + ",".join([str(int(number)) for number in numbers]) + "}"
