"""Long work takes turns across processes, so that it never holds more than one thread of the worker."""

from collections.abc import Iterator

import psycopg
import pytest
from celery.exceptions import Retry
from django.db import connection

from hopecare.kernel.turns import turn
from volunteers.tasks import match_week


@pytest.fixture
def elsewhere(db: None) -> Iterator[psycopg.Connection]:
    """Another process's connection."""
    with psycopg.connect(autocommit=True, **connection.get_connection_params()) as other:
        yield other


HELD = (
    "select classid::bigint, objid::bigint from pg_locks where locktype = 'advisory' and objsubid = 2"
    " and database = (select oid from pg_database where datname = current_database())"
)


def take(elsewhere: psycopg.Connection, name: str) -> None:
    with turn(name):
        [held] = elsewhere.execute(HELD).fetchall()
    signed = [number - 2**32 if number >= 2**31 else number for number in held]
    elsewhere.execute("select pg_advisory_lock(%s, %s)", signed)


def test_who_finds_another_at_it_goes_home_and_comes_again(elsewhere: psycopg.Connection) -> None:
    take(elsewhere, "long work")
    with turn("long work") as ours, turn("moving money") as other:
        assert (ours, other) == (False, True)
    with pytest.raises(Retry):
        match_week()
    elsewhere.execute("select pg_advisory_unlock_all()")
    assert match_week() == 0


@pytest.mark.django_db(transaction=True)
def test_when_the_connection_breaks_the_work_s_own_error_is_told(elsewhere: psycopg.Connection) -> None:
    with pytest.raises(ValueError, match="broken"), turn("long work"):
        elsewhere.execute("select pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        raise ValueError("broken")
    connection.close()
    assert elsewhere.execute(HELD).fetchall() == []


def test_a_turn_is_given_back_when_the_work_fails(elsewhere: psycopg.Connection) -> None:
    with pytest.raises(ValueError, match="broken"), turn("long work"):
        raise ValueError("broken")
    assert elsewhere.execute(HELD).fetchall() == []
