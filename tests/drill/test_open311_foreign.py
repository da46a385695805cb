"""Two Open311 clients written by others, as published, against this city: `georeport` 0.3.1 and `three` 0.8.0.

They are installed with their hashes into an environment of their own; without PyPI the test fails and says so.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cases.models import PlaceRequest
from tests.cases.report_kit import picture
from tests.database import as_owner
from tests.mobile_api.test_open311 import KEY

ROOT = Path(__file__).resolve().parent.parent.parent
RUNNER = Path(__file__).with_name("foreign_open311.py")
CITY = "namyangju"
CLIENTS = """\
georeport==0.3.1 --hash=sha256:e76c4932a3a496aa7eb31a0b533b18b037dd3db696230e00ae3538fc6889d3f7
xmltodict==0.14.2 --hash=sha256:20cc7d723ed729276e808f26fb6b3599f786cbc37e06c65e192ba77c40f20aac
three==0.8.0 --hash=sha256:a398a453bec04014cbc68c05b79fd535663b158ca06e13fc0deb98b629dbc84c
"""
#: What both need beside themselves, in the versions and with the hashes of our own lock.
BESIDE = ("requests", "certifi", "charset-normalizer", "idna", "urllib3")


def locked(name: str) -> str:
    found = re.search(rf"^{name}==.+?(?=^\S)", (ROOT / "requirements.lock").read_text(), re.MULTILINE | re.DOTALL)
    assert found, name
    return found[0]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Another Python with the clients alone."""
    home, wanted = tmp_path / "clients", tmp_path / "clients.txt"
    wanted.write_text(CLIENTS + "".join(locked(name) for name in BESIDE))
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, timeout=120)
    found = home / "bin" / "python"
    command = [str(found), "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", str(wanted)]
    made = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert made.returncode == 0, f"PyPI was not reached, or gave something else:\n{made.stderr[-2000:]}"
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("D3")
def test_clients_written_by_others_work_unchanged(
    city: Any, live_server: Any, settings: Any, python: Path, tmp_path: Path
) -> None:
    settings.OPEN311_KEYS, settings.PUBLIC_URL = [KEY], live_server.url
    photo = tmp_path / "ice.jpg"
    photo.write_bytes(picture())
    command = [str(python), str(RUNNER), live_server.url, KEY, CITY, str(photo)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert run.returncode == 0, run.stderr[-3000:]
    told = json.loads(run.stdout)
    number = told["posted"][0]
    assert told["formats"] == ["application/json", "text/xml"] and told["refused"][0]["code"] == 403
    assert [row["service_request_id"] for row in told["one"]] == [number] == [told["token"][0]["service_request_id"]]
    assert {row["service_request_id"] for row in told["span"]} == set(told["posted"])
    assert [row["service_request_id"] for row in told["of_kind"]] == told["posted"][1:]
    for kind in ("json", "xml"):
        read = told[kind]
        assert [row["service_code"] for row in read["services"]] == [row["service_code"] for row in told["services"]]
        assert read["definition"]["service_code"] == "broken_ramp" and len(_rows(read["all"])) == 2
        assert [row["service_request_id"] for row in (*_rows(read["wanted"]), *_rows(read["one"]))] == [number] * 2
    with as_owner():
        assert [bool(row.photo_id) for row in PlaceRequest.objects.order_by("pk")] == [False, True]
    assert "Zach" not in run.stdout and "handrail is loose" not in run.stdout


def _rows(found: Any) -> list[dict[str, Any]]:
    """In XML one entry alone comes without its list."""
    return found if isinstance(found, list) else [found]
