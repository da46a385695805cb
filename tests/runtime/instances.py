"""A whole Hope Care as a test sees it: started like `make run` does, its processes found, stopped or killed."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import psycopg

from hopecare.runtime.children import free_port
from hopecare.runtime.home import OWNER, Home

ROOT = Path(__file__).resolve().parent.parent.parent
READY = re.compile(r"^Hope Care is ready: (http://127\.0\.0\.1:\d+)$", re.MULTILINE)
#: How a process is known by its command line.
MARKS = {
    "database": "bin/postgres",
    "broker": "valkey-server",
    "web": "granian",
    "worker": " -q worker ",  # PostgreSQL calls some of its own "worker", too
    "beat": " -q beat ",
}
#: Set by the tests themselves; an instance has its own.
FOREIGN = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "BROKER_URL",
    "HOPECARE_HOME",
    "PORT",
    "DJANGO_SETTINGS_MODULE",
    "BIND",
)


class Instance:
    def __init__(self, home: Path, *, port: int = 0, root: Path = ROOT, **environment: str) -> None:
        self.home, self.port, self.root = Home(home), port or free_port(), root
        clean = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.environment = {
            **clean,
            "HOPECARE_HOME": str(home),
            "PORT": str(self.port),
            "HOPECARE_DEMO": "0",
            **environment,
        }
        self.output = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self, *argv: str, timeout: float = 400) -> float:
        """Start and wait for the ready line; the seconds it took."""
        began = time.monotonic()
        self.output = ""
        self.process = subprocess.Popen(
            argv or (sys.executable, "-m", "hopecare.runtime"),
            cwd=self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        eventually(self._is_ready, timeout, lambda: self.output[-3000:])
        return time.monotonic() - began

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.output += line

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode} before it was ready:\n{self.output[-3000:]}")
        return bool(READY.search(self.output))

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def tree(self) -> dict[int, str]:
        """Every process below ours: id → command line."""
        return descendants(self.pid)

    def find(self, name: str) -> int:
        """The child of that name (the outermost process of its kind); 0 while there is none."""
        return min((pid for pid, line in self.tree().items() if MARKS[name] in line), default=0)

    def get(self, path: str = "/healthz") -> int:
        return status_of(f"http://127.0.0.1:{self.port}{path}")

    def stop(self, number: signal.Signals = signal.SIGTERM, timeout: float = 40) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout)

    def database(self) -> psycopg.Connection:
        return psycopg.connect(self.home.database_url(OWNER), autocommit=True)


@contextmanager
def running(home: Path, **options: str) -> Iterator[Instance]:
    instance = Instance(home, **options)  # type: ignore[arg-type]
    try:
        instance.start()
        yield instance
    finally:
        end(instance)


def end(instance: Instance) -> None:
    """Leave nothing behind, whatever the test did."""
    if instance.process and instance.process.poll() is None:
        left = instance.tree()
        try:
            instance.stop()
        except subprocess.TimeoutExpired:
            instance.process.kill()
            for pid in left:
                kill(pid)


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def descendants(root: int) -> dict[int, str]:
    parents = {pid: parent for pid, parent, _ in processes()}
    lines = {pid: line for pid, _, line in processes()}
    found: dict[int, str] = {}
    for pid in sorted(parents):
        above: int | None = parents[pid]
        while above and above != root:
            above = parents.get(above)
        if above == root:
            found[pid] = lines.get(pid, "")
    return found


def processes() -> list[tuple[int, int, str]]:
    """Every process: id, parent, command line. From /proc where there is one: small images come without `ps`."""
    if Path("/proc/self/stat").exists():
        found = (_process(path) for path in Path("/proc").iterdir() if path.name.isdecimal())
        return [row for row in found if row is not None]
    listing = subprocess.run(["ps", "-axwwo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()]
    return [(int(row[0]), int(row[1]), row[2] if len(row) > 2 else "") for row in rows]


def _process(path: Path) -> tuple[int, int, str] | None:
    try:
        name, _, rest = (path / "stat").read_text(errors="replace").rpartition(")")
        line = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:  # it ended meanwhile
        return None
    state, parent = rest.split()[:2]
    return int(path.name), int(parent), line or f"[{name.partition('(')[2]}]{' <defunct>' if state == 'Z' else ''}"


def alive(pids: dict[int, str]) -> list[str]:
    """Those of the given processes that still run (same id and same command line)."""
    now = {pid: line for pid, _, line in processes()}
    return [f"{pid} {line}" for pid, line in pids.items() if now.get(pid) == line and "<defunct>" not in line]


def status_of(url: str) -> int:
    """HTTP status, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return int(answer.status)
    except URLError as error:
        return int(getattr(error, "code", 0))
    except OSError:
        return 0


def eventually(question: Callable[[], object], timeout: float = 30, why: Callable[[], str] = lambda: "") -> None:
    deadline = time.monotonic() + timeout
    while not question():
        assert time.monotonic() < deadline, f"not within {timeout} s. {why()}"
        time.sleep(0.05)
