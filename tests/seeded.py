"""A small synthetic city for tests that need many rows."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from hopecare.kernel import clock
from hopecare.kernel.context import forget_city
from tests.cast import NOW
from tests.database import TestServer, as_owner


@pytest.fixture(scope="module")
def _seeded(test_server: TestServer, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A clone of its own with the city in it, made once for a module's tests."""
    usual = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), test_server.clone(f"{usual}_city") as name:
        _turn_to(name)
        with clock.pinned(NOW), as_owner():
            call_command("seed_city", scale=0.003, today=clock.now(), verbosity=0)
        _turn_to(usual)
        yield name


def _turn_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    forget_city()


@pytest.fixture
def _in_the_city(_seeded: str) -> Iterator[None]:
    """Around the test's transaction, which must not have begun."""
    usual = connection.settings_dict["NAME"]
    _turn_to(_seeded)
    yield
    _turn_to(usual)


@pytest.fixture
def small_city(_in_the_city: None, city: object) -> None:
    """Two hundred and fifty households in four zones; what the test changes goes back with its transaction."""
