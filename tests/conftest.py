"""Fixtures for everybody; the cast is in tests/cast.py, the database in tests/database.py."""

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

__all__ = [
    "ana",
    "as_",
    "bo",
    "chi",
    "city",
    "dee",
    "django_db_setup",
    "eli",
    "fay",
    "fraud",
    "gil",
    "hana",
    "ivo",
    "jin",
    "moon",
    "someone",
    "standing_clock",
    "test_server",
]
