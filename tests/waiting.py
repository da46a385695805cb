"""Between two browser tests: the server's threads hand back their connections, only then the clone can be renewed."""

import time
from collections.abc import Iterator

import pytest
from django.db import connection


@pytest.fixture(autouse=True)
def let_go(transactional_db: None) -> Iterator[None]:
    yield
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    for _ in range(300):
        with connection.cursor() as cursor:
            cursor.execute(others)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.1)
