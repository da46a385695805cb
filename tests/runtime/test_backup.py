"""Backup and restore between two databases of the test server; the embedded servers' round trip is in the drill."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.database import TestServer, in_database
from tests.runtime.instances import ROOT


def manage(home: Path, database: str, *words: str) -> subprocess.CompletedProcess[str]:
    addresses = {name: in_database(os.environ[name], database) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, **addresses, "HOPECARE_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


TABLES = (
    "select oid::regclass::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
)


def rows(database: str) -> dict[str, int]:
    """Table → number of rows, as the owner sees them."""
    with psycopg.connect(in_database(os.environ["DATABASE_OWNER_URL"], database)) as connection:
        found = {}
        for (name,) in connection.execute(TABLES).fetchall():
            found[name] = connection.execute(sql.SQL("select count(*) from ") + sql.SQL(name)).fetchall()[0][0]
        return found


@pytest.mark.django_db(transaction=True)
def test_database_files_and_keys_come_back_together(test_server: TestServer, tmp_path: Path) -> None:
    before, after, archive = tmp_path / "before", tmp_path / "after", tmp_path / "hope.tar"
    (before / "files" / "ab").mkdir(parents=True)
    (before / "files" / "ab" / "photo").write_bytes(b"room, not people")
    source = f"clone_{os.getpid()}"
    done = manage(before, source, "backup", str(archive))
    assert done.returncode == 0, done.stderr
    assert oct(archive.stat().st_mode & 0o777) == "0o600"
    keys = {path.name: path.read_text() for path in (before / "keys").iterdir()}
    target = f"restored_{os.getpid()}"
    with test_server.empty_database(target):
        done = manage(after, target, "restore", str(archive))
        assert done.returncode == 0, done.stdout + done.stderr
        assert rows(target) == rows(source)
        again = manage(after, target, "restore", str(archive))
        assert again.returncode == 1 and "not empty" in again.stderr
    assert {path.name: path.read_text() for path in (after / "keys").iterdir()} == keys
    assert (after / "files" / "ab" / "photo").read_bytes() == b"room, not people"
    assert oct((after / "keys" / "django").stat().st_mode & 0o777) == "0o600"


def test_a_damaged_archive_is_refused(test_server: TestServer, tmp_path: Path) -> None:
    archive, part = tmp_path / "bad.tar", tmp_path / "database.dump"
    part.write_text("not a dump")
    (tmp_path / "about.json").write_text('{"format": 1, "at": "2026-11-23", "sha256": "0"}')
    with tarfile.open(archive, "w") as tar:
        for name in ("about.json", "database.dump"):
            tar.add(tmp_path / name, name)
    target = f"damaged_{os.getpid()}"
    with test_server.empty_database(target):
        done = manage(tmp_path / "home", target, "restore", str(archive))
        assert done.returncode == 1 and "damaged" in done.stderr
        assert rows(target) == {}
