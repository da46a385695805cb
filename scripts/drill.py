"""`make drill`: the long tests, two parts at a time. A part that passed on this state of the code is not run again.

scripts/drill.py [--afresh] [PART …]     # PART = name of a file in tests/drill without test_ and .py
HOPECARE_DRILL_SEED=7 scripts/drill.py hostile kill_at_each_step     # other moments and messages; the default is 1
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "tests" / "drill"
#: These measure their own time; all others run two at a time, the long ones first.
ALONE = ("fresh_clone", "scale_one")
LONG = ("books", "worlds", "kill_at_each_step", "kill_gifts", "kill_matrix", "api_schema")


def main() -> int:
    parser = argparse.ArgumentParser(prog="drill")
    parser.add_argument("--afresh", action="store_true", help="forget what passed before")
    parser.add_argument("parts", nargs="*")
    wanted = parser.parse_args()
    home = Path(os.environ.get("HOPECARE_HOME") or ROOT / ".hopecare") / "drill"
    home.mkdir(parents=True, exist_ok=True)
    began, state = time.monotonic(), state_of_code()
    known = [path.stem.removeprefix("test_") for path in sorted(PARTS.glob("test_*.py"))]
    names = [name for name in wanted.parts or known if wanted.afresh or not passed_before(home / name, state)]
    names.sort(key=lambda name: LONG.index(name) if name in LONG else len(LONG))
    with ThreadPoolExecutor(max_workers=2) as lanes:
        beside = [name for name in names if name not in ALONE]
        ends = dict(zip(beside, lanes.map(lambda name: run(name, home, state), beside), strict=True))
    ends |= {name: run(name, home, state) for name in names if name in ALONE}
    failed = [name for name in names if ends[name] == "FAILED"]
    told = f"failed: {', '.join(failed)}" if failed else "all parts passed"
    print(f"drill: {told}, {time.monotonic() - began:.0f} s", flush=True)
    return 1 if failed else 0


def passed_before(mark: Path, state: str) -> bool:
    before = mark.exists() and mark.read_text() == state
    if before:
        print(f"drill {mark.name}: passed before on this state of the code", flush=True)
    return before


def run(name: str, home: Path, state: str) -> str:
    """One part in a process of its own; its lines bear its name, seeds and figures as they come. How it ended."""
    began = time.monotonic()
    argv = [sys.executable, "-m", "pytest", "-v", "-s", "--color=no", "-o", "faulthandler_timeout=0"]
    process = subprocess.Popen(
        [*argv, f"tests/drill/test_{name}.py"],
        cwd=ROOT,
        env={**os.environ, "HOPECARE_DRILL": "1", "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    for line in process.stdout:
        print(f"{name} | {line}", end="", flush=True)
    end = "FAILED" if process.wait() else "passed"
    print(f"drill {name}: {end} in {time.monotonic() - began:.0f} s", flush=True)
    if end == "passed":
        (home / name).write_text(state)
    return end


def state_of_code() -> str:
    """Commit and uncommitted changes; without git every run counts as new."""
    try:
        parts = [
            subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout
            for words in (["rev-parse", "HEAD"], ["diff", "HEAD"], ["ls-files", "--others", "--exclude-standard"])
        ]
    except (OSError, subprocess.CalledProcessError):
        return f"{time.time()}"
    return hashlib.sha256(b"".join(parts)).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
