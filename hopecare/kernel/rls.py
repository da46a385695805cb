"""The second wall in migrations: row-level security policies from one generator, so that no table differs by accident.

No FORCE: the owner migrates and seeds, and never serves requests. Policies apply to every other role.
"""

import re
from typing import Any

from django.db import migrations
from psycopg import sql

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


#: What closes a row to one viewer whatever keys it carries; the sub-select is worked out once a query.
NOT_LOCKED = (
    "{case} is null or"
    " {case} <> all ((select coalesce(nullif(current_setting('app.locked', true), ''), '{{}}')::bigint[])::bigint[])"
)
SCOPED_NOT_LOCKED = (
    "not scope_keys && (select coalesce(nullif(current_setting('app.locked_keys', true), ''), '{}')::int[])"
)
_SHARED_CASE = re.compile(r"(\w+) = any \(nullif\(current_setting\('app\.cases'")
_SYSTEM = "current_setting('app.principal', true) <> ''"


def section_is_open(section: str) -> str:
    """A whole table that is one section; system principals have listed policies of their own."""
    return f"{_SYSTEM} or '{section}' = {_ANY.format(name='sections', kind='text')}"


#: A row with a `section`: the role opens it, or the viewer leads the case; credit stays with the role alone (R39).
SECTION_OPEN = (
    f"section = '' or section = {_ANY.format(name='sections', kind='text')}"
    f" or (section <> 'credit' and case_id = {_ANY.format(name='led', kind='bigint')}) or {_SYSTEM}"
)


def _not_of(people: str) -> str:
    """The row is about the whole household, or about nobody of these; the sub-select is worked out once a query."""
    told = f"(select coalesce(nullif(current_setting('app.{people}', true), ''), '{{}}')::bigint[])"
    return f"(person_id is null or person_id <> all ({told}::bigint[]))"


#: Another adult's rows wait for that adult's own word, those about health for a second one (K6, K7, D4).
NOT_WITHHELD = f"{_not_of('withheld')} and (section <> 'health' or {_not_of('withheld_health')})"


def _ids(name: str) -> str:
    """The setting as an array, empty where nobody told it; worked out once a query."""
    return f"((select coalesce(nullif(current_setting('app.{name}', true), ''), '{{}}')::bigint[])::bigint[])"


def by_own_word(*, section: bool, own: str = "") -> str:
    """In a case of the city, to a private colleague of its team: about nobody whose own word does not open it, but what
    the own organisation gave, and where `own` names the account (K6, K7, D4). With the author as `own` whoever meets
    somebody may write it down, and reads it: INSERT … RETURNING asks for both (D10, D13)."""
    health = f" and (section <> 'health' or person_id <> all {_ids('apart_health')})" if section else ""
    mine = f" or {own}::text = current_setting('app.user_id', true)" if own else ""
    return (
        f"case_id is null or case_id <> all {_ids('apart')} or person_id is null"
        f" or provider_id::text = current_setting('app.house', true){mine}"
        f" or (person_id <> all {_ids('apart_people')}{health})"
    )


def parent_is_seen(parent: str) -> str:
    """There, what stands below a row is seen with that row alone."""
    above = f"exists (select from cases_{parent} x where x.id = {parent}_id)"
    return f"case_id is null or case_id <> all {_ids('apart')} or {parent}_id is null or {above}"


def shared(level: str) -> str:
    """Rows that an agreement opens to another organisation; health only with a ground of its own (K6, K7).

    A row that names a person needs `NOT_WITHHELD` beside it; a test looks for it.
    """
    return (
        f"case_id = {_ANY.format(name=level, kind='bigint')}"
        f" and (section = '' or section = 'health' and case_id = {_ANY.format(name='health', kind='bigint')})"
    )


def later_only(note: str, at: str, own: str) -> str:
    """A row that is a `note` from before somebody was let in stays closed to them, unless they wrote it or hold another
    key (R58). `at` and `own`: its columns of time and author; the sub-selects are worked out once a query."""
    kept, since = (
        f"((select coalesce(nullif(current_setting('app.{name}', true), ''), '{{}}')::bigint[])::bigint[])"
        for name in ("kept", "kept_since")
    )
    return (
        f"case_id <> all {kept} or not ({note})"
        f" or {own} = nullif(current_setting('app.user_id', true), '')::bigint"
        f" or team_id = {_ANY.format(name='teams', kind='int')}"
        f" or provider_id = {_ANY.format(name='providers', kind='int')}"
        f" or {at} >= hc_since({kept}, {since}, case_id)"
    )


def also_demand(table: str, name: str, condition: str, *, writing: str = "") -> list[str]:
    """A condition that stands above all others of the table (a restrictive policy); it judges what is written, too,
    unless `writing` is also enough there."""
    adding = f" with check ({condition} or {writing})" if writing else ""
    return [
        f"drop policy if exists {table}_{name} on {table}",
        f"create policy {table}_{name} on {table} as restrictive using ({condition}){adding}",
    ]


def _locks(table: str, visible: str) -> list[str]:
    """Rows of a case and scoped rows obey the locks by themselves, so that no new table forgets them."""
    found = _SHARED_CASE.search(visible)
    if found:
        return also_demand(table, "unlocked", NOT_LOCKED.format(case=found[1]))
    return also_demand(table, "unlocked", SCOPED_NOT_LOCKED) if visible == SCOPED else []


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
            *_locks(table, visible),
        ],
        reverse_sql=[
            f"drop policy if exists {table}_unlocked on {table}",
            f"drop policy {table}_change on {table}",
            f"drop policy {table}_add on {table}",
            f"drop policy {table}_read on {table}",
            f"alter table {table} disable row level security",
        ],
    )


_BARE = re.compile(r"(?<!SELECT )\(NULLIF\(current_setting\('app\.(\w+)'::text, true\), ''::text\)\)::(\w+)\[\]")
_ONCE = r"((select nullif(current_setting('app.\1', true), '')::\2[])::\2[])"


def read_keys_once(cursor: Any) -> int:
    """Rewrite policies so that a viewer's keys are read from text once a query, not once a row; returns how many.

    It runs after every migration, as the owner, so that a policy may be written the short way and none is forgotten.
    On the list of a large team the second wall costs a third of what it cost before.
    """
    cursor.execute("select tablename, policyname, qual, with_check from pg_policies where schemaname = 'public'")
    changed = 0
    for table, policy, using, adding in cursor.fetchall():
        words = [
            sql.SQL(f"{command} ({_BARE.sub(_ONCE, condition)})")  # from the catalogue itself
            for command, condition in (("using", using), ("with check", adding))
            if condition and _BARE.search(condition)
        ]
        if words:
            names = sql.Identifier(policy), sql.Identifier(table)
            cursor.execute(sql.SQL("alter policy {} on {} {}").format(*names, sql.SQL(" ").join(words)))
            changed += 1
    return changed
