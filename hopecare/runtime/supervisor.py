"""Starts processes in order, keeps them alive, stops them in reverse order and leaves none behind.

A child runs in a session of its own (Ctrl-C reaches only us) and below `child.py`, so that even kill -9 of this process
ends it. One that dies is started again after a growing pause; a server that keeps dying ends everything.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from hopecare.runtime import child as child_script

LONGEST_PAUSE = 15.0
#: A child that lived this long (seconds) starts with a clean record.
GOOD_LIFE = 60.0
MOST_DEATHS_OF_A_SERVER = 6


@dataclass(frozen=True)
class Child:
    """One process. `ready` is asked until it says yes; `before` runs before every start, also after a crash."""

    name: str
    #: A function is asked after `before`, at every start.
    argv: Sequence[str] | Callable[[], Sequence[str]]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = Path("/")
    before: Callable[[], None] = lambda: None
    ready: Callable[[], bool] = lambda: True
    stop_signal: signal.Signals = signal.SIGTERM
    #: What it gets when we die without a word. Servers end in order; the others hold nothing that could be lost.
    orphan_signal: signal.Signals = signal.SIGKILL
    patience: float = 15.0
    is_server: bool = False
    #: Lines that hold one of these words are not worth showing.
    quiet: Sequence[str] = ()
    #: False when `argv` already begins with the launcher (it changes the user, too).
    wrap: bool = True

    def command(self) -> list[str]:
        argv = self.argv() if callable(self.argv) else self.argv
        if not self.wrap:
            return list(argv)
        launcher = [sys.executable, "-I", child_script.__file__, "--signal", self.orphan_signal.name, "--"]
        return [*launcher, *argv]


@dataclass
class _Life:
    child: Child
    process: subprocess.Popen[bytes]
    born: float
    deaths: int = 0
    start_again_at: float | None = None


class Stopped(Exception):
    """Somebody asked us to stop while we waited for a child."""


class Failed(Exception):
    """A child did not come up; the words are for the person at the keyboard."""


class Supervisor:
    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._lives: list[_Life] = []
        self._asked_to_stop = 0
        self._wake = threading.Event()
        #: The signal that ended us; empty while nobody asked.
        self.asked_by = ""

    def listen(self) -> None:
        """Take SIGINT, SIGTERM and a closed terminal as "stop"; under nohup the terminal may close."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._asked_to_stop += 1
        self.asked_by = signal.Signals(number).name
        self._wake.set()

    def start(self, *children: Child, timeout: float = 180.0) -> None:
        """Start the children together and wait until all are ready.

        Raises Failed when one ends or is not ready in time, Stopped when a signal came.
        """
        for child in children:
            child.before()
            self._lives.append(_Life(child, self._spawn(child), time.monotonic()))
        deadline = time.monotonic() + timeout
        for life in self._lives[-len(children) :]:
            while not life.child.ready():
                self._pause(0.03)
                if life.process.poll() is not None:
                    raise Failed(f"{life.child.name} ended while starting (exit {life.process.returncode}).")
                if time.monotonic() > deadline:
                    raise Failed(f"{life.child.name} was not ready within {timeout:.0f} seconds.")

    def run_once(self, child: Child) -> None:
        """Run a child to its end, its lines shown as they are. Raises Failed when it fails."""
        process = self._spawn(child, prefix="")
        self._lives.append(_Life(child, process, time.monotonic()))
        try:
            while process.poll() is None:
                self._pause(0.03)
        finally:
            if process.poll() is not None:
                self._lives.pop()
        if process.returncode:
            raise Failed(f"{child.name} failed (exit {process.returncode}).")

    def watch(self) -> int:
        """Keep the children alive until a signal comes (→ 0) or a server cannot be kept alive (→ 1)."""
        while not self._asked_to_stop:
            for life in self._lives:
                if not self._look_after(life):
                    return 1
            self._wake.wait(0.1)
        return 0

    def stop(self) -> None:
        """Last started, first stopped. A second signal shortens everybody's patience."""
        for life in reversed(self._lives):
            if life.process.poll() is None:
                life.process.send_signal(life.child.stop_signal)
                if not self._wait(life):
                    life.process.kill()
                    life.process.wait()
            _end_group(life.process.pid)
        self._lives.clear()

    def _wait(self, life: _Life) -> bool:
        started, before = time.monotonic(), self._asked_to_stop
        while life.process.poll() is None:
            hurried = self._asked_to_stop > max(before, 1)
            if time.monotonic() - started > (1.0 if hurried else life.child.patience):
                return False
            time.sleep(0.02)
        return True

    def _look_after(self, life: _Life) -> bool:
        if life.process.poll() is None:
            return True
        now = time.monotonic()
        if life.start_again_at is None:
            _end_group(life.process.pid)  # what it had forked must not keep its port or its files
            life.deaths = 1 if now - life.born > GOOD_LIFE else life.deaths + 1
            if life.child.is_server and life.deaths >= MOST_DEATHS_OF_A_SERVER:
                self._say(f"{life.child.name} ended {life.deaths} times within a minute; stopping everything.")
                return False
            pause = min(0.25 * 2 ** (life.deaths - 1), LONGEST_PAUSE)
            how = life.process.returncode
            self._say(f"{life.child.name} ended ({_words(how)}); starting it again in {pause:g} s.")
            life.start_again_at = now + pause
        elif now >= life.start_again_at:
            life.child.before()
            life.process, life.born, life.start_again_at = self._spawn(life.child), time.monotonic(), None
        return True

    def _pause(self, seconds: float) -> None:
        if self._asked_to_stop:
            raise Stopped
        self._wake.wait(seconds)

    def _spawn(self, child: Child, prefix: str | None = None) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            child.command(),
            cwd=child.cwd,
            env={**os.environ, **child.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        marked = f"{child.name:<8}| " if prefix is None else prefix
        threading.Thread(target=_pump, args=(process, marked, child.quiet), daemon=True).start()
        return process


def _pump(process: subprocess.Popen[bytes], prefix: str, quiet: Sequence[str]) -> None:
    assert process.stdout is not None
    with process.stdout as lines:
        for line in lines:
            text = line.decode(errors="replace")
            if not any(word in text for word in quiet):
                sys.stdout.write(prefix + text)
                sys.stdout.flush()


def _end_group(leader: int) -> None:
    """What a dead child had forked: its session holds nobody else."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _words(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit {code}"
