"""Lock files: a hash for every package, no registry's address; what they name is what is installed."""

from importlib.metadata import version
from pathlib import Path

import pytest

from scripts.check import LOCKS, lock_problems
from scripts.set_up import is_done, mark_done, stamp_of

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("name", LOCKS)
def test_locks_carry_hashes_and_no_addresses(name: str) -> None:
    assert lock_problems(name, (ROOT / name).read_text()) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.lock", "--index-url https://example.org/simple\n"),
        ("requirements.lock", "django==5.2.19\n"),
        ("package-lock.json", '"node_modules/a": {"version": "1"}'),
        ("package-lock.json", '"node_modules/a": {"resolved": "https://example.org/a.tgz", "integrity": "sha512-x"}'),
    ],
)
def test_a_bad_lock_is_noticed(name: str, text: str) -> None:
    assert lock_problems(name, text)


def test_what_is_locked_is_installed() -> None:
    pins = [
        line.split(" ")[0].split("==")
        for line in (ROOT / "requirements.lock").read_text().splitlines()
        if "==" in line and ";" not in line
    ]
    assert [(name, pin, version(name)) for name, pin in pins if version(name) != pin] == []


def test_a_stamp_fits_only_the_same_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.set_up.STAMPS", tmp_path)
    lock = tmp_path / "some.lock"
    lock.write_text("a==1")
    assert not is_done("Some step", [lock])
    mark_done("Some step", [lock])
    assert is_done("Some step", [lock])
    before = stamp_of([lock])
    lock.write_text("a==2")
    assert stamp_of([lock]) != before and not is_done("Some step", [lock])
