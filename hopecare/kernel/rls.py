"""The second wall in migrations: row-level security policies from one generator, so that no table differs by accident.

No FORCE: the owner migrates and seeds, and never serves requests. Policies apply to every other role.
"""

from django.db import migrations

SCOPED = "scope_keys && nullif(current_setting('app.keys', true), '')::int[]"
_ANY = "any (nullif(current_setting('app.{name}', true), '')::{kind}[])"


def case_keyed(case: str = "case_id") -> str:
    """team_id, provider_id or the case itself is among the viewer's keys; `case` is `id` on the case table."""
    return (
        f"team_id = {_ANY.format(name='teams', kind='int')}"
        f" or provider_id = {_ANY.format(name='providers', kind='int')}"
        f" or {case} = {_ANY.format(name='cases', kind='bigint')}"
    )


def principal(name: str, condition: str = "true") -> str:
    return f"(current_setting('app.principal', true) = '{name}' and ({condition}))"


def subject_is(column: str) -> str:
    """The row whose `column` was named when the principal took up its work."""
    return f"{column} = current_setting('app.subject', true)"


def protect(
    table: str, visible: str, *, read: tuple[str, ...] = (), add: tuple[str, ...] = (), change: tuple[str, ...] = ()
) -> migrations.RunSQL:
    """Enable row-level security with separate policies per command; nobody but the owner deletes.

    `visible` holds for people; `read`, `add`, `change` are further conditions, usually `principal(...)`.
    INSERT … RETURNING must also pass `read`, so a principal that adds needs a way to read what it added.
    """
    reading = " or ".join(f"({condition})" for condition in (visible, *read))
    adding = " or ".join(f"({condition})" for condition in (visible, *add))
    changing = " or ".join(f"({condition})" for condition in (visible, *change))
    return migrations.RunSQL(
        sql=[
            f"alter table {table} enable row level security",
            f"create policy {table}_read on {table} for select using ({reading})",
            f"create policy {table}_add on {table} for insert with check ({adding})",
            f"create policy {table}_change on {table} for update using ({changing}) with check ({changing})",
        ],
        reverse_sql=[
            f"drop policy {table}_change on {table}",
            f"drop policy {table}_add on {table}",
            f"drop policy {table}_read on {table}",
            f"alter table {table} disable row level security",
        ],
    )
