"""Brings a database to the state the code expects, as the owner of its tables: migrations, rights, roles, city, demo.

Idempotent and safe to start twice at once (an advisory lock makes the second wait).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from hopecare.kernel import grants, rls

_LOCK = 0x686F7065  # "hope"
_USUAL = "SELECT, INSERT, UPDATE, DELETE"
_OURS = "c.relnamespace = 'public'::regnamespace and c.relowner = current_user::regrole"
Say = Callable[[str], None]


class PreparationError(Exception):
    """The database cannot be prepared; the words are for the operator."""


def prepare_database(*, web_role: str, demo: bool, say: Say) -> None:
    """Migrate, grant, load what every city has and, with `demo`, fill an empty database with the demo city.

    Raises PreparationError when the plain role is missing, is the owner itself, or could pass the second wall.
    """
    check_roles(web_role)
    with one_at_a_time():
        pending = pending_migrations()
        if pending:
            say(f"Database: {pending} migrations")
            call_command("migrate", verbosity=0, interactive=False)
        grant_rights(web_role)
        with connection.cursor() as cursor:
            rls.read_keys_once(cursor)
        steps = {"apply_roles": "roles", "load_city": "city and catalogue", "load_giving": "funds and accounts"}
        for command, words in {**steps, "apply_retention": "retention"}.items():
            if command in get_commands():
                say(f"Database: {words}")
                call_command(command, verbosity=0, stdout=_Quiet())
        seeds = demo and "seed_city" in get_commands() and is_empty()
        if seeds:
            say("Database: the demo city (its people are invented)")
            call_command("seed_city", verbosity=0, stdout=_Quiet())
        if pending or seeds:
            analyse()


class _Quiet:
    def write(self, text: str) -> None:
        """Swallow what a command would say on its own."""

    def flush(self) -> None:
        """Nothing is kept."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])


def check_roles(web_role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        owner = cursor.fetchone()[0]
        cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = %s", [web_role])
        row = cursor.fetchone()
    if owner == web_role:
        raise PreparationError(f"DATABASE_URL and DATABASE_OWNER_URL name the same role {owner}; they must differ.")
    if row is None:
        raise PreparationError(
            f'The role {web_role} of DATABASE_URL does not exist. Make it: create role "{web_role}" login'
        )
    if row[0]:
        raise PreparationError(
            f"The role {web_role} of DATABASE_URL passes row-level security; it must be a plain one."
        )


def pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_empty() -> bool:
    return not apps.get_model("kernel", "Person").objects.exists()


def grant_rights(web_role: str) -> None:
    """The plain role reads and writes rows; it creates nothing, and history it may only append (kernel/grants.py).

    Partitions get no rights of their own, as their parent's policies do not hold when they are named directly.
    """
    role = sql.Identifier(web_role)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select relname, relispartition, relkind from pg_class c where {_OURS} and relkind in ('r','p','v','S')"
        )
        rows = cursor.fetchall()
        database = sql.Identifier(connection.settings_dict["NAME"])
        statements: list[sql.Composable] = [
            sql.SQL("revoke all on database {} from public").format(database),
            sql.SQL("grant connect on database {} to {}").format(database, role),
            sql.SQL("revoke create on schema public from public"),
            sql.SQL("grant usage on schema public to {}").format(role),
            sql.SQL("revoke all on all tables in schema public from {}").format(role),
        ]
        for name, is_partition, kind in rows:
            if not is_partition:
                rights = "USAGE, SELECT" if kind == "S" else grants.EXCEPTIONS.get(name, _USUAL)
                on = sql.SQL("sequence") if kind == "S" else sql.SQL("table")
                words = (sql.SQL(rights), on, sql.Identifier(name), role)
                statements.append(sql.SQL("grant {} on {} {} to {}").format(*words))
        for statement in statements:
            cursor.execute(statement)


def analyse() -> None:
    """Fresh statistics after loading, so that the first visitor gets good plans."""
    with connection.cursor() as cursor:
        cursor.execute(f"select quote_ident(relname) from pg_class c where {_OURS} and relkind in ('r', 'p')")
        cursor.execute(f"analyze {', '.join(name for (name,) in cursor.fetchall())}")
