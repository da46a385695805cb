"""Slow clients on the bare server: who sends a photo byte by byte, or half a head, holds nobody else up."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.runtime.instances import Instance

#: More than the server has threads, by far.
MANY = 24
BODY = (
    b"PATCH /api/v1/uploads/slow HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/octet-stream\r\n"
    b"Upload-Offset: 0\r\nContent-Length: 500000\r\n\r\n" + b"a" * 10
)
HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "


def knock(port: int, said: bytes) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=30)
    link.sendall(said)
    return link


@pytest.fixture
def slow(street: Instance) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(knock(street.port, said)) for said in (BODY, HALF) for _ in range(MANY)]


def test_slow_clients_hold_nobody_up(street: Instance, slow: list[socket.socket]) -> None:
    for link in slow:
        link.sendall(b"a")
    assert [street.get(path) for path in ("/healthz", "/readyz", "/", "/m/", "/report/")] == [200] * 5
