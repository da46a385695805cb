"""Connections that fall unevenly to the web processes are shared out while they are in use (R16)."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from hopecare.runtime.children import free_port
from hopecare.runtime.gate import Gate
from hopecare.runtime.scales import Load, Scales
from tests.runtime.instances import eventually, kill

ROOT = Path(__file__).resolve().parent.parent.parent


def names_itself(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """Which process answered, after a while that keeps the connection busy."""
    time.sleep(0.01)
    text = str(os.getpid()).encode()
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text]


gate = Gate(
    names_itself, threads=2, port=int(os.environ.get("PORT", "0")), shared=Path(os.environ.get("TEST_SHARED", "/none"))
)


class Visitor:
    """One kept connection, opened anew when the server ends it."""

    def __init__(self, port: int) -> None:
        self.connection, self.of = HTTPConnection("127.0.0.1", port, timeout=10), ""

    def __enter__(self) -> "Visitor":
        self.ask()
        return self

    def __exit__(self, *raised: object) -> None:
        self.connection.close()

    def ask(self) -> None:
        self.connection.request("GET", "/")
        self.of = self.connection.getresponse().read().decode()

    def keep_asking(self, over: threading.Event) -> None:
        while not over.is_set():
            self.ask()


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    number = free_port()
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1", "--port", str(number)]
    argv += ["--workers", "2", "--blocking-threads", "16", "--log-level", "critical"]
    env = {**os.environ, "PORT": str(number), "TEST_SHARED": str(tmp_path)}
    process = subprocess.Popen([*argv, "tests.runtime.test_scales:gate"], cwd=ROOT, env=env)
    try:
        eventually(lambda: _answers(number), 30)
        yield number
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            kill(process.pid)


def _answers(port: int) -> bool:
    try:
        with Visitor(port) as one:
            return bool(one.of)
    except OSError:
        return False


@pytest.fixture
def visit(port: int) -> Iterator[Callable[[], Visitor]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Visitor(port))


def uneven(visit: Callable[[], Visitor]) -> list[Visitor]:
    """Six with one process and two with the other."""
    found: dict[str, list[Visitor]] = {}
    for _ in range(500):
        one = visit()
        found.setdefault(one.of, []).append(one)
        if len(found) == 2 and (many := max(found.values(), key=len))[5:]:
            few = min(found.values(), key=len)
            if len(few) >= 2:
                return [*many[:6], *few[:2]]
    raise AssertionError(f"all connections fell to {list(found)}")


@pytest.mark.rule("R16")
def test_of_eight_who_ask_without_a_pause_four_come_to_each_process(visit: Callable[[], Visitor]) -> None:
    visitors, over = uneven(visit), threading.Event()
    assert sorted(Counter(one.of for one in visitors).values()) == [2, 6]
    asking = [threading.Thread(target=one.keep_asking, args=[over]) for one in visitors]
    for one in asking:
        one.start()
    try:
        eventually(lambda: sorted(Counter(one.of for one in visitors).values()) == [4, 4], 30)
    finally:
        over.set()
        for one in asking:
            one.join(10)


@pytest.mark.rule("R16")
def test_those_who_ask_now_and_then_keep_their_connections(visit: Callable[[], Visitor]) -> None:
    visitors = uneven(visit)
    before = [one.of for one in visitors]
    until = time.monotonic() + 3
    while time.monotonic() < until:
        for one in visitors:
            one.ask()
    assert [one.of for one in visitors] == before


def test_the_load_is_how_many_are_here_on_average() -> None:
    now = [10.0]
    load = Load(lambda: now[0])
    load.change(+1)
    now[0] = 10.5
    load.change(+1)
    now[0] = 11.0
    assert load.mean() == pytest.approx(1.5)
    load.change(-1)
    now[0] = 13.0
    assert load.mean() == pytest.approx(1.0)


def test_nothing_is_shared_out_where_nothing_is_shared(tmp_path: Path) -> None:
    for scales in (Scales(None), Scales(tmp_path / "absent"), Scales(tmp_path)):
        scales.tell(50.0)
        assert not scales.give_away()
