"""A small synthetic city for tests that need many rows."""

import pytest
from django.core.management import call_command

from hopecare.kernel import clock
from tests.database import as_owner


@pytest.fixture
def small_city(city: object) -> None:
    """Two hundred and fifty households in four zones, as the owner, inside the test's transaction."""
    with as_owner():
        call_command("seed_city", scale=0.003, today=clock.now(), verbosity=0)
