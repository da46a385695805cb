"""Where an instance keeps what is its own: one folder (HOPECARE_HOME), and a short one for its sockets.

Imported by the settings and by processes that never load Django, so it needs the standard library only.
"""

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

OWNER = "hopecare_owner"
WEB = "hopecare_web"
DATABASE = "hopecare"

#: sockaddr_un holds 104 (macOS) or 108 bytes; the longest name we put below is `.s.PGSQL.5432.lock`.
_LONGEST_SOCKET_FOLDER = 80
#: What every client can write in a socket address without quoting: libpq, kombu, redis-py.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+\Z")


class HomeError(Exception):
    """The folder cannot be used; the words are for the person at the keyboard."""


@dataclass(frozen=True)
class Home:
    """Paths of one instance. `path` is absolute; nothing is created until `make()`."""

    path: Path

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        return self.path / "valkey"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def stamps(self) -> Path:
        return self.path / "stamps"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def sockets(self) -> Path:
        """`run` below the home; when that path is long or not plain, a folder in the temporary directory."""
        below = self.path / "run"
        if _PLAIN_PATH.match(str(below)) and len(str(below)) <= _LONGEST_SOCKET_FOLDER:
            return below
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(_plain_temporary_folder()) / f"hopecare-{os.getuid()}-{digest}"

    @property
    def database_socket_folder(self) -> Path:
        """A folder of its own: PostgreSQL may run as another system user and then owns it."""
        return self.sockets / "db"

    @property
    def broker_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def make(self) -> None:
        """Create the folders, closed to everybody else.

        Raises HomeError when somebody else owns the socket folder (anybody may write to the temporary directory).
        """
        for folder in (self.path, self.valkey, self.keys, self.files, self.stamps, self.logs, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = self.sockets.lstat()
        if self.sockets.is_symlink() or state.st_uid != os.getuid():
            raise HomeError(f"{self.sockets} belongs to somebody else; remove it or choose another HOPECARE_HOME.")
        self.sockets.chmod(0o700)

    def database_url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={quote(str(self.database_socket_folder), safe='/')}&port=5432"

    def broker_url(self) -> str:
        return f"redis+socket://{self.broker_socket}"

    @contextmanager
    def locked(self, *, wait: bool = False) -> Iterator[bool]:
        """Hold this home for one supervisor. Yields False when another holds it (and `wait` is off)."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / "lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
                return
            yield True


def _plain_temporary_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if _PLAIN_PATH.match(folder) and len(folder) < _LONGEST_SOCKET_FOLDER - 40 else "/tmp"


def from_environment() -> Home:
    """The home named by HOPECARE_HOME, by default `.hopecare` beside the code."""
    beside_the_code = Path(__file__).resolve().parent.parent.parent / ".hopecare"
    return Home(Path(os.environ.get("HOPECARE_HOME") or beside_the_code).expanduser().resolve())
