"""What every page knows: the city, its telephone and help lines. Read once a process, not once a page."""

from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.http import HttpRequest

from hopecare.kernel.models import City, HelpLine


@cache
def _city() -> City | None:
    return City.objects.first()


@cache
def _help_lines() -> tuple[HelpLine, ...]:
    return tuple(HelpLine.objects.all())


_versions = count(1)
_version = next(_versions)


def city_version() -> int:
    """Changes whenever this process was told that the city changed; what is kept of the city elsewhere asks for it."""
    return _version


def forget_city() -> None:
    """Read the city again: after `load_city`, and between test databases."""
    global _version
    _version = next(_versions)
    _city.cache_clear()
    _help_lines.cache_clear()


def remembered_city() -> City | None:
    """The city without asking a database that may be down: what an earlier page read, else the city's own file."""
    if _city.cache_info().currsize:
        return _city()
    path = Path(__file__).parent / "data" / "cities" / f"{settings.HOPECARE_CITY}.yaml"
    return City(**yaml.safe_load(path.read_text())["city"]) if path.exists() else None


def city(request: HttpRequest) -> dict[str, Any]:
    if _city() is None:
        forget_city()  # not loaded yet: another process may load it at any moment
    return {
        "city": _city(),
        "help_lines": _help_lines(),
        "viewer": getattr(request, "viewer", None),
        "demo": settings.HOPECARE_DEMO,
        "contrast": request.COOKIES.get("contrast", ""),
        "type_size": request.COOKIES.get("type_size", ""),
    }
