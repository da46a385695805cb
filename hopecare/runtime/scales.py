"""Kept connections shared out evenly between the web processes.

A connection stays with the process that took it, and they fall as they come: of eight, six and two as often as four and
four, so that six wait for one core while another rests. Each process tells the others how many requests were with it
on average in the last half second. One that had clearly more than another ends as many connections with their next
answers as make it even; their callers come again, mostly to whoever is free to take them.
"""

import fcntl
import os
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

#: One process has a connection too many from a difference of two on; a little less, as nobody asks without a pause.
UNEVEN = 1.5
#: What was told longer ago is of a process that ended or was replaced.
FRESH_SECONDS = 3.0
_PLACES = 64
_TOLD = struct.Struct("=dd")  # when, by the clock all processes share; requests at once


class Load:
    """How many requests were here at once, averaged over the time since it was last asked."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, threading.Lock()
        self._here, self._area, self._looked = 0, 0.0, now()
        self._begun = self._looked

    def change(self, by: int) -> None:
        with self._lock:
            self._pass(self._now())
            self._here += by

    def mean(self) -> float:
        with self._lock:
            now = self._now()
            self._pass(now)
            mean = self._area / max(now - self._begun, 1e-6)
            self._area, self._begun = 0.0, now
            return mean

    def _pass(self, now: float) -> None:
        self._area += self._here * (now - self._looked)
        self._looked = now


class Scales:
    """The loads of all web processes of an instance, in a small file of `folder`; without one nothing is shared out."""

    def __init__(self, folder: Path | None, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._owed = now, 0
        self._file, self._place = (-1, -1) if folder is None else _taken(folder / "web-load")

    def tell(self, mean: float) -> None:
        """Our load of the last moment; from those of the others follows how many connections we give away next."""
        if self._place < 0:
            return
        now = self._now()
        os.pwrite(self._file, _TOLD.pack(now, mean), self._place * _TOLD.size)
        told = _TOLD.iter_unpack(os.pread(self._file, _PLACES * _TOLD.size, 0))
        others = [load for place, (at, load) in enumerate(told) if place != self._place and now - at < FRESH_SECONDS]
        more = mean - min(others, default=mean)
        self._owed = int(more / 2 + 0.5) if more >= UNEVEN else 0

    def give_away(self) -> bool:
        """Whether the connection that asks now should be one of them."""
        if self._owed <= 0:  # two threads may take the last one
            return False
        self._owed -= 1
        return True


def _taken(path: Path) -> tuple[int, int]:
    """The open file and our place in it, which the system frees when the process ends; (-1, -1) when there is none."""
    with suppress(OSError):
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for place in range(_PLACES):
            with suppress(OSError):
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, _TOLD.size, place * _TOLD.size)
                return file, place
        os.close(file)
    return -1, -1
