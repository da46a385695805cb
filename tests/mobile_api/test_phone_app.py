"""The phone app as it comes: installable, small, and the same for everybody."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from mobile_api.phone import CODE, FILES


@pytest.mark.django_db
def test_the_app_can_be_installed_and_its_first_load_is_small(city: Any, as_: Any) -> None:
    client: Client = as_()
    page = client.get("/m/")
    manifest = client.get("/m/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json" and manifest.json()["scope"] == "/m/"
    assert {icon["sizes"] for icon in manifest.json()["icons"]} == {"192x192", "512x512"}
    worker = client.get("/m/worker.js")
    assert worker["Content-Type"] == "text/javascript" and all(name in worker.content.decode() for name in FILES)
    code = [*re.findall(rb'(?:href|src)="/static/([^"]+\.(?:css|js))"', page.content)]
    paths = [Path(str(finders.find(name.decode()))) for name in code]
    sent = len(gzip.compress(page.content)) + sum(len(gzip.compress(path.read_bytes())) for path in paths)
    assert len(paths) >= 10 and sent <= 150 * 1000
    assert {name.decode() for name in code} - {"css/print.css"} <= set(FILES) and set(CODE) <= set(FILES)
    assert b"script-src 'unsafe" not in page.headers.get("Content-Security-Policy", "").encode()
    assert settings.SESSION_COOKIE_NAME not in page.cookies


@pytest.mark.django_db
def test_what_is_kept_on_a_telephone_names_nobody(city: Any, as_: Any, hana: Any) -> None:
    assert as_(hana).get("/m/").content == as_().get("/m/").content
