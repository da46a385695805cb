"""Fixtures for everybody; the cast is in tests/cast.py, the database in tests/database.py."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from hopecare.kernel.catalogues import compile_all
from tests.browser_fixtures import browser, context, english_page, page, phone_page
from tests.cast import (
    ana,
    as_,
    bo,
    chi,
    city,
    dee,
    eli,
    fay,
    fraud,
    gil,
    hana,
    ivo,
    jin,
    moon,
    someone,
    standing_clock,
)
from tests.database_fixtures import django_db_setup, test_server
from tests.seeded import _in_the_city, _seeded, small_city
from tests.waiting import let_go

#: The long ones belong to `make drill`.
collect_ignore = [] if os.environ.get("HOPECARE_DRILL") else ["drill"]

#: A busy machine may stall any example; what is slow in itself is seen in the durations.
settings.register_profile("hopecare", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hopecare")

__all__ = [
    "_in_the_city",
    "_seeded",
    "ana",
    "as_",
    "bo",
    "browser",
    "chi",
    "city",
    "context",
    "dee",
    "django_db_setup",
    "eli",
    "english_page",
    "fay",
    "fraud",
    "gil",
    "hana",
    "ivo",
    "jin",
    "let_go",
    "moon",
    "page",
    "phone_page",
    "small_city",
    "someone",
    "standing_clock",
    "test_server",
]


def pytest_configure(config: pytest.Config) -> None:
    """Words that came with the last merge: with the compiled ones of before, half a page would be English."""
    if not hasattr(config, "workerinput"):
        compile_all(Path(__file__).parents[1])


class ByFile(LoadFileScheduling):
    """A process takes a whole file; the journeys share one instance, so one process takes them all."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/journeys" if nodeid.startswith("tests/journeys/") else str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)
