"""How many requests came and how long they took: by route and status, never by address, as addresses hold codes.

Each web process counts in a file of its own that all of them can read (mapped memory: nothing is written at a request
but a few numbers). A process holds its file locked while it lives; the files of others that died are taken away, which
a collector sees as a counter that began anew.
"""

import atexit
import fcntl
import mmap
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import IO

from django.conf import settings
from django.http import HttpRequest

#: Upper ends of the histogram, in seconds.
EDGES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SLOTS, KEY_BYTES = 2048, 120
_NUMBERS = struct.Struct(f"<{len(EDGES) + 2}d")  # one for each edge and for what is slower, then the sum
SLOT_BYTES = KEY_BYTES + _NUMBERS.size
Numbers = tuple[float, ...]


@dataclass
class Counts:
    """The counts of this process; a slot is a key and its numbers. A full file counts no new keys."""

    file: IO[bytes]
    memory: mmap.mmap
    pid: int
    slots: dict[str, int] = field(default_factory=dict)

    def add(self, key: str, seconds: float) -> None:
        slot = self.slots.get(key)
        if slot is None:
            written = key.encode()
            if len(self.slots) == SLOTS or len(written) > KEY_BYTES:
                return
            slot = self.slots[key] = len(self.slots) * SLOT_BYTES
            self.memory[slot : slot + len(written)] = written
        numbers = list(_NUMBERS.unpack_from(self.memory, slot + KEY_BYTES))
        numbers[sum(seconds > edge for edge in EDGES)] += 1
        numbers[-1] += seconds
        _NUMBERS.pack_into(self.memory, slot + KEY_BYTES, *numbers)


_lock = Lock()
_own: list[Counts] = []


@atexit.register
def _close() -> None:
    for counts in _own:
        counts.memory.close()
        counts.file.close()
    _own.clear()


def count(request: HttpRequest, status: int, seconds: float) -> None:
    """One more request; a process that may not write there counts nothing and serves all the same."""
    method = request.method if request.method in METHODS else "other"
    with _lock:
        counts = _counts()
        if counts is not None:
            counts.add(f"{route_of(request)} {method} {status}", seconds)


def route_of(request: HttpRequest) -> str:
    """The route's name, or as it is written with its arguments unfilled; "unknown" where nothing is."""
    match = request.resolver_match
    if match is None:
        return "static" if request.path_info.startswith(settings.STATIC_URL) else "unknown"
    return (match.view_name if match.url_name else match.route).replace(" ", "_")


def _counts() -> Counts | None:
    if not _own or _own[0].pid != os.getpid():
        _own[:] = []
        folder = Path(settings.HOPECARE_HOME) / "traffic"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = (folder / f"{os.getpid()}").open("w+b")
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            handle.truncate(SLOTS * SLOT_BYTES)
            _own.append(Counts(handle, mmap.mmap(handle.fileno(), SLOTS * SLOT_BYTES), os.getpid()))
        except OSError:
            return None
    return _own[0]


def everywhere() -> dict[tuple[str, str, str], Numbers]:
    """(route, method, status) → its numbers, of all processes that live."""
    found: dict[tuple[str, str, str], Numbers] = {}
    folder = Path(settings.HOPECARE_HOME) / "traffic"
    for path in sorted(folder.iterdir()) if folder.exists() else ():
        for key, numbers in _read(path):
            before = found.get(key, (0.0,) * len(numbers))
            found[key] = tuple(one + other for one, other in zip(before, numbers, strict=True))
    return found


def _read(path: Path) -> Iterator[tuple[tuple[str, str, str], Numbers]]:
    content = _living(path)
    for slot in range(0, len(content) - SLOT_BYTES + 1, SLOT_BYTES):
        key = content[slot : slot + KEY_BYTES].rstrip(b"\0").decode("utf-8", "replace")
        if not key:
            return
        route, method, status = key.split(" ")
        yield (route, method, status), _NUMBERS.unpack_from(content, slot + KEY_BYTES)


def _living(path: Path) -> bytes:
    """The file of a process that lives; one that nobody holds any more is taken away."""
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read()
            path.unlink(missing_ok=True)
    except OSError:
        pass
    return b""


def told() -> list[str]:
    """Lines for /metrics: a counter by route, method and status, and a histogram of seconds by route."""
    counts, spans = list[str](), dict[str, Numbers]()
    for (route, method, status), numbers in sorted(everywhere().items()):
        labels = f'route="{_quoted(route)}",method="{method}",status="{status}"'
        counts.append(f"hopecare_requests_total{{{labels}}} {sum(numbers[:-1]):g}")
        before = spans.get(route, (0.0,) * len(numbers))
        spans[route] = tuple(one + other for one, other in zip(before, numbers, strict=True))
    lines = ["# HELP hopecare_requests_total requests answered", "# TYPE hopecare_requests_total counter", *counts]
    lines += ["# HELP hopecare_request_seconds time to the answer", "# TYPE hopecare_request_seconds histogram"]
    for route, numbers in spans.items():
        lines += _histogram(_quoted(route), numbers)
    return lines


def _histogram(route: str, numbers: Numbers) -> Iterator[str]:
    total = 0.0
    for edge, number in zip((*map(str, EDGES), "+Inf"), numbers[:-1], strict=True):
        total += number
        yield f'hopecare_request_seconds_bucket{{route="{route}",le="{edge}"}} {total:g}'
    yield f'hopecare_request_seconds_sum{{route="{route}"}} {numbers[-1]:.6f}'
    yield f'hopecare_request_seconds_count{{route="{route}"}} {total:g}'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
