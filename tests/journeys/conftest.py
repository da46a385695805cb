"""A whole instance with its demo city for the walks: web, worker, beat, broker and the telephone company's stand-in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.runtime.instances import Instance, running

_STREET = pytest.StashKey[Instance]()
_OUTBOX = "select id, purpose, state, reason, attempts, next_attempt_at from messaging_message order by id desc limit 9"


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Instance]:
    home: Path = tmp_path_factory.mktemp("street")
    with running(home, HOPECARE_DEMO="1") as instance:
        pytestconfig.stash[_STREET] = instance
        yield instance


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """A step that fails shows what the instance said and what its outbox holds: a page alone seldom tells why."""
    report = yield
    instance = item.config.stash.get(_STREET, None)
    if instance is not None and report.failed:
        report.sections.append(("the instance", instance.output[-4000:]))
        try:
            with instance.database() as connection:
                rows = "\n".join(str(row) for row in connection.execute(_OUTBOX))
        except psycopg.Error as error:
            rows = str(error)
        report.sections.append(("its outbox, newest first", rows))
    return report
