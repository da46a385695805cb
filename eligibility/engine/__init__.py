"""The engine: the only place that knows OpenFisca. Everything heavy is imported by the first `load()` of a process."""

import logging
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eligibility.engine.answer import Engine


@cache
def load() -> "Engine":
    """The rules, built once a process (about a second with OpenFisca's own import)."""
    logging.getLogger("numexpr").setLevel(logging.WARNING)  # it greets everybody on import
    from eligibility.engine.answer import Engine  # noqa: PLC0415 - numpy and OpenFisca only where somebody reckons

    return Engine()
