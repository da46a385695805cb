"""`make drill`: the long tests, part by part. A part that passed on this state of the code is not run again.

scripts/drill.py [--afresh] [PART …]     # PART = name of a file in tests/drill without test_ and .py
HOPECARE_DRILL_SEED=7 scripts/drill.py hostile kill_at_each_step     # other moments and messages; the default is 1
"""

import argparse
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "tests" / "drill"
#: Parts of many independent tests that start no instance: two at a time, each in a database of its own.
SIDE_BY_SIDE = {"books"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="drill")
    parser.add_argument("--afresh", action="store_true", help="forget what passed before")
    parser.add_argument("parts", nargs="*")
    wanted = parser.parse_args()
    home = Path(os.environ.get("HOPECARE_HOME") or ROOT / ".hopecare") / "drill"
    home.mkdir(parents=True, exist_ok=True)
    state, failed = state_of_code(), []
    known = {path.stem.removeprefix("test_"): path for path in sorted(PARTS.glob("test_*.py"))}
    for name in wanted.parts or known:
        mark = home / name
        if mark.exists() and mark.read_text() == state and not wanted.afresh:
            print(f"drill {name}: passed before on this state of the code", flush=True)
            continue
        began = time.monotonic()
        argv = [
            sys.executable,
            "-m",
            "pytest",
            "-v",
            "-s",  # seeds and figures are told as they come
            "--color=no",
            "-o",
            "faulthandler_timeout=0",
            *(("-n", "2") if name in SIDE_BY_SIDE else ()),
            str(known[name].relative_to(ROOT)),
        ]
        code = subprocess.run(argv, cwd=ROOT, env={**os.environ, "HOPECARE_DRILL": "1"}, check=False).returncode
        print(f"drill {name}: {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
        if code == 0:
            mark.write_text(state)
        else:
            failed.append(name)
    print(f"drill: {'all parts passed' if not failed else 'failed: ' + ', '.join(failed)}", flush=True)
    return 1 if failed else 0


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
