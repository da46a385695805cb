"""Keeps the tests' PostgreSQL alive while anybody holds the shared lock: `python -m tests.server_keeper HOME`.

Every test process holds `in-use` shared. The keeper, started by the first one, asks for it exclusively and so waits
until the last one is gone, however it ended: the kernel drops the locks of a process that was killed.
"""

import fcntl
import signal
import subprocess
import sys
from pathlib import Path

from hopecare.runtime.home import Home
from hopecare.runtime.postgres import ENVIRONMENT, FOR_TESTS, Postgres


def server_of(home: Home) -> Postgres:
    return Postgres(home.postgres, home.database_socket_folder, FOR_TESTS)


def main() -> None:
    home = Home(Path(sys.argv[1]))
    server = server_of(home)
    server.prepare()
    with (home.logs / "postgres.log").open("ab") as log, (home.path / "in-use").open("a") as in_use:
        process = subprocess.Popen(
            server.argv(), env=ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        fcntl.flock(in_use, fcntl.LOCK_EX)
        process.send_signal(signal.SIGINT)
        process.wait(30)


if __name__ == "__main__":
    main()
