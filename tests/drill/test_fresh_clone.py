"""A stranger's first hour: clone, `make run`, kill, start again, back up, restore — in an awkward folder."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.instances import ROOT, Instance, alive, end, eventually

COLD_SECONDS, WARM_SECONDS = 240, 8
STRANGER = pwd.getpwnam("nobody").pw_uid
#: Whatever tried the network now would fail.
OFFLINE = {
    **dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"], "http://127.0.0.1:9"),
    **dict.fromkeys(["NO_PROXY", "no_proxy"], "127.0.0.1"),
    "PIP_NO_INDEX": "1",
    "UV_OFFLINE": "1",
    "NPM_CONFIG_OFFLINE": "true",
}


def clone(folder: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    root = clone(tmp_path_factory.mktemp("희망 케어 처음") / "hope care")
    instance = Instance(root / ".hopecare", root=root, HOPECARE_DEMO="1")
    del instance.environment["HOPECARE_HOME"]
    instance.environment.pop("PYTHONPATH", None)
    yield instance
    end(instance)


def test_make_run_from_nothing(fresh: Instance) -> None:
    seconds = fresh.start("make", "run")
    print(f"cold start: {seconds:.1f} s")
    assert fresh.get("/") == 200 and fresh.get("/login/") == 200
    eventually(lambda: "Ctrl-C stops" in fresh.output)
    assert "hana" in fresh.output.split("Hope Care is ready", 1)[1]
    assert seconds <= COLD_SECONDS
    assert (
        subprocess.run(["git", "status", "--porcelain"], cwd=fresh.root, capture_output=True, check=True).stdout == b""
    )


def test_ctrl_c_stops_all_of_it(fresh: Instance) -> None:
    family = fresh.tree()
    os.killpg(fresh.pid, signal.SIGINT)  # a terminal sends it to make and to what make runs
    fresh.process.wait(60)  # type: ignore[union-attr]
    eventually(lambda: alive(family) == [], 30, lambda: str(alive(family)))


def test_the_second_start_is_quick_needs_no_network_and_keeps_the_data(fresh: Instance) -> None:
    fresh.environment.update(OFFLINE)
    seconds = fresh.start("make", "run")
    print(f"warm start: {seconds:.1f} s")
    assert "Setting up" not in fresh.output and "demo city" not in fresh.output
    assert people(fresh) > 100
    assert seconds <= WARM_SECONDS


def people(instance: Instance) -> int:
    with instance.database() as connection:
        row = connection.execute("select count(*) from kernel_person").fetchone()
        assert row is not None
        return int(row[0])


def test_kill_9_of_make_ends_everything_and_a_restart_has_lost_nothing(fresh: Instance) -> None:
    before, family = people(fresh), fresh.tree()
    fresh.process.kill()  # type: ignore[union-attr]
    fresh.process.wait()  # type: ignore[union-attr]
    fresh.start("make", "run")
    assert alive(family) == [] and people(fresh) == before


def test_backup_and_restore_into_an_empty_home(fresh: Instance, tmp_path: Path) -> None:
    archive, home = tmp_path / "hope.tar", tmp_path / "다른 집"
    before = people(fresh)
    manage = [str(fresh.root / ".venv/bin/python"), "manage.py"]
    subprocess.run([*manage, "backup", str(archive)], cwd=fresh.root, env=fresh.environment, check=True)
    other = Instance(home, root=fresh.root, HOPECARE_DEMO="1")
    subprocess.run([*manage, "restore", str(archive)], cwd=fresh.root, env=other.environment, check=True)
    try:
        other.start(manage[0], "-m", "hopecare.runtime")
        assert people(other) == before and other.get("/") == 200
        assert (home / "keys" / "data.json").read_text() == (fresh.home.keys / "data.json").read_text()
    finally:
        end(other)


@pytest.mark.skipif(os.geteuid() != 0, reason="the rest of this drill already ran as an ordinary user")
def test_an_ordinary_user_needs_no_root(tmp_path_factory: pytest.TempPathFactory) -> None:
    python = python_for_everybody()
    folder = Path("/var/tmp") / f"hope care {os.getpid()}"
    instance = Instance(folder / "code" / ".hopecare", root=clone(folder / "code"), PYTHON=python, HOME=str(folder))
    instance.environment.pop("HOPECARE_HOME")
    try:
        subprocess.run(["chown", "-R", f"{STRANGER}:{STRANGER}", str(folder)], check=True)
        instance.environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        instance.start(
            "setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups", "make", "run", f"PYTHON={python}"
        )
        assert instance.get("/") == 200
        assert {os.stat(f"/proc/{pid}").st_uid for pid in instance.tree()} == {STRANGER}
    finally:
        end(instance)
        shutil.rmtree(folder, ignore_errors=True)


def python_for_everybody() -> str:
    """A Python that an ordinary user may run and that can make environments; root's own may lie below a closed home."""
    found = python_with_venv()
    if not found:
        subprocess.run(["apt-get", "install", "-y", "-q", "python3-venv"], check=True, stdin=subprocess.DEVNULL)
        found = python_with_venv()
    assert found, "no Python 3.11 for ordinary users on this machine"
    return found


def python_with_venv() -> str:
    candidates = ["/usr/local/bin/python3", "/usr/bin/python3", sys._base_executable]  # type: ignore[attr-defined]
    as_stranger = ["setpriv", f"--reuid={STRANGER}", f"--regid={STRANGER}", "--clear-groups"]
    probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
    for path in candidates:
        if (
            os.path.exists(path)
            and subprocess.run([*as_stranger, path, "-c", probe], cwd="/", check=False).returncode == 0
        ):
            return str(path)
    return ""
