"""Signs of life of the worker and of beat: a row each, renewed every few seconds, read by /readyz.

Imported by hopecare.celery before Django is set up, so it must not import models.
"""

import logging
import time
from typing import Any

from celery import bootsteps
from celery.beat import PersistentScheduler
from django.db import connection

EVERY_SECONDS = 10
#: After this many seconds without a sign a process counts as gone.
SILENT_SECONDS = 45
log = logging.getLogger(__name__)


def give_sign(process: str) -> None:
    """Renew the row of `process`. A database that is down is the business of /readyz, not of this process."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into kernel_pulse values (%s, now()) on conflict (process) do update set at = now()",
                [process],
            )
    except Exception as error:
        log.warning("no sign of life written for %s: %s", process, type(error).__name__)
    finally:
        connection.close()  # the worker forks: an open connection must not be inherited


class Scheduler(PersistentScheduler):
    """Beat's own scheduler, giving a sign of life as it ticks."""

    last_sign = float("-inf")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() - self.last_sign >= EVERY_SECONDS:
            give_sign("beat")
            self.last_sign = time.monotonic()
        return min(float(super().tick(*args, **kwargs)), EVERY_SECONDS)


class WorkerPulse(bootsteps.StartStopStep):
    """The worker's main process gives a sign of life beside its work."""

    requires = ("celery.worker.components:Timer",)
    entry: Any = None

    def start(self, worker: Any) -> None:
        give_sign("worker")
        self.entry = worker.timer.call_repeatedly(EVERY_SECONDS, give_sign, ("worker",), priority=10)

    def stop(self, worker: Any) -> None:
        if self.entry is not None:
            self.entry.cancel()
            self.entry = None
