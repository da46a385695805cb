"""Killing any process at any moment: it comes back by itself, and nothing that was confirmed is lost."""

import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.runtime.instances import MARKS, Instance, alive, end, eventually, running

PATIENCE = 180


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was started and stopped once; the tests below take copies."""
    home = tmp_path_factory.mktemp("희망 케어") / "home"
    with running(home) as instance, instance.database() as connection:
        connection.execute("create table drill_mark (id int primary key)")
    return home


@pytest.fixture(scope="module")
def instance(prepared: Path) -> Iterator[Instance]:
    with running(copy_of(prepared, "matrix")) as instance:
        yield instance


def copy_of(home: Path, name: str) -> Path:
    """`home` again under another name, sockets left out."""
    target = home.with_name(name)
    shutil.copytree(home, target, ignore=shutil.ignore_patterns("run", "lock"))
    return target


class Writer:
    """Writes numbers all the time and remembers which the database confirmed."""

    def __init__(self, instance: Instance) -> None:
        self.instance, self.confirmed, self.stopping = instance, set[int](), threading.Event()
        self.thread = threading.Thread(target=self._write)

    def __enter__(self) -> "Writer":
        self.first = max(kept(self.instance), default=0)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join()

    def _write(self) -> None:
        number = self.first
        while not self.stopping.is_set():
            try:
                with self.instance.database() as connection:
                    while not self.stopping.is_set():
                        number += 1
                        connection.execute("insert into drill_mark values (%s)", (number,))
                        self.confirmed.add(number)
            except psycopg.OperationalError:
                time.sleep(0.1)


def kept(instance: Instance) -> set[int]:
    with instance.database() as connection:
        return {number for (number,) in connection.execute("select id from drill_mark").fetchall()}


@pytest.mark.parametrize("name", sorted(MARKS))
def test_a_killed_process_comes_back_and_nothing_confirmed_is_lost(instance: Instance, name: str) -> None:
    before = instance.find(name)
    with Writer(instance) as writer:
        eventually(lambda: len(writer.confirmed) > 10, PATIENCE)
        os.kill(before, signal.SIGKILL)

        def is_back() -> bool:
            lines = instance.tree()
            return any(MARKS[name] in line and pid != before for pid, line in lines.items()) and before not in lines

        eventually(is_back, PATIENCE, lambda: instance.output[-2000:])
        eventually(lambda: instance.get("/healthz") == 200, PATIENCE, lambda: instance.output[-2000:])
        count = len(writer.confirmed)
        eventually(lambda: len(writer.confirmed) > count + 10, PATIENCE)
    assert writer.confirmed <= kept(instance)
    assert f"{name} ended (killed by SIGKILL); starting it again" in instance.output


def test_everything_is_well_again_afterwards(instance: Instance) -> None:
    eventually(lambda: instance.get("/readyz") == 200, PATIENCE)
    assert instance.get("/") == 200


def test_the_queue_survives_the_broker(instance: Instance) -> None:
    def ask(words: str) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(instance.home.broker_socket))
            connection.sendall(words.encode() + b"\r\n")
            return connection.recv(1000)

    assert ask("RPUSH drill kept").startswith(b":")
    before = instance.find("broker")
    time.sleep(1.1)  # the broker writes its log down once a second
    os.kill(before, signal.SIGKILL)

    def answers() -> bool:
        try:
            return ask("PING") == b"+PONG\r\n"
        except OSError:
            return False

    eventually(lambda: instance.find("broker") not in (0, before) and answers(), PATIENCE)
    assert b"kept" in ask("LRANGE drill 0 -1")


def test_a_killed_worker_of_the_web_is_replaced(instance: Instance) -> None:
    main = instance.find("web")
    workers = [pid for pid, line in instance.tree().items() if MARKS["web"] in line and pid != main]
    os.kill(workers[0], signal.SIGKILL)
    eventually(lambda: instance.get("/healthz") == 200, PATIENCE)
    eventually(
        lambda: len([1 for line in instance.tree().values() if MARKS["web"] in line]) == len(workers) + 1, PATIENCE
    )
    assert instance.find("web") == main


def test_kill_9_of_the_parent_leaves_no_process_and_loses_nothing(prepared: Path) -> None:
    instance = Instance(copy_of(prepared, "orphans"))
    try:
        instance.start()
        with Writer(instance) as writer:
            eventually(lambda: len(writer.confirmed) > 100, PATIENCE)
            family = instance.tree()
            instance.process.kill()  # type: ignore[union-attr]
            instance.process.wait()  # type: ignore[union-attr]
            eventually(lambda: alive(family) == [], 20, lambda: str(alive(family)))
        instance.start()
        assert writer.confirmed <= kept(instance)
    finally:
        end(instance)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_orderly_stop_leaves_no_process(prepared: Path, number: signal.Signals) -> None:
    instance = Instance(copy_of(prepared, number.name))
    instance.start()
    family = instance.tree()
    assert instance.stop(number) == 0
    assert alive(family) == []
    assert instance.output.rstrip().endswith("Hope Care has stopped.")


def test_a_stop_while_starting_is_orderly_too(tmp_path: Path) -> None:
    instance = Instance(tmp_path / "home")
    with pytest.raises(AssertionError, match="ended with 0"):
        threading.Timer(3, lambda: instance.process and instance.process.send_signal(signal.SIGINT)).start()
        instance.start()
    assert "Hope Care has stopped." in instance.output
    instance.start()  # and the half-made instance can be finished
    end(instance)


def test_two_instances_live_side_by_side(prepared: Path) -> None:
    with running(copy_of(prepared, "one")) as one, running(copy_of(prepared, "two")) as two:
        assert (one.get("/healthz"), two.get("/healthz")) == (200, 200)
        with one.database() as connection:
            connection.execute("create table only_here ()")
        with two.database() as connection:
            assert connection.execute("select to_regclass('only_here')").fetchone() == (None,)
        family = one.tree()
        assert one.stop() == 0 and alive(family) == []
        assert two.get("/healthz") == 200
