"""Loaded by pytest before Django's settings (see pyproject): decides which database server and home the tests use."""

import os
from pathlib import Path

import pytest

from hopecare.runtime.home import OWNER, WEB, Home, from_environment

if "HOPECARE_TEST_HOME" not in os.environ:  # once, in the first process; those that it starts inherit the answer
    home = Home(from_environment().path / "tests")
    outside = os.environ.get("DATABASE_OWNER_URL", "")
    os.environ["HOPECARE_TEST_HOME"] = os.environ["HOPECARE_HOME"] = str(home.path)
    os.environ["HOPECARE_TEST_OUTSIDE"] = "1" if outside else ""
    os.environ["DATABASE_OWNER_URL"] = outside or home.database_url(OWNER, "postgres")
    if not (outside and os.environ.get("DATABASE_URL")):
        os.environ["DATABASE_URL"] = home.database_url(WEB, "postgres")
    # Playwright's loop runs in the thread of the tests; Django would take every query there for a mistake.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["NAV_COUNT_SECONDS"] = "0"  # a count kept from the test before would be a lie
    for name in ("HOPECARE_DEMO", "DEBUG", "PORT", "BROKER_URL", "SECRET_KEY"):
        os.environ.pop(name, None)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Pages are tested without collectstatic: plain names, served from where the files lie."""
    from django.conf import settings  # noqa: PLC0415 - Django must not be imported before the lines above

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole instances first: begun last they would keep one worker waiting for the other."""
    items.sort(key=lambda item: not item.nodeid.startswith(("tests/journeys/", "tests/runtime/")))
