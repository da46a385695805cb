"""Test databases: one server for all test processes, a template made once per state of the migrations, a clone each.

Tests connect as the plain role, so that row-level security bites; factories reach past it with `as_owner()`.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection, connections, transaction
from psycopg import sql

from hopecare.runtime.home import OWNER, WEB, Home
from tests.server_keeper import server_of

ROOT = Path(__file__).resolve().parent.parent
#: Whatever changes here changes the template.
INGREDIENTS = (
    "*/migrations/*.py",
    "hopecare/*/migrations/*.py",
    "hopecare/kernel/data/**/*",
    "hopecare/kernel/grants.py",
    "hopecare/kernel/rls.py",
    "hopecare/kernel/together.py",
    "hopecare/privacy/data/retention.yaml",
    "hopecare/privacy/services.py",
    "hopecare/kernel/services/city.py",
    "hopecare/runtime/preparation.py",
    "hopecare/settings.py",
    "requirements.lock",
)
TEMPLATES_KEPT = 3


@contextmanager
def as_owner() -> Iterator[None]:
    """Inside: the owner's rights (no row-level security), in the current transaction or one of its own.

    Only the test cluster lets the plain role do this. A failing block loses the rights with its savepoint.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        before = cursor.fetchone()[0]
        cursor.execute(sql.SQL("set local role {}").format(sql.Identifier(owner_role())))
        yield
        cursor.execute("select set_config('role', %s, true)", [before])


def owner_role() -> str:
    return urlsplit(os.environ["DATABASE_OWNER_URL"]).username or OWNER


def web_role() -> str:
    return urlsplit(os.environ["DATABASE_URL"]).username or WEB


def in_database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{name}"))


@dataclass
class TestServer:
    """The cluster of the tests: our own below `home`, or an outside one when DATABASE_OWNER_URL was given."""

    __test__ = False
    home: Home
    is_outside: bool

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Hold a share in the server; start it when nobody else has. The last holder's end stops it."""
        self.home.make()
        if self.is_outside:
            self._check_outside_roles()
            yield
            return
        with (self.home.path / "in-use").open("a") as share:
            fcntl.flock(share, fcntl.LOCK_SH)
            with self.mutex():
                if not server_of(self.home).ready():
                    self._forget_after_reboot()
                    self._start()
            yield

    def _check_outside_roles(self) -> None:
        """Factories must be able to become the owner; only an administrator of that server can allow it."""
        grant = f'grant "{owner_role()}" to "{web_role()}" with inherit false, set true'
        with self.owner() as admin:
            row = admin.execute("select pg_has_role(%s, %s, 'SET')", (web_role(), owner_role())).fetchone()
            if not row or not row[0]:
                raise RuntimeError(f"On the outside test server an administrator has to say once: {grant}")

    @contextmanager
    def mutex(self) -> Iterator[None]:
        with (self.home.path / "mutex").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _start(self) -> None:
        argv = [sys.executable, "-m", "tests.server_keeper", str(self.home.path)]
        with (self.home.logs / "keeper.log").open("wb") as log:
            keeper = subprocess.Popen(
                argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        server = server_of(self.home)
        deadline = time.monotonic() + 60
        while not server.ready():
            if keeper.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"the test database did not start:\n{(self.home.logs / 'keeper.log').read_text()[-2000:]}"
                )
            time.sleep(0.05)
        keeper.returncode = 0  # it outlives us on purpose
        server.bootstrap(database=None)
        with server.superuser() as admin:
            statement = sql.SQL("grant {} to {} with inherit false, set true")
            admin.execute(statement.format(sql.Identifier(OWNER), sql.Identifier(WEB)))
            # To drop a clone in which somebody is still logging in, and so has no role yet.
            admin.execute(sql.SQL("grant pg_signal_backend to {}").format(sql.Identifier(OWNER)))
            for (name,) in admin.execute("select datname from pg_database where datname like 'clone\\_%'").fetchall():
                admin.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))

    def _forget_after_reboot(self) -> None:
        """Without fsync the files are worth nothing once the machine went down under them."""
        boot = Path("/proc/sys/kernel/random/boot_id")
        mark, now = self.home.path / "boot", boot.read_text() if boot.exists() else ""
        unclean = (self.home.postgres / "postmaster.pid").exists()
        if unclean and mark.exists() and mark.read_text() != now:
            subprocess.run(["rm", "-rf", str(self.home.postgres)], check=True)
        mark.write_text(now)

    @contextmanager
    def empty_database(self, name: str) -> Iterator[None]:
        """A database with nothing in it, owned by the owner; gone afterwards."""
        with self.owner() as admin:
            _drop(admin, name)
            admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        try:
            yield
        finally:
            with self.owner() as admin:
                _drop(admin, name)

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        url = in_database(os.environ["DATABASE_OWNER_URL"], "template1" if not self.is_outside else "postgres")
        with psycopg.connect(url, autocommit=True) as admin:
            yield admin

    @cached_property
    def template(self) -> str:
        """Name of the template database, made when this state of the migrations was never seen."""
        name = f"prepared_{state_of_migrations()}"
        with self.mutex(), self.owner() as admin:
            names = _databases(admin, "prepared\\_%")
            if name not in names:
                self._make_template(admin, name)
                for old in names[: max(0, len(names) - TEMPLATES_KEPT + 1)]:
                    _drop(admin, old)
        return name

    def _make_template(self, admin: psycopg.Connection, name: str) -> None:
        draft = f"draft_{name}"
        _drop(admin, draft)
        admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(draft)))
        done = subprocess.run(
            [sys.executable, "manage.py", "prepare_database"],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_OWNER_URL": in_database(os.environ["DATABASE_OWNER_URL"], draft),
                "DATABASE_URL": in_database(os.environ["DATABASE_URL"], draft),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"the template database could not be prepared:\n{done.stdout}{done.stderr}")
        admin.execute(sql.SQL("alter database {} rename to {}").format(sql.Identifier(draft), sql.Identifier(name)))

    @contextmanager
    def clone(self, name: str = "") -> Iterator[str]:
        """A database of this process alone; gone afterwards."""
        name = name or f"clone_{os.getpid()}"
        self.renew(name)
        try:
            yield name
        finally:
            connections.close_all()
            with self.owner() as admin:
                _drop(admin, name)

    def renew(self, name: str) -> None:
        """Replace the clone by a fresh one; whoever is still connected is cut off."""
        connections.close_all()
        with self.owner() as admin:
            _drop(admin, name)
            clone, web = sql.Identifier(name), sql.Identifier(web_role())
            admin.execute(sql.SQL("create database {} template {}").format(clone, sql.Identifier(self.template)))
            # Rights on a database belong to the cluster and are not copied with it.
            admin.execute(sql.SQL("revoke all on database {} from public").format(clone))
            admin.execute(sql.SQL("grant connect on database {} to {}").format(clone, web))


def the_server() -> TestServer:
    """The server named by tests/database_plugin.py."""
    return TestServer(Home(Path(os.environ["HOPECARE_TEST_HOME"])), bool(os.environ["HOPECARE_TEST_OUTSIDE"]))


def state_of_migrations() -> str:
    digest = hashlib.sha256()
    for pattern in INGREDIENTS:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(ROOT)}".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _databases(admin: psycopg.Connection, pattern: str) -> list[str]:
    query = "select datname from pg_database where datname like %s order by oid"
    return [name for (name,) in admin.execute(query, (pattern,)).fetchall()]


def _drop(admin: psycopg.Connection, name: str) -> None:
    admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
