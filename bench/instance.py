"""A real instance for the benchmarks: seeded once per scale below bench/results, started as `make run` starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hopecare.runtime import children, postgres
from hopecare.runtime.children import Instance, free_port
from hopecare.runtime.home import OWNER, Home
from hopecare.runtime.stamps import ROOT
from hopecare.runtime.supervisor import Child, Supervisor

RESULTS = ROOT / "bench" / "results"
EXCEPTIONS = 200


@dataclass
class Bench:
    """One scale: its home, the seeding times, and how to look into its database."""

    scale: float
    home: Home
    seed_seconds: dict[str, float]

    @contextmanager
    def owner(self) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        with psycopg.connect(self.home.database_url(OWNER)) as connection:
            yield connection


def _say(words: str) -> None:
    print(f"  {words}", file=sys.stderr, flush=True)


def _instance(home: Home, port: int) -> Instance:
    clean = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "BROKER_URL"}}
    return Instance(home, port, True, "127.0.0.1", {**clean, "HOPECARE_HOME": str(home.path)})


def seeded(scale: float) -> Bench:
    """The bench of this scale, seeded when it is missing; an older one is thrown away by deleting its folder.

    GIVERS in the environment gives givers and their books a scale of their own.
    """
    givers = os.environ.get("GIVERS", "")
    home = Home(RESULTS / (f"home-{scale:g}-givers-{float(givers):g}" if givers else f"home-{scale:g}"))
    note = home.path / "seeded.json"
    if not note.exists():
        note.write_text(json.dumps(_seed(home, scale, givers)))
    return Bench(scale, home, json.loads(note.read_text()))


def _seed(home: Home, scale: float, givers: str) -> dict[str, float]:
    home.make()
    instance, supervisor = _instance(home, free_port()), Supervisor(_say)
    try:
        supervisor.start(*children.servers(instance))
        postgres.Postgres(home.postgres, home.database_socket_folder).bootstrap()
        env = {**os.environ, **instance.common(), "DATABASE_OWNER_URL": instance.owner_url}
        prepare = Child(
            "prepare",
            [sys.executable, "manage.py", "prepare_database", "--part", "database", "--part", "pages"],
            env,
            cwd=ROOT,
        )
        supervisor.run_once(prepare)
        _say(f"seeding scale {scale:g} …")
        start = time.monotonic()
        done = subprocess.run(
            [
                sys.executable,
                "manage.py",
                "seed_city",
                "--scale",
                str(scale),
                *(["--givers", givers] if givers else []),
            ],
            env=env,
            cwd=ROOT,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        seconds = {
            name.strip(): float(value) for name, value in re.findall(r"^\s*(.+?) … ([\d.]+) s$", done.stdout, re.M)
        }
        _grant_exceptions(instance.owner_url)
        return {**seconds, "total": time.monotonic() - start}
    finally:
        supervisor.stop()


def _grant_exceptions(owner_url: str) -> None:
    """Hana is the worker with few rights: one team and 200 single cases of other zones."""
    with psycopg.connect(owner_url) as connection:
        connection.execute(
            "insert into cases_casegrant (user_id, permission_id, content_object_id, reason, granted_at)"
            " select u.id, p.id, c.id, 'bench', now() from kernel_user u, auth_permission p,"
            " (select id from cases_case where team_id not in"
            "   (select m.team_id from kernel_teammembership m join kernel_user h on h.id = m.user_id"
            "    where h.username = 'hana')"
            "  order by id limit %s) c"
            " where u.username = 'hana' and p.codename = 'view_case'",
            [EXCEPTIONS],
        )
        connection.execute("analyze cases_casegrant")


@dataclass
class Running:
    bench: Bench
    port: int
    process: "subprocess.Popen[str]"
    start_seconds: float

    def manage(self, *command: str) -> str:
        """What `manage.py COMMAND` says, run as the plain role beside the instance."""
        env = {**os.environ, **_instance(self.bench.home, self.port).common()}
        argv = [sys.executable, "manage.py", *command]
        done = subprocess.run(argv, env=env, cwd=ROOT, text=True, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return done.stdout

    def pss_mb(self) -> float:
        """Proportional memory of every process of the instance, in MB (10^6 bytes)."""
        total = 0
        for pid in _tree(self.process.pid):
            try:
                rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            total += int(rollup.split("Pss:")[1].split()[0]) * 1024
        return total / 1e6


@contextmanager
def running(bench: Bench) -> Iterator[Running]:
    """The whole instance (servers, stand-in, web, worker, beat) until the block ends."""
    port = free_port()
    env = {**_instance(bench.home, port).environment, "PORT": str(port), "HOPECARE_DEMO": "1"}
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "hopecare.runtime"],
        env=env,
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        assert process.stdout is not None
        seen = []
        for line in process.stdout:
            seen.append(line)
            if line.startswith("Hope Care is ready"):
                break
        else:
            raise RuntimeError("the instance did not start:\n" + "".join(seen[-20:]))
        _drain(process, bench.home.logs / "bench.log")
        yield Running(bench, port, process, time.monotonic() - start)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _drain(process: "subprocess.Popen[str]", log: Path) -> None:
    """Keep the pipe empty, or the instance stands still once it is full."""

    def pump() -> None:
        assert process.stdout is not None
        with log.open("w") as handle:
            for line in process.stdout:
                handle.write(line)

    threading.Thread(target=pump, daemon=True).start()


def _tree(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        queue.extend(parents.get(pid, []))
    return found
