"""News for partners: signed, tried again, played again; ids and states alone, another id for each partner."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml
from django.test import Client

from hopecare.kernel import clock
from hopecare.messaging.gateway import hooks
from hopecare.messaging.models import WebhookCall
from hopecare.messaging.services import webhooks
from mobile_api.wiring import tell_partners
from tests.cases.desk_kit import make_report
from tests.cast import NOW, Actor
from tests.database import as_owner

SECRET = "a-secret-of-the-first-partner-0123456789"
pytestmark = pytest.mark.django_db


class Partner:
    """A partner's system: answers with `status`, remembers what came."""

    def __init__(self) -> None:
        outer, self.came, self.status = self, [], 200  # type: ignore[var-annotated]

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.came.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def partner(city: Any, settings: Any, tmp_path: Path) -> Iterator[Partner]:
    one = Partner()
    settings.HOPECARE_DEMO = True
    names = ["report.received", "case.closed"]
    rows = [
        {"code": "first", "url": one.url, "secret": SECRET, "organisation": "east_centre", "names": names},
        {"code": "second", "url": one.url, "secret": SECRET[::-1], "organisation": "east_centre", "names": names},
        {"code": "north", "url": one.url, "secret": SECRET, "organisation": "north_centre", "names": names},
    ]
    path = tmp_path / "partners.yaml"
    path.write_text(yaml.safe_dump({"partners": rows}))
    settings.PARTNER_WEBHOOKS = str(path)
    yield one
    one.server.shutdown()
    one.server.server_close()


def calls() -> list[WebhookCall]:
    with as_owner():
        return list(WebhookCall.objects.order_by("pk"))


def test_each_partner_hears_its_own_centres_news_signed_and_without_anybodys_data(partner: Partner) -> None:
    report = make_report(words="사흘째 불이 안 켜졌어요", reporter_name="배미소")
    tell_partners("report.received")({"report": report.pk})
    assert [call.partner for call in calls()] == ["first", "second"]
    assert webhooks.send_due() == 2 and webhooks.send_due() == 0
    (headers, body), (_, other) = partner.came
    told = json.loads(body)
    assert set(told) == {"event", "type", "at", "id", "state"} and told["state"] == "received"
    assert told["id"] != json.loads(other)["id"] and report.code not in body.decode()
    moment, signed = (part.split("=")[1] for part in headers[hooks.SIGNATURE].split(","))
    assert signed == hmac.new(SECRET.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [500, 302, 410])
def test_what_was_not_taken_goes_out_again_later_and_at_last_waits_for_a_person(partner: Partner, status: int) -> None:
    partner.status = status
    webhooks.tell(name="case.closed", organisation="north_centre", kind="case", pk=7, state="closed")
    moment = NOW
    for pause in (timedelta(), *webhooks.PAUSES):
        moment += pause
        with clock.pinned(moment - timedelta(seconds=1)):
            assert webhooks.send_due() == 0
        with clock.pinned(moment):
            webhooks.send_due()
    assert len(partner.came) == len(webhooks.PAUSES) + 1 and calls()[0].next_attempt_at is None
    assert [(row.partner, row.given_up) for row in webhooks.standing()] == [("north", 1)]
    partner.status = 204
    assert webhooks.replay(partner="north", since=NOW) == 1 and webhooks.send_due() == 1
    assert len({json.loads(body)["event"] for _, body in partner.came}) == 1


def test_a_file_that_cannot_be_meant_is_refused(partner: Partner, settings: Any, tmp_path: Path) -> None:
    row = {"code": "x", "url": "https://x.example", "secret": SECRET, "organisation": "east_centre", "names": []}
    settings.HOPECARE_DEMO = False
    for wrong in ({"names": ["person.died"]}, {"secret": "short"}, {"url": "http://x.example"}):
        path = tmp_path / f"{next(iter(wrong))}.yaml"
        path.write_text(yaml.safe_dump({"partners": [row | wrong]}))
        with pytest.raises(webhooks.WrongFile):
            webhooks.partners_of(str(path))


def test_the_desk_sees_its_own_partners_calls_and_sends_them_again(
    partner: Partner, eli: Actor, hana: Actor, as_: Callable[..., Client]
) -> None:
    for name, organisation in (("case.closed", "east_centre"), ("report.received", "north_centre")):
        webhooks.tell(name=name, organisation=organisation, kind="case", pk=7, state=name.split(".")[1])
    first, second, north = calls()
    with as_owner():
        WebhookCall.objects.filter(pk=first.pk).update(next_attempt_at=None, attempts=9, status=500)
        WebhookCall.objects.filter(pk=second.pk).update(next_attempt_at=None, attempts=1, status=204, delivered_at=NOW)
    page = as_(eli).get("/desk/messages/partners/").content.decode()
    assert str(first.uuid) in page and str(second.uuid) in page and str(north.uuid) not in page
    given_up = as_(eli).get("/desk/messages/partners/?state=given_up").content.decode()
    assert str(first.uuid) in given_up and str(second.uuid) not in given_up
    for call, status in ((second, 302), (north, 404)):
        assert as_(eli).post(f"/desk/messages/partners/{call.uuid}/again/").status_code == status
    assert as_(eli).post("/desk/messages/partners/again/", {"partner": "first"}).status_code == 302
    as_(eli).post("/desk/messages/partners/again/", {"partner": "north"})
    assert [row.attempts for row in calls()] == [0, 0, 0] and [bool(row.delivered_at) for row in calls()] == [False] * 3
    assert as_(hana).get("/desk/messages/partners/").status_code == 404
    assert webhooks.send_due() == 3
