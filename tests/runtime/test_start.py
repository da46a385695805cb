"""`make run` says what is wrong before it touches anything."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.runtime.instances import FOREIGN, ROOT


def start(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return subprocess.run(
        [sys.executable, "-m", "hopecare.runtime"],
        cwd=ROOT,
        env={**clean, "HOPECARE_HOME": str(home), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_taken_port_is_named_and_the_way_out_too(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = start(tmp_path, PORT=str(port))
    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr and f"make run PORT={port + 1}" in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    done = start(tmp_path, PORT="eighty")
    assert (done.returncode, done.stderr.strip()) == (1, "PORT must be a number between 1 and 65535, not 'eighty'.")


def test_a_demo_is_for_this_machine_only(tmp_path: Path) -> None:
    done = start(tmp_path, HOPECARE_DEMO="1", BIND="0.0.0.0")
    assert done.returncode == 1 and "127.0.0.1 only" in done.stderr


def test_a_home_in_use_is_not_started_twice(tmp_path: Path) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from hopecare.runtime.home import Home\n"
        "with Home(Path(sys.argv[1])).locked():\n    print('held', flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", holder, str(tmp_path)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        done = start(tmp_path)
        other.kill()
    assert done.returncode == 1 and "already runs" in done.stderr and "HOPECARE_HOME" in done.stderr
