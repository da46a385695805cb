"""The domestic provider behind the same interface, spoken over HTTP to the stand-in."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hopecare.messaging import services
from hopecare.messaging.facts import Queued
from hopecare.messaging.gateway import solapi_text, texts
from hopecare.messaging.gateway.errors import Permanent, Refused, Transient
from hopecare.messaging.models import Message
from hopecare.messaging.segments import Charset
from hopecare.messaging.standin.__main__ import DEMO_ACCOUNT, DEMO_TOKEN
from tests.messaging.conftest import StandIn

NUMBER = "+821000000041"


@pytest.fixture
def solapi(stand_in: StandIn, settings: Any) -> StandIn:
    settings.SMS_PROVIDER, settings.SOLAPI_API_URL = "solapi", stand_in.url
    settings.SOLAPI_API_KEY, settings.SOLAPI_API_SECRET = DEMO_ACCOUNT, DEMO_TOKEN
    settings.SOLAPI_WEBHOOK_SECRET = "agreed"
    return stand_in


def test_capabilities_are_asked_and_not_guessed(solapi: StandIn) -> None:
    can = texts.provider().capabilities()
    assert (can.domestic, can.two_way, can.charset, can.bytes, can.buttons) == (True, False, Charset.EUC_KR, 90, True)


def test_a_text_goes_out_and_its_receipt_comes_home(
    solapi: StandIn, text: Callable[..., Queued], row: Callable[[Queued], Message], client: Client
) -> None:
    queued = text("solapi-1")
    services.send_due()
    sent = row(queued)
    assert sent.state == "sent" and solapi.texts(sent.phone)[-1]["body"] == sent.body
    receipt = [{"messageId": sent.provider_sid, "statusCode": "4000"}]
    for _ in range(2):
        answer = client.post(
            "/sms/solapi/status/", json.dumps(receipt), "application/json", headers={"X-Solapi-Secret": "agreed"}
        )
        assert answer.status_code == 204
    assert row(queued).state == "delivered"


def test_a_receipt_without_the_secret_changes_nothing(solapi: StandIn, client: Client, city: Any) -> None:
    for headers in ({}, {"X-Solapi-Secret": "wrong"}):
        assert client.post("/sms/solapi/status/", "[]", "application/json", headers=headers).status_code == 403
    agreed = {"X-Solapi-Secret": "agreed"}
    assert client.post("/sms/solapi/status/", "{no", "application/json", headers=agreed).status_code == 400


def test_what_was_taken_is_found_again(solapi: StandIn) -> None:
    taken = solapi_text.send(reference="1-1", to=NUMBER, body="한 번만")
    assert taken.sid in [found.sid for found in solapi_text.recent(to=NUMBER) if found.body == "한 번만"]


def test_a_wrong_key_is_ours_to_repair_and_a_wrong_number_is_not(solapi: StandIn, settings: Any) -> None:
    with pytest.raises(Permanent):
        solapi_text.send(reference="1-1", to="+821000009001", body="x")
    settings.SOLAPI_API_SECRET = "another"
    with pytest.raises(Transient):
        solapi_text.send(reference="1-2", to=NUMBER, body="x")


@pytest.mark.rule("D16")
def test_in_the_demo_only_the_stand_in_is_spoken_to(solapi: StandIn, settings: Any) -> None:
    settings.HOPECARE_DEMO, settings.SOLAPI_API_URL = True, "https://api.solapi.com"
    with pytest.raises(Refused):
        solapi_text.send(reference="1-1", to=NUMBER, body="x")
