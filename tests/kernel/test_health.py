"""/healthz, /readyz and /metrics as outside programs rely on them."""

import json
import logging
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client

from hopecare.kernel import logs
from hopecare.kernel.health import register_figure
from hopecare.kernel.pulse import give_sign

As = Callable[..., Client]


@pytest.fixture
def dead_database(db: None) -> Iterator[None]:
    """The server is gone: every new connection is refused."""
    connection.close()
    before = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
    connection.settings_dict.update(HOST="127.0.0.1", PORT="1")
    yield
    connection.settings_dict.update(HOST=before[0], PORT=before[1])
    connection.close()


def test_alive(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_ready_says_every_part_and_missing_helpers_are_degraded_only(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True
    assert answer.json()["parts"] == {
        "database": "ok",
        "broker": "degraded",
        "migrations": "ok",
        "worker": "degraded",
        "beat": "degraded",
    }


@pytest.mark.django_db(transaction=True)
def test_signs_of_life(client: Client) -> None:
    give_sign("worker")
    give_sign("beat")
    parts = client.get("/readyz").json()["parts"]
    assert (parts["worker"], parts["beat"]) == ("ok", "ok")


@pytest.mark.django_db(transaction=True)
def test_without_a_database_machines_and_people_are_told(dead_database: None, client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ok"], answer.json()["parts"]["database"]) == (503, False, "down")
    assert client.get("/healthz").status_code == 200
    client.cookies["hopecare_8000"] = "a-session"
    client.raise_request_exception = False
    for path in ("/", "/login/", "/desk/colleagues/", "/me/"):
        page = client.get(path)
        assert page.status_code == 503, path
        assert "031-000-" in page.content.decode()


@pytest.mark.django_db
def test_figures_are_for_this_machine_only(client: Client) -> None:
    register_figure("hopecare_test_figure", "for the test", lambda: 3)
    text = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    assert "hopecare_ok 1\n" in text
    assert "hopecare_test_figure 3\n" in text
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert (
        client.get("/metrics", REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 404
    )


def test_log_lines_bear_the_request_and_nobodys_data() -> None:
    told = (
        "Not Found: /o/Zm9v/ +821000000042 010-0000-0042 480302-2000000 a@b.kr Bearer ey.J\nDETAIL: Key (name)=(윤순덕)"
    )
    record = logging.LogRecord("django.request", logging.WARNING, "x.py", 1, told, (), None)
    logs.RequestIdFilter().filter(record)
    lines = [logs.LineFormatter("[%(request_id)s] %(message)s").format(record), logs.JsonFormatter().format(record)]
    for secret in ("Zm9v", "0000", "2000000", "a@b.kr", "ey.J", "윤순덕"):
        assert not any(secret in line for line in lines), secret
    kept = logs.JsonFormatter().format(logging.LogRecord("a", 30, "x.py", 1, "case 2026-000417 at 14:00:05", (), None))
    assert json.loads(kept)["message"] == "case 2026-000417 at 14:00:05"


def test_what_the_worker_does_bears_the_id_of_the_request_that_asked() -> None:
    token = logs.request_id.set("abcdef0123456789")
    headers: dict[str, str] = {}
    logs.send_along(headers=headers)
    logs.request_id.set("-")
    logs.take_up(task=SimpleNamespace(request=SimpleNamespace(**headers)), task_id="other")
    assert logs.request_id.get() == "abcdef0123456789"
    logs.take_up(task=SimpleNamespace(request=SimpleNamespace()), task_id="clock-begun-task-id")
    assert logs.request_id.get() == "clock-begun-task"
    logs.request_id.reset(token)
