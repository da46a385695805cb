"""pytest-django's database set-up, replaced: see tests/database.py."""

import os
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from tests.database import TestServer, in_database, the_server


@pytest.fixture(scope="session")
def test_server() -> Iterator[TestServer]:
    server = the_server()
    with server.in_use():
        yield server


@pytest.fixture(scope="session")
def django_db_setup(test_server: TestServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A clone for this process. After a transactional test it is replaced by a fresh one instead of being flushed."""
    with django_db_blocker.unblock(), test_server.clone() as name:
        os.environ["DATABASE_URL"] = in_database(os.environ["DATABASE_URL"], name)
        connection.settings_dict["NAME"] = name

        def fresh_clone(self: TransactionTestCase) -> None:
            test_server.renew(name)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(TransactionTestCase, "_fixture_teardown", fresh_clone)
            yield
