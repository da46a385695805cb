"""Work of minutes waits its turn outside the worker's threads, so that texts and events always find one."""

import functools
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from celery import current_task
from django.db import Error, connection

_TURNS = 0x7475726E  # "turn"; in two numbers, apart from locks of one
AGAIN_SECONDS = 60
T = TypeVar("T")


@contextmanager
def turn(name: str) -> Iterator[bool]:
    """Yields True to one at a time, of all processes; False while another has it. A lost connection gives it back."""
    key = [_TURNS, zlib.crc32(name.encode()) - 2**31]
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", key)
        ours = bool(cursor.fetchone()[0])
    try:
        yield ours
    finally:
        if ours:
            with suppress(Error), connection.cursor() as cursor:  # what went wrong in the work is told, not this
                cursor.execute("select pg_advisory_unlock(%s, %s)", key)


def in_turn(name: str) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """A task that runs only while no other of this name does. Who finds one goes home and comes again in a minute."""

    def mark(task: Callable[..., T]) -> Callable[..., T]:
        @functools.wraps(task)
        def run(*args: Any, **options: Any) -> T:
            with turn(name) as ours:
                if ours:
                    return task(*args, **options)
            raise current_task.retry(countdown=AGAIN_SECONDS, max_retries=None)

        return run

    return mark


#: Whatever may take minutes shares one turn; money has its own, as a gift is not to wait for an import.
long_work = in_turn("long work")
moving_money = in_turn("moving money")
