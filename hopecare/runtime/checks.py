"""`check --deploy`: the role that serves requests must be a plain one, and the demo must be off."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection
from django.db.utils import DatabaseError

ROLE_RIGHTS = """
    select r.rolname, r.rolsuper, r.rolbypassrls,
           exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where c.relowner = r.oid and c.relkind in ('r', 'p', 'v', 'm')
                     and n.nspname not in ('pg_catalog', 'information_schema')),
           has_schema_privilege(r.oid, 'public', 'create'),
           has_database_privilege(r.oid, current_database(), 'temporary')
    from pg_roles r where r.rolname = session_user
"""


@register(Tags.security, deploy=True)
def demo_is_off(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.HOPECARE_DEMO:
        return [Error("HOPECARE_DEMO=1 lets anybody log in as the cast.", hint="Unset it.", id="hopecare.E001")]
    return []


@register(Tags.security, deploy=True)
def role_is_plain(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Row-level security means nothing to a superuser, to BYPASSRLS or to the owner of a table."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(ROLE_RIGHTS)
            row = cursor.fetchone()
    except DatabaseError as error:
        return [Error(f"The database cannot be asked about its role: {error}", id="hopecare.E002")]
    return [
        Error(f"The application's database role {row[0]} {problem}.", hint=_HINT, id=f"hopecare.E00{number}")
        for number, (found, problem) in enumerate(zip(row[1:], _PROBLEMS, strict=True), start=3)
        if found
    ]


_HINT = "Serve with a plain role in DATABASE_URL; keep the owner in DATABASE_OWNER_URL (docs/operations.md)."
_PROBLEMS = (
    "is a superuser",
    "has BYPASSRLS",
    "owns a table",
    "may create objects in the schema public",
    "may create temporary tables",
)
