"""Settings read from the environment, typed, with defaults that run without any .env file."""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from hopecare.runtime import home

#: Commands that create, change or fill tables. Everything else runs as the plain role of DATABASE_URL.
OWNER_COMMANDS = frozenset(
    {
        "prepare_database",
        "migrate",
        "seed_city",
        "load_city",
        "apply_retention",
        "load_giving",
        "apply_roles",
        "restore",
        "backup",
        "rotate_keys",
        "makemigrations",
    }
)

#: A statement is prepared when its code says so (kernel.statements) and never for having come often. Django's usual
#: "no threshold" would refuse even those.
NEVER_BY_ITSELF = 2**31


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off and empty.

    Raises ImproperlyConfigured for anything else, because a mistyped switch must not silently mean "off".
    """
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in {"1", "true", "yes", "on"}:
        return True
    if value.strip().lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")


def number(name: str, default: int) -> int:
    value = os.environ.get(name, "")
    if not value:
        return default
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}") from error


def words(name: str, default: str = "") -> list[str]:
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]


def folder(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).expanduser().resolve()


def database(url: str) -> dict[str, Any]:
    """A Django DATABASES entry from `postgresql://user:password@host:port/name?host=/socket/folder&port=5432`."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// — Hope Care runs on PostgreSQL only")
    query = dict(parse_qsl(parts.query))
    host = query.pop("host", "") or (parts.hostname or "")
    port = query.pop("port", "") or (str(parts.port) if parts.port else "")
    return {
        "ENGINE": "hopecare.kernel.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"prepare_threshold": NEVER_BY_ITSELF, **query},
    }


def database_url() -> str:
    """The owner's URL for commands that change tables (DATABASE_OWNER_URL), the plain role's for all others."""
    command = sys.argv[1] if len(sys.argv) > 1 and sys.argv[0].endswith("manage.py") else ""
    if command in OWNER_COMMANDS:
        return owner_url()
    return text("DATABASE_URL") or home.from_environment().database_url(home.WEB)


def owner_url() -> str:
    """DATABASE_OWNER_URL; with neither address given, the embedded server's."""
    if text("DATABASE_OWNER_URL") or not text("DATABASE_URL"):
        return text("DATABASE_OWNER_URL") or home.from_environment().database_url(home.OWNER)
    raise ImproperlyConfigured("DATABASE_URL is set without DATABASE_OWNER_URL, and this command changes tables")


def broker_url() -> str:
    return text("BROKER_URL") or home.from_environment().broker_url()
