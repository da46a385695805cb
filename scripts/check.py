"""`make check`: everything a machine can say without running the tests. One line per step, more for a failing one.

`--fix` rewrites what is generated from code (matrices, diagrams, translation catalogues) instead of comparing it.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ["hopecare", "cases", "eligibility", "volunteers", "donations", "mobile_api", "bench", "scripts"]
LOCKS = ["requirements.lock", "locks/uv.lock", "locks/node.lock", "package-lock.json"]
#: Commands that write a paper or catalogue from the code; with --check they compare instead.
GENERATED = ["roles_matrix", "visibility_matrix", "url_matrix", "state_diagrams", "translations", "retention"]
_ADDRESS = re.compile(r"https?://|--(extra-)?index-url|--find-links")


def main() -> int:
    parser = argparse.ArgumentParser(prog="check")
    parser.add_argument("--fix", action="store_true")
    if parser.parse_args().fix:
        return rewrite()
    failed = [title for title, argv in steps() if not step(title, argv)]
    failed += [] if step_locks() else ["locks"]
    failed += migrations_as_owner()
    print(f"check: {'all is well' if not failed else 'look at ' + ', '.join(failed)}", flush=True)
    return 1 if failed else 0


def steps() -> list[tuple[str, list[str]]]:
    python = sys.executable
    generated = [(name.replace("_", " "), [python, "manage.py", name, "--check"]) for name in GENERATED]
    return [
        ("lint", [python, "-m", "ruff", "check", "."]),
        ("format", [python, "-m", "ruff", "format", "--check", "."]),
        ("types", [python, "-m", "mypy", *PACKAGES]),
        ("import map", [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_house_rules.py"]),
        *generated,
    ]


def step(title: str, argv: list[str], environment: dict[str, str] | None = None) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        argv,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return report(title, done.returncode == 0, done.stdout, time.monotonic() - began)


def report(title: str, is_good: bool, words: str, seconds: float) -> bool:
    print(f"  {'ok  ' if is_good else 'FAIL'} {title} ({seconds:.0f} s)", flush=True)
    if not is_good:
        print(words.rstrip(), flush=True)
    return is_good


def step_locks() -> bool:
    """Every pinned package carries a hash and no lock names a registry, so any mirror serves."""
    began, problems = time.monotonic(), []
    for name in LOCKS:
        problems += lock_problems(name, (ROOT / name).read_text())
    return report("locks", not problems, "\n".join(problems), time.monotonic() - began)


def lock_problems(name: str, text: str) -> list[str]:
    problems = [f"{name}: names an address: {line.strip()}" for line in text.splitlines() if _ADDRESS.search(line)]
    if name.endswith(".json"):
        packages = text.count('"node_modules/')
        return problems + (
            [] if text.count('"integrity"') == packages else [f"{name}: a package has no integrity hash"]
        )
    pinned = re.split(r"^(?=[A-Za-z0-9_.-]+==)", text, flags=re.MULTILINE)[1:]
    return problems + [f"{name}: {pin.split()[0]} has no hash" for pin in pinned if "--hash=sha256:" not in pin]


def migrations_as_owner() -> list[str]:
    """All migrations on a new database as an owner that is no superuser; then nothing is missing; then --deploy."""
    with scratch_database() as environment:
        manage = [sys.executable, "manage.py"]
        rows = [
            ("migrations as a plain owner", [*manage, "prepare_database"]),
            ("no migration is missing", [*manage, "makemigrations", "--check", "--dry-run"]),
            ("deployment", [*manage, "check", "--deploy", "--fail-level", "ERROR"]),
        ]
        return [title for title, argv in rows if not step(title, argv, environment)]


@contextmanager
def scratch_database() -> Iterator[dict[str, str]]:
    sys.path.insert(0, str(ROOT))
    import tests.database_plugin  # noqa: F401, PLC0415 - sets the environment that the next import reads
    from tests.database import in_database, the_server  # noqa: PLC0415

    name = f"check_{os.getpid()}"
    server = the_server()
    with server.in_use(), server.empty_database(name):
        addresses = {key: in_database(os.environ[key], name) for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        yield {**addresses, "DJANGO_ALLOW_ASYNC_UNSAFE": ""}


def rewrite() -> int:
    manage = [sys.executable, "manage.py"]
    rows = [(name.replace("_", " "), [*manage, name]) for name in GENERATED if name != "translations"]
    return sum([not step(title, argv) for title, argv in rows])


if __name__ == "__main__":
    sys.exit(main())
