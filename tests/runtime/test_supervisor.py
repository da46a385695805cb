"""The supervisor with small children of its own: order, restarts, giving up, nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hopecare.runtime import supervisor as supervisors
from hopecare.runtime.supervisor import Child, Failed, Supervisor
from tests.runtime.instances import alive, descendants, eventually

SLEEP = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def said() -> list[str]:
    return []


def watching(supervisor: Supervisor) -> Callable[[], int]:
    """Watch in a thread; the returned function asks it to stop and gives its exit code."""
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(supervisor.watch()))
    thread.start()

    def finish() -> int:
        if thread.is_alive():
            supervisor._on_signal(signal.SIGTERM, None)
        thread.join(20)
        return codes[0]

    return finish


def only_child(name: str) -> int:
    """Id of the one child of this process whose command holds `name`."""
    return next(pid for pid, line in descendants(os.getpid()).items() if name in line)


def runs(word: str, parent: int | None = None) -> bool:
    """A descendant holds `word` and has left the launcher behind."""
    return any(word in line and "child.py" not in line for line in descendants(parent or os.getpid()).values())


def test_the_last_started_stops_first(said: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    farewell = (
        "import signal, sys, time\n"
        "signal.signal(15, lambda *_: (print('bye', flush=True), sys.exit(0)))\n"
        "open(sys.argv[1], 'w').close(); time.sleep(600)"
    )
    supervisor = Supervisor(said.append)
    for name in ("first", "second"):
        up = tmp_path / name
        supervisor.start(Child(name, [sys.executable, "-c", farewell, str(up)], ready=up.exists))
    supervisor.stop()
    time.sleep(0.2)  # the threads that print what children said
    printed = [line.split("|")[0].strip() for line in capfd.readouterr().out.splitlines() if "bye" in line]
    assert printed == ["second", "first"]


def test_a_killed_child_comes_back_and_it_is_said(said: list[str]) -> None:
    supervisor = Supervisor(said.append)
    supervisor.start(Child("program", [*SLEEP, "comes-back"]))
    eventually(lambda: runs("comes-back"))
    first = only_child("comes-back")
    finish = watching(supervisor)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: any("comes-back" in line for pid, line in descendants(os.getpid()).items() if pid != first))
    assert finish() == 0
    supervisor.stop()
    assert said == ["program ended (killed by SIGKILL); starting it again in 0.25 s."]


def test_a_server_that_keeps_dying_ends_everything(said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisors, "MOST_DEATHS_OF_A_SERVER", 2)
    supervisor = Supervisor(said.append)
    supervisor.start(Child("server", ["/bin/sh", "-c", "sleep 0.2; exit 3"], is_server=True))
    assert supervisor.watch() == 1
    supervisor.stop()
    assert said[-1] == "server ended 2 times within a minute; stopping everything."


def test_a_child_that_does_not_come_up_is_named(said: list[str]) -> None:
    supervisor = Supervisor(said.append)
    with pytest.raises(Failed, match=r"early ended while starting \(exit 7\)"):
        supervisor.start(Child("early", ["/bin/sh", "-c", "exit 7"], ready=lambda: False))
    supervisor.stop()


def test_one_that_does_not_listen_is_killed(said: list[str]) -> None:
    deaf = "trap '' TERM; while :; do sleep 0.1; done"
    supervisor = Supervisor(said.append)
    supervisor.start(Child("deaf", ["/bin/sh", "-c", deaf], patience=0.5))
    time.sleep(0.3)
    left = descendants(os.getpid())
    supervisor.stop()
    assert alive({pid: line for pid, line in left.items() if "trap" in line}) == []


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the launcher polls; see child.watch")
def test_children_do_not_survive_a_parent_killed_without_warning() -> None:
    start = (
        "import sys, time\nfrom hopecare.runtime.supervisor import Child, Supervisor\n"
        "child = Child('a', [sys.executable, '-c', 'import time; time.sleep(600)', 'orphan-test'])\n"
        "Supervisor(print).start(child); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", start], cwd=ROOT)
    try:
        eventually(lambda: runs("orphan-test", parent.pid))
        children = descendants(parent.pid)
    finally:
        parent.kill()
        parent.wait()
    eventually(lambda: alive(children) == [], 5)
