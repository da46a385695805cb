"""Statements whose text the server has seen before: it keeps their plan, and nobody writes values into text.

Django's own cursors write every value into the statement, so that the driver scans it and the server plans it anew each
time. That is right for a query that is built for one page; for what stands on every page it is most of the cost.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
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


def array(numbers: Iterable[int]) -> str:
    """Whole numbers as PostgreSQL writes an array; raises ValueError for anything else."""
    return "{" + ",".join([str(int(number)) for number in numbers]) + "}"
