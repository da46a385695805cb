"""/healthz, /readyz and /metrics as outside programs rely on them."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

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
