"""The week's needs against everybody who helps: arrays in, assignments out. Pure: no Django, no clock, no database.

Blocks and two-person visits are fixed first; the rest is one minimum-cost flow, proven against every feasible pair.
The engine stands on numpy and OR-Tools, so it is loaded by whoever solves and by nobody else.
"""

from types import ModuleType


def load() -> ModuleType:
    """`volunteers.matching.engine`, imported on first use: a web process that never solves never pays for it."""
    from volunteers.matching import engine  # noqa: PLC0415

    return engine
