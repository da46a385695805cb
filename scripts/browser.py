"""Finds a Chromium for the browser tests, or installs one: Debian's package as root, Playwright's own build elsewhere.

    .venv/bin/python scripts/browser.py     # prints its path

The build without windows, `chromium-headless-shell`, comes first: it loads a page for half the work and is the one
that Playwright takes by itself. A whole Chromium is as good.

Never skipped in silence: without a browser this fails and says what to do.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELL = "chromium-headless-shell"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: Where Playwright puts its builds.
SHELLS = ("chromium_headless_shell-*/*/chrome-headless-shell", "chromium_headless_shell-*/*/headless_shell")
WHOLE = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium")
ADVICE = (
    "No browser for the tests. Install chromium (Debian: sudo apt-get install chromium) or set CHROMIUM=/path/to/it."
)


class NoBrowserError(Exception):
    """There is no browser and none could be installed."""


def found() -> str | None:
    """A path, or None. CHROMIUM wins over what the machine has."""
    candidates = [
        os.environ.get("CHROMIUM", ""),
        shutil.which(SHELL) or "",
        *_builds(SHELLS),
        *(shutil.which(name) or "" for name in NAMES),
        *MAC,
        *_builds(WHOLE),
    ]
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


def ensure() -> str:
    """Path of a browser, installed when there was none. Raises NoBrowserError."""
    if path := found():
        return path
    print("  Browser for the tests …", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        _try(["apt-get", "update", "-q"], quiet)
        for name in (SHELL, "chromium"):
            if not found():
                _try(["apt-get", "install", "-y", "-q", "--no-install-recommends", name, "fonts-noto-cjk"], quiet)
    else:
        python = Path(__file__).resolve().parent.parent / ".venv" / "bin" / "python"
        _try([str(python), "-m", "playwright", "install", "--only-shell", "chromium"], dict(os.environ))
    if path := found():
        return path
    raise NoBrowserError(ADVICE)


def _builds(patterns: tuple[str, ...]) -> list[str]:
    """What Playwright has installed, the newest first."""
    default = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache") / "ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    return [str(path) for pattern in patterns for path in sorted(folder.glob(pattern), reverse=True)]


def _try(argv: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        argv,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        print("\n".join(done.stdout.splitlines()[-15:]), file=sys.stderr)


if __name__ == "__main__":
    try:
        print(f"  Browser: {ensure()}")
    except NoBrowserError as problem:
        sys.exit(str(problem))
