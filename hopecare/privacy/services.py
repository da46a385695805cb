"""The file made to act: each rule is a function of the database that erases what is due and nothing else.

The web and worker roles may call these functions and cannot delete or change those rows otherwise; the functions belong
to the owner and hold the file's own conditions. They are written anew whenever a database is prepared.
"""

import time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from hopecare.kernel import audit
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.privacy.facts import Retention, Rule
from hopecare.privacy.selectors import retention

PREFIX = "hc_retention_"
#: Rows a call changes at most, so that no sweep holds a table for long; the next call goes on.
MOST = 5_000
_DAY = 24 * 3600
_HEAD = "security definer set search_path = pg_catalog, public, pg_temp as $hc$"


class CannotClear(Exception):
    """The file asks to empty a field that has no empty value."""


def install() -> int:
    """As the owner: write every rule as a function, drop those of rules that are gone. How many stand now."""
    wanted = retention()
    with connection.cursor() as cursor:
        cursor.execute("select proname from pg_proc where proname like %s", [f"{PREFIX.replace('_', chr(92) + '_')}%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f"drop function {name}")
        for rule in wanted.rules:
            cursor.execute(_function(rule))
        cursor.execute(_audit_function(wanted))
        cursor.execute(_files_function())
    return len(wanted.rules)


def obey() -> dict[str, int]:
    """Erase what is due today, rule by rule, each in a transaction of its own with its audit row. Counts by rule."""
    found: dict[str, int] = {}
    by = system(Principal.SWEEP)
    for rule in retention().rules:
        with acting_as(by), connection.cursor() as cursor:
            cursor.execute(f"select {PREFIX}{rule.name}(%s)", [MOST])
            count = int(cursor.fetchone()[0])
            if count:
                audit.changed(by, "retention", [], rule.name, count=count)
        found[rule.name] = count
    keep_audit()
    found["files"] = forget_files()
    return {name: count for name, count in found.items() if count}


def keep_audit() -> None:
    """Make the audit's next months ready and drop months that are over their time (K9)."""
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        cursor.execute(f"select {PREFIX}audit()")


def forget_files() -> int:
    """Remove files that no row names any more; how many."""
    folder, oldest = Path(settings.HOPECARE_HOME) / "files", time.time() - _DAY
    files = {f"{path.parent.name}{path.name}": path for path in folder.glob("??/*") if path.stat().st_mtime < oldest}
    if not files:
        return 0
    with acting_as(system(Principal.SWEEP)), connection.cursor() as cursor:
        cursor.execute(f"select {PREFIX}files(%s)", [list(files)])
        kept = {name for (name,) in cursor.fetchall()}
    gone = [path for name, path in files.items() if name not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


# How a rule becomes a function


def _function(rule: Rule) -> str:
    model = apps.get_model(rule.model)
    table = model._meta.db_table
    values = {model._meta.get_field(name).column: _empty(model, name) for name in rule.clear} | dict(rule.put)
    due = [f"({rule.when})", *([_orphaned(model)] if rule.orphans else [])]
    if rule.delete:
        act = f"delete from {table}"
    else:
        act = f"update {table} set " + ", ".join(f"{column} = {value}" for column, value in values.items())
        due.append("(" + " or ".join(f"{column} is distinct from {value}" for column, value in values.items()) + ")")
    chosen = f"select ctid from {table} where {' and '.join(due)} limit most for update skip locked"
    return (
        f"create function {PREFIX}{rule.name}(most int) returns int language plpgsql {_HEAD}"
        f" declare n int; begin {act} where ctid = any(array({chosen}));"
        " get diagnostics n = row_count; return n; end $hc$"
    )


def _empty(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    if field.null:
        return "null"
    if isinstance(field, models.JSONField):
        return "'{}'::jsonb"
    if isinstance(field, ArrayField):
        return f"'{{}}'::{field.db_type(connection)}"
    if isinstance(field, models.CharField | models.TextField):
        return "''"
    if isinstance(field, models.BooleanField):
        return "false"
    raise CannotClear(f"{model._meta.label}.{name}")


def _orphaned(model: type[models.Model]) -> str:
    """Nothing points to the row: asked of every table that could."""
    related: list[Any] = list(model._meta.related_objects)
    ways = [(one.related_model._meta.db_table, one.field.column) for one in related]
    table = model._meta.db_table
    return " and ".join(
        f"not exists (select from {other} r where r.{column} = {table}.id)" for other, column in sorted(set(ways))
    )


def _audit_function(wanted: Retention) -> str:
    months = max((group.audit_months for group in wanted.groups), default=25)
    return f"""
create function {PREFIX}audit() returns void language plpgsql {_HEAD}
declare part record;
begin
  perform hc_audit_partitions(date_trunc('month', now())::date, 18);
  for part in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent in ('kernel_change'::regclass, 'kernel_read'::regclass) and c.relname ~ '_[0-9]{{6}}$' loop
    if to_date(right(part.relname, 6), 'YYYYMM') < date_trunc('month', now()) - interval '{months} months' then
      execute format('drop table %I', part.relname);
    end if;
  end loop;
end $hc$"""


def _files_function() -> str:
    return (
        f"create function {PREFIX}files(names text[]) returns setof text language sql stable {_HEAD}"
        " select sha256 from kernel_document where sha256 = any(names) $hc$"
    )
