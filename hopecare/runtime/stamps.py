"""Whether the code's migrations, data, translations and styles changed since the database and pages were prepared."""

import hashlib
from pathlib import Path

from hopecare.runtime.home import Home

ROOT = Path(__file__).resolve().parent.parent.parent
#: part → the files that it is made of.
_INGREDIENTS = {
    "database": (
        "*/migrations/*.py",
        "hopecare/*/migrations/*.py",
        "hopecare/kernel/data/**/*",
        "hopecare/kernel/grants.py",
        "hopecare/kernel/services/city.py",
        "hopecare/runtime/preparation.py",
        "hopecare/settings.py",
        "requirements.lock",
    ),
    "pages": ("locale/**/*.po", "static/**/*", "hopecare/settings.py", "requirements.lock"),
}


def is_prepared(home: Home, part: str, variant: str) -> bool:
    """True when nothing changed since `mark_prepared`; reads names, sizes and times only."""
    mark = _mark(home, part)
    return mark.exists() and mark.read_text() == _state(home, part, variant)


def mark_prepared(home: Home, part: str, variant: str) -> None:
    _mark(home, part).write_text(_state(home, part, variant))


def forget(home: Home) -> None:
    """After a restore: the database is another one now."""
    for part in _INGREDIENTS:
        _mark(home, part).unlink(missing_ok=True)


def _mark(home: Home, part: str) -> Path:
    return home.stamps / part


def _state(home: Home, part: str, variant: str) -> str:
    digest = hashlib.sha256(variant.encode())
    result = home.postgres / "PG_VERSION" if part == "database" else home.path / "static" / "staticfiles.json"
    digest.update(str(result.stat().st_mtime_ns if result.exists() else 0).encode())
    for pattern in _INGREDIENTS[part]:
        for path in sorted(path for path in ROOT.glob(pattern) if path.is_file()):
            state = path.stat()
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
