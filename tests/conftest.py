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

__all__ = [
    "ana",
    "as_",
    "bo",
    "chi",
    "city",
    "dee",
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
]
