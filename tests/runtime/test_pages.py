"""Static files as `make run` collects them: hashed names, no broken address, nothing fetched from outside."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

STYLES = Path(settings.BASE_DIR) / "static"


def test_collectstatic_finds_every_address(
    tmp_path: Path, settings: object, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    manifest = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": manifest}  # type: ignore[attr-defined]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["django_htmx", "guardian"])
    assert re.search(
        r'"vendor/krds/output.css": "vendor/krds/output\.\w+\.css"', (tmp_path / "staticfiles.json").read_text()
    )


def test_styles_fetch_nothing_from_outside() -> None:
    for path in STYLES.rglob("*.css"):
        outside = [found for found in re.findall(r"url\(\s*['\"]?([^'\")]+)", path.read_text()) if "//" in found]
        assert outside == [], path
