"""Bulk loading for the owner: COPY, with foreign keys and secondary indexes set aside and rebuilt when it pays."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models


def copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into the model's table and move its identity sequence behind them; returns how many."""
    table, count = model._meta.db_table, 0
    with connection.cursor() as cursor:
        with cursor.copy(f"copy {table} ({', '.join(columns)}) from stdin") as stream:
            for row in rows:
                stream.write_row(row)
                count += 1
        if "id" in columns:
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
    return count


def next_id(model: type[models.Model]) -> int:
    """The first id that COPY may use."""
    largest = model._default_manager.aggregate(top=models.Max("id"))["top"]
    return int(largest or 0) + 1


@contextmanager
def unburdened(*tables: type[models.Model]) -> Iterator[None]:
    """Drop foreign keys and plain indexes of these tables, and put all of them back (validated) afterwards."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
            " where contype in ('f', 'x') and conrelid::regclass::text = any(%s)",
            [names],
        )
        constraints = cursor.fetchall()
        cursor.execute(
            "select indexname, indexdef from pg_indexes where tablename = any(%s) and schemaname = current_schema()"
            " and indexname not in (select conname from pg_constraint)",
            [names],
        )
        indexes = cursor.fetchall()
        # What waits for the end of the transaction is checked now: a table with waiting checks cannot be altered.
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")
        for table, name, _ in constraints:
            cursor.execute(f'alter table {table} drop constraint "{name}"')
        for name, definition in indexes:
            if not definition.startswith("CREATE UNIQUE"):
                cursor.execute(f'drop index "{name}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("set local maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            if not definition.startswith("CREATE UNIQUE"):
                cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'alter table {table} add constraint "{name}" {definition}')
