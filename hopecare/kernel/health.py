"""Whether this installation can work: database and migrations decide; broker, worker and beat may be missing a while.

Requests succeed without the broker, because tables hold the work; so those three are "degraded", never a refusal.
Nothing here needs a session, a city or a table that may be missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from hopecare.kernel import traffic
from hopecare.kernel.pulse import SILENT_SECONDS

OK, DOWN, DEGRADED = "ok", "down", "degraded"
_known: set[str] = set()  # what cannot change while this process lives


@dataclass(frozen=True)
class Health:
    parts: dict[str, str]

    @property
    def ok(self) -> bool:
        return DOWN not in self.parts.values()


def health() -> Health:
    """Each part's word: ok, degraded or down."""
    database = _tried(_database)
    signs = _signs() if database == OK else {}
    return Health(
        {
            "database": database,
            "broker": OK if _broker() else DEGRADED,
            "migrations": _tried(_migrations) if database == OK else DOWN,
            "worker": _alive(signs, "worker"),
            "beat": _alive(signs, "beat"),
        }
    )


def _tried(question: Callable[[], bool]) -> str:
    try:
        return OK if question() else DOWN
    except DatabaseError:
        return DOWN


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1")
        return bool(cursor.fetchone() == (1,))


def _migrations() -> bool:
    if "migrations" not in _known:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _known.add("migrations")
    return True


def _signs() -> dict[str, float]:
    """Seconds since the last sign of life, by process."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select process, extract(epoch from now() - at)::float from kernel_pulse")
            return dict(cursor.fetchall())
    except DatabaseError:
        return {}


def _alive(signs: dict[str, float], process: str) -> str:
    return OK if signs.get(process, SILENT_SECONDS + 1) <= SILENT_SECONDS else DEGRADED


def _broker() -> bool:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=1, interval_start=0, interval_step=0)
        return True
    except Exception:  # kombu raises whatever its transport raises
        return False


Reader = Callable[[], float]
_figures: dict[str, tuple[str, Reader]] = {}


def register_figure(name: str, words: str, reader: Reader) -> None:
    """A gauge on /metrics: a count without any person in it; the reader may run queries under its own principal."""
    _figures[name] = (words, reader)


def metrics() -> str:
    """Prometheus text; a figure that cannot be read is left out, as a wrong zero would calm somebody."""
    state = health()
    lines = _gauge("hopecare_ok", "1 when requests can be served", float(state.ok))
    lines += ["# HELP hopecare_part_ok 1 when the part is up", "# TYPE hopecare_part_ok gauge"]
    lines += [f'hopecare_part_ok{{part="{part}"}} {int(word == OK)}' for part, word in state.parts.items()]
    for name, (words, reader) in sorted(_figures.items()) if state.ok else ():
        lines += _read(name, words, reader)
    return "\n".join([*lines, *traffic.told()]) + "\n"


def _read(name: str, words: str, reader: Reader) -> list[str]:
    try:
        return _gauge(name, words, reader())
    except DatabaseError:
        return []


def _gauge(name: str, words: str, value: Any) -> list[str]:
    return [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{name} {value:g}"]
