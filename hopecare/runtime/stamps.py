"""Whether the code's migrations, data, translations and styles changed since the database and pages were prepared."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from hopecare.runtime.home import Home

ROOT = Path(__file__).resolve().parent.parent.parent
_INGREDIENTS = (
    "*/migrations/*.py",
    "hopecare/*/migrations/*.py",
    "hopecare/kernel/data/*",
    "hopecare/kernel/*.py",
    "hopecare/kernel/services/*.py",
    "hopecare/runtime/preparation.py",
    "hopecare/settings.py",
    "eligibility/parameters/**/*",
    "locale/**/*.po",
    "static/**/*",
    "requirements.lock",
)


def is_prepared(home: Home, variant: str) -> bool:
    """True when nothing changed since `mark_prepared`; reads names, sizes and times only."""
    mark = _mark(home)
    return mark.exists() and mark.read_text() == _state(home, variant)


def mark_prepared(home: Home, variant: str) -> None:
    _mark(home).write_text(_state(home, variant))


def forget(home: Home) -> None:
    """After a restore: the database is another one now."""
    _mark(home).unlink(missing_ok=True)


def _mark(home: Home) -> Path:
    return home.stamps / "prepared"


def _state(home: Home, variant: str) -> str:
    digest = hashlib.sha256(variant.encode())
    for path in (home.postgres / "PG_VERSION", home.path / "static" / "staticfiles.json"):
        digest.update(str(path.stat().st_ino if path.exists() else 0).encode())
    for path in _files():
        state = path.stat()
        digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for pattern in _INGREDIENTS:
        yield from sorted(path for path in ROOT.glob(pattern) if path.is_file())
