"""Slow senders on the bare server: many of them hold nobody up, and none of them stays for ever (R16)."""

import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hopecare.runtime import gate as gate_module
from hopecare.runtime.children import free_port
from hopecare.runtime.gate import LARGE_AT_ONCE, MOST_BYTES, SMALL_BYTES, Gate
from tests.runtime.instances import eventually, kill

ROOT = Path(__file__).resolve().parent.parent.parent
#: Many more than threads answer, and more than are counted as a crowd.
MANY = 30
#: Whoever is not answered within so many seconds, or not cut off, fails the test instead of holding it up.
PATIENCE = 10
BODY = b"POST /body HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n"
HALF = b"GET /half HTTP/1.1\r\nHost: here\r\nX-Slow: "


def counts(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
    """How many bytes came."""
    text = b"%d bytes" % len(environ["wsgi.input"].read()) if environ["REQUEST_METHOD"] == "POST" else b"hello"
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(text)))])
    return [text]


gate = Gate(counts, threads=2, port=int(os.environ.get("PORT", "0")), body_seconds=1.5)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The real server with that application behind the gate, one process."""
    number = free_port()
    argv = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--http", "1", "--port", str(number)]
    argv += ["--workers", "1", "--blocking-threads", "64", "--http1-header-read-timeout", "2000"]
    process = subprocess.Popen(
        [*argv, "--log-level", "critical", "tests.runtime.test_gate:gate"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(number)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        eventually(lambda: _listens(number), 30)
        yield number
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            kill(process.pid)


def _listens(port: int) -> bool:
    try:
        return b"hello" in asked(port, b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    except OSError:
        return False


def knock(port: int, said: bytes) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    link.sendall(said)
    return link


def heard(link: socket.socket) -> bytes:
    """What comes until the other side has told all or hung up; TimeoutError when it does neither."""
    try:
        told = link.recv(400)
        return told + (link.recv(400) if told.endswith(b"\r\n\r\n") else b"")
    except ConnectionError:
        return b""


def asked(port: int, said: bytes) -> bytes:
    with knock(port, said) as link:
        return heard(link)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the proxy in front cuts slow senders off")
def test_slow_senders_hold_nobody_up_and_are_cut_off(port: int) -> None:
    with ExitStack() as stack:
        bodies = [stack.enter_context(knock(port, BODY % 500 + b"a")) for _ in range(MANY)]
        heads = [stack.enter_context(knock(port, HALF)) for _ in range(MANY)]
        for link in bodies:
            link.sendall(b"b")
        assert b"hello" in asked(port, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert b"4 bytes" in asked(port, BODY % 4 + b"abcd")
        assert [b"200 OK" in heard(link) for link in (*bodies, *heads)] == [False] * 2 * MANY
    assert b"4 bytes" in asked(port, BODY % 4 + b"abcd")


def test_a_body_arrives_whole_whatever_its_size(port: int) -> None:
    large = SMALL_BYTES + 5
    assert b"%d bytes" % large in asked(port, BODY % large + b"a" * large)
    assert b"413" in asked(port, BODY % (MOST_BYTES + 1))


def test_few_large_bodies_wait_on_the_disk_at_once(port: int) -> None:
    with ExitStack() as stack:
        said = BODY % (SMALL_BYTES + 1) + b"a"
        links = [stack.enter_context(knock(port, said)) for _ in range(LARGE_AT_ONCE + 1)]
        answered = select.select(links, [], [], PATIENCE)[0]
        assert [b"503" in heard(link) for link in answered] == [True]
        assert b"hello" in asked(port, b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_looking_for_late_connections_leaves_nothing_open(port: int) -> None:
    with knock(port, HALF):
        before = len(os.listdir("/proc/self/fd"))
        for link in gate_module._links(port):
            link.socket.close()
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_failure_behind_the_gate_is_told_in_front_of_it() -> None:
    def fails(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        Gate(fails, threads=1, port=0)({"REQUEST_METHOD": "GET"}, lambda *told: None)


def test_one_visitor_is_answered_by_one_thread_and_a_crowd_by_all() -> None:
    """A thread's connection has the plans of what it was asked: whoever comes alone finds them."""
    asked_of, all_busy, named = set[int](), threading.Barrier(3), threading.Lock()

    def answers(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            all_busy.wait(PATIENCE)
        with named:
            asked_of.add(threading.get_ident())
        return [b""]

    behind = Gate(answers, threads=3, port=0)

    def visit(method: str) -> None:
        behind({"REQUEST_METHOD": method}, lambda *told: None)

    crowd = [threading.Thread(target=visit, args=["POST"]) for _ in range(9)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(PATIENCE)
    assert len(asked_of) == 3
    asked_of.clear()
    for _ in range(50):
        visit("GET")
    assert len(asked_of) <= 2  # the last of the crowd may still be on its way to rest at the first
