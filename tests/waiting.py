"""Between two browser tests: the visitors leave, the server's threads hand back their connections, and only then the
clone can be renewed."""

import time
from collections.abc import Iterator

import pytest
from django.db import connection
from playwright.sync_api import Browser

_OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"


def wait_for_the_server() -> None:
    """Until nobody else is in the database; whoever is still there after half a minute is cut off."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(_OTHERS)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)


@pytest.fixture
def let_go(transactional_db: None, browser: Browser) -> Iterator[None]:
    yield
    for visitor in browser.contexts:
        visitor.close()
    wait_for_the_server()
