"""The plain role: what it may do to each table, and what `check --deploy` refuses."""

import re

import pytest
from django.core.checks import CheckMessage, run_checks
from django.db import ProgrammingError, connection, transaction

from hopecare.kernel import grants
from tests.database import as_owner


def rights(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select right_name from unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE']) right_name"
            " where has_table_privilege('hopecare_web', %s::regclass, right_name)",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


def tables() -> list[tuple[str, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select oid::regclass::text, relispartition from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
        )
        return list(cursor.fetchall())


@pytest.mark.django_db
def test_history_can_only_be_appended_and_nothing_truncated() -> None:
    for table, is_partition in tables():
        usual = "SELECT, INSERT, UPDATE, DELETE"
        whole = re.sub(r"\w+ \([^)]*\)(, )?", "", grants.EXCEPTIONS.get(table, usual))  # rights on single columns apart
        wanted = set() if is_partition else set(whole.rstrip(", ").split(", ")) - {""}
        assert rights(table) == wanted, table


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    ["create table mine ()", "create temporary table mine ()", "alter table kernel_town disable row level security"],
)
def test_the_plain_role_builds_nothing(statement: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def deployment_problems() -> list[CheckMessage]:
    found = run_checks(include_deployment_checks=True)
    return [message for message in found if str(message.id).startswith("hopecare.E")]


@pytest.mark.django_db
def test_deployment_accepts_the_plain_role() -> None:
    assert deployment_problems() == []


@pytest.mark.django_db
def test_deployment_refuses_a_role_that_owns_a_table() -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("grant create on schema public to hopecare_web")
    with connection.cursor() as cursor:
        cursor.execute("create table mine ()")
    assert {message.id for message in deployment_problems()} == {"hopecare.E005", "hopecare.E006"}


@pytest.mark.django_db
def test_deployment_refuses_the_demo(settings: object) -> None:
    settings.HOPECARE_DEMO = True  # type: ignore[attr-defined]
    assert "hopecare.E001" in {message.id for message in deployment_problems()}
