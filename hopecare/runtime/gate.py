"""Between the server and the pages: who sends slowly waits outside, and no thread of the pages waits for a network.

The server calls as soon as a request's head is there, reads its body in the calling thread, and knows no end for that.
So it has many threads that only read; what has arrived whole is handed to the few that answer and that hold the
connections to the database. A reading thread cannot be called back: a late body is cut off at its socket. That needs
Linux; elsewhere the proxy in front does it alone.
"""

import json
import os
import socket
import struct
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from hopecare.runtime.scales import Load, Scales

#: Nothing larger is taken anywhere; what is larger than SMALL waits on the disk, so few at once.
MOST_BYTES, SMALL_BYTES, PART_BYTES = 101 * 1024 * 1024, 1024 * 1024, 256 * 1024
LARGE_AT_ONCE = 4
#: So long a body may take, and a second more for each so many bytes; the second pair while many are waited for.
BODY_SECONDS, SLOWEST = 20.0, 8 * 1024
CROWDED_SECONDS, SLOWEST_IN_A_CROWD = 5.0, 128 * 1024
CROWD = 24
#: A connection on which nothing went either way for so long is closed.
SILENT_SECONDS, SILENCE_EVERY = 120.0, 15.0
LOOK_EVERY = 0.5
_REFUSALS = {413: "Content Too Large", 408: "Request Timeout", 503: "Service Unavailable"}
_TCP_INFO = struct.Struct("=8x13I")
_LAST_SENT, _LAST_RECEIVED = 9, 11
Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]


@dataclass
class Awaited:
    """A body that is being read."""

    since: float
    length: int
    address: str


class _Job:
    """A request on its way to a thread of the pages. `done` is a bare lock, held until it is answered: an Event costs
    more than some answers do."""

    __slots__ = ("answer", "done", "environ", "error", "start")

    def __init__(self, environ: dict[str, Any], start: Start) -> None:
        self.environ, self.start, self.done = environ, start, threading.Lock()
        self.answer: Iterable[bytes] = ()
        self.error: BaseException | None = None
        self.done.acquire()


class _Hand:
    """A thread of the pages; `wake` is held while it rests."""

    __slots__ = ("job", "wake")

    def __init__(self) -> None:
        self.job: _Job | None = None
        self.wake = threading.Lock()
        self.wake.acquire()


class _Hands:
    """Who answers next: of those at rest the one that worked last, as its connection has the plans of what is asked
    most; when all work, the request that has waited longest is taken first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._resting: list[_Hand] = []
        self._waiting: deque[_Job] = deque()

    def put(self, job: _Job) -> None:
        with self._lock:
            if not self._resting:
                self._waiting.append(job)
                return
            hand = self._resting.pop()
        hand.job = job
        hand.wake.release()

    def next(self, hand: _Hand) -> _Job:
        """The next request for this thread; waits for it."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._resting.append(hand)
        hand.wake.acquire()
        job, hand.job = hand.job, None
        assert job is not None
        return job


@dataclass(frozen=True)
class _Link:
    """A connection of somebody outside, with the seconds since something last went each way."""

    socket: socket.socket
    address: str
    sent: float
    received: float


class Gate:
    """A WSGI application around another one, which runs in `threads` threads of its own."""

    def __init__(
        self,
        application: Application,
        *,
        threads: int,
        port: int,
        body_seconds: float = BODY_SECONDS,
        shared: Path | None = None,
    ) -> None:
        """`shared`: a folder of all web processes of this instance."""
        self._application, self._port, self._body_seconds = application, port, body_seconds
        self._hands, self._load, self._shared, self._scales = _Hands(), Load(), shared, Scales(None)
        self._awaited: dict[int, Awaited] = {}
        self._large = threading.BoundedSemaphore(LARGE_AT_ONCE)
        self._threads, self._begun, self._begins = threads, False, threading.Lock()

    def _begin(self) -> None:
        """With the first request, in the process that serves."""
        with self._begins:
            if self._begun:
                return
            self._scales = Scales(self._shared)
            watch = [self._watch] if sys.platform == "linux" and self._port else []
            for work in [self._serve] * self._threads + watch:
                threading.Thread(target=work, daemon=True).start()
            self._begun = True

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        if not self._begun:
            self._begin()
        length = _length(environ)
        if not length:
            return self._answered(environ, start)
        if length > MOST_BYTES:
            return _refused(start, 413)
        with ExitStack() as stack:
            if length > SMALL_BYTES:
                if not self._large.acquire(blocking=False):
                    return _refused(start, 503)
                stack.callback(self._large.release)
            body = self._read(environ, length)
            if body is None:
                return _refused(start, 408)
            environ["wsgi.input"] = stack.enter_context(body)
            return self._answered(environ, start)

    def _answered(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """By one of the threads of the pages."""
        job = _Job(environ, _closing(start) if self._scales.give_away() else start)
        self._load.change(+1)
        self._hands.put(job)
        job.done.acquire()
        self._load.change(-1)
        if job.error is not None:
            raise job.error
        return job.answer

    def _read(self, environ: dict[str, Any], length: int) -> BinaryIO | None:
        """The whole body; None when it broke off or was cut off."""
        stream, left = environ["wsgi.input"], length
        body = _room()
        key = threading.get_ident()
        self._awaited[key] = Awaited(time.monotonic(), length, str(environ.get("REMOTE_ADDR", "")))
        try:
            while left and (part := stream.read(min(left, PART_BYTES))):
                body.write(part)
                left -= len(part)
        finally:
            del self._awaited[key]
        if left:
            body.close()
            return None
        body.seek(0)
        return body

    def _serve(self) -> None:
        hand = _Hand()
        while True:
            job = self._hands.next(hand)
            try:
                job.answer = _whole(self._application(job.environ, job.start))
            except BaseException as error:  # the server's thread tells it
                job.error = error
            job.done.release()
            del job

    def _watch(self) -> None:
        looked = time.monotonic()
        while True:
            time.sleep(LOOK_EVERY)
            self._scales.tell(self._load.mean())
            with suppress(OSError, RuntimeError):  # a connection or a body that ended meanwhile
                now = time.monotonic()
                overdue = self._overdue(now)
                if overdue or now - looked >= SILENCE_EVERY:
                    looked = now
                    self._cut(overdue)

    def _overdue(self, now: float) -> list[tuple[str, float]]:
        """(address, seconds it took so far) of each body that is late."""
        awaited = list(self._awaited.values())
        crowd = len(awaited) >= CROWD
        base, pace = (CROWDED_SECONDS, SLOWEST_IN_A_CROWD) if crowd else (self._body_seconds, SLOWEST)
        base = min(base, self._body_seconds)
        return [(one.address, now - one.since) for one in awaited if now - one.since > base + one.length / pace]

    def _cut(self, overdue: list[tuple[str, float]]) -> None:
        """Close what is silent, and what waits for its answer as long as a late body of the same address."""
        for link in _links(self._port):
            with link.socket:
                silent = min(link.sent, link.received) > SILENT_SECONDS
                owed = link.received <= link.sent  # something came since we last spoke
                late = any(link.address == address and link.sent >= seconds - 1 for address, seconds in overdue)
                if silent or (owed and late):
                    with suppress(OSError):
                        link.socket.shutdown(socket.SHUT_RDWR)


def _length(environ: dict[str, Any]) -> int:
    text = str(environ.get("CONTENT_LENGTH") or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _refused(start: Start, code: int) -> list[bytes]:
    body = json.dumps({"type": "about:blank", "title": _REFUSALS[code], "status": code}).encode()
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    headers += [("Connection", "close")] + ([("Retry-After", "10")] if code == 503 else [])
    start(f"{code} {_REFUSALS[code]}", headers)
    return [body]


def _closing(start: Start) -> Start:
    """The same, on a connection that ends with this answer."""

    def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start(status, [*headers, ("Connection", "close")], *error)

    return begin


def _whole(answer: Iterable[bytes]) -> Iterable[bytes]:
    """The answer, made to its end here: whoever reads slowly holds none of our threads. Long ones wait on the disk."""
    try:
        if not getattr(answer, "streaming", False):
            return [b"".join(answer)]
        kept = _room()
        for part in answer:
            kept.write(part)
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    kept.seek(0)
    return _parts(kept)


def _room() -> BinaryIO:
    """In memory as long as it is small."""
    return cast(BinaryIO, tempfile.SpooledTemporaryFile(SMALL_BYTES))


def _parts(kept: BinaryIO) -> Iterator[bytes]:
    with kept:
        while part := kept.read(PART_BYTES):
            yield part


def _links(port: int) -> Iterator[_Link]:
    """Connections to our port that this process holds; each socket is a second handle on it, to be closed."""
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # gone meanwhile
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                handle = os.dup(int(name))
                try:
                    found = socket.socket(fileno=handle)
                except OSError:
                    os.close(handle)
                    continue
                link = _told(found, port)
                if link is None:
                    found.close()
                else:
                    yield link


def _told(found: socket.socket, port: int) -> _Link | None:
    """None for what is no connection of somebody outside to our port."""
    try:
        if found.family not in (socket.AF_INET, socket.AF_INET6) or found.getsockname()[1] != port:
            return None
        peer = str(found.getpeername()[0])
        told = _TCP_INFO.unpack(found.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size))
    except OSError:
        return None
    return _Link(found, peer, told[_LAST_SENT] / 1000, told[_LAST_RECEIVED] / 1000)
