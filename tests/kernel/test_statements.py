"""Statements that travel together, and a connection whose health costs nothing."""

import pytest
from django.db import connection, transaction
from django.db.utils import DataError
from django.test.utils import CaptureQueriesContext

from hopecare.kernel import audit, clock, events
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import ChangeEntry, Event, IdempotencyKey
from hopecare.kernel.services import once
from hopecare.kernel.statements import add, at_once
from tests.database import as_owner

pytestmark = pytest.mark.django_db
INTAKE = system(Principal.INTAKE)


def _news(name: str) -> Event:
    return Event(name=name, payload={"per cent": "100 %"}, at=clock.now())


def test_what_is_written_at_once_is_one_statement() -> None:
    with acting_as(INTAKE), CaptureQueriesContext(connection) as asked:
        with at_once():
            audit.changed(INTAKE, "report", [1], "received", door="100 %")
            events.publish("tried.once", report=1)
            assert not asked.captured_queries
        assert len(asked.captured_queries) == 1
    with as_owner():
        assert ChangeEntry.objects.get(subject_ids=[1]).details == {"door": "100 %"}
        assert Event.objects.get(name="tried.once").payload == {"report": 1}


def test_a_block_that_fails_writes_nothing() -> None:
    with pytest.raises(ZeroDivisionError), acting_as(INTAKE), at_once():
        events.publish("tried.in.vain", report=1)
        _ = 1 / 0
    with pytest.raises(DataError), transaction.atomic(), at_once():
        events.publish("tried.in.vain", report=1)
        events.publish("far too long a name for news " * 4)
    events.publish("tried.after", report=2)
    assert list(Event.objects.filter(name__startswith="tried").values_list("name", flat=True)) == ["tried.after"]


@pytest.mark.rule("R27")
def test_a_row_comes_with_its_key_or_not_at_all() -> None:
    key, first, second = once.Once.of("k" * 22, "body"), _news("tried.key"), _news("tried.key")
    with CaptureQueriesContext(connection) as asked:
        assert once.take(key, status=201, body={"it": 1}, row=first) is None
    assert len(asked.captured_queries) == 1
    given = once.take(key, status=201, body={"it": 2}, row=second)
    assert given is not None and given.body == {"it": 1}
    assert second.pk is None and Event.objects.get(name="tried.key").pk == first.pk
    with pytest.raises(once.OtherBody):
        once.take(once.Once.of("k" * 22, "other"), status=201, body={}, row=second)
    assert IdempotencyKey.objects.filter(key="k" * 22).count() == 1
    assert add(second) and second.pk


def test_a_connection_in_use_is_looked_at_and_one_that_was_ended_is_noticed() -> None:
    other = connection.copy()
    other.connect()
    try:
        assert other.is_usable()  # asked: nobody looked at it before
        other.connection.execute("select 'nothing since'")
        pid = other.connection.info.backend_pid
        assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("select query from pg_stat_activity where pid = %s", [pid])
            assert cursor.fetchone() == ("select 'nothing since'",)
            cursor.execute("select pg_terminate_backend(%s, 5000)", [pid])
        assert not other.is_usable()
    finally:
        other.close()
