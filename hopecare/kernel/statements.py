"""Statements whose text the server has seen before: it keeps their plan, and nobody writes values into text.

Django's own cursors write every value into the statement, so that the driver scans it and the server plans it anew each
time. That is right for a query that is built for one page; for what stands on every page it is most of the cost.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from psycopg import RawCursor

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
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    cursor: Any = _Cursor(connection.connection)
    seen = connection.make_debug_cursor(cursor) if connection.queries_logged else connection.make_cursor(cursor)
    with seen:
        seen.execute(text, values)
        return seen.fetchall() if cursor.description else []


def add(row: Model, *, unless_there: bool = False) -> None:
    """Insert one new row, as `save(force_insert=True)` would; the key is filled in.

    `unless_there`: a row that is there already stays, and nothing is read back.
    """
    text, fields = _insert(type(row), unless_there)
    values = {field.column: field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields}
    for (key,) in ask(text, values):
        row.pk = key
    row._state.adding, row._state.db = False, connection.alias


@cache
def _insert(kind: type[Model], unless_there: bool) -> "tuple[Statement, list[Field[Any, Any]]]":
    fields = [field for field in kind._meta.local_concrete_fields if not (field.generated or field.primary_key)]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(f"%({field.column})s" for field in fields)
    end = "on conflict do nothing" if unless_there else "returning id"
    return statement(f"insert into {kind._meta.db_table} ({columns}) values ({places}) {end}"), fields


def array(numbers: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array; raises ValueError for anything else."""
    return "{" + ",".join([str(int(number)) for number in numbers]) + "}"
