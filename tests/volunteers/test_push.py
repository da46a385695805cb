"""A question goes to the phone app where it may, tells nothing there, and becomes a text where nobody sees it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from hopecare.messaging import selectors, services
from hopecare.messaging.gateway.push import public_key
from hopecare.messaging.models import PushSubscription
from hopecare.messaging.services import pushes
from hopecare.messaging.standin.server import Server
from tests.cast import NOW
from tests.database import as_owner
from tests.mobile_api.phone_kit import call, sign_in
from tests.mobile_api.test_field_api import key_of
from tests.push_kit import Receiver, service
from tests.volunteers.conftest import Street, offer_of
from volunteers.models import Volunteer
from volunteers.services import requests

__all__ = ["service"]
pytestmark = pytest.mark.django_db
MOON = "010-0000-0041"
SOON, LATE = timedelta(minutes=9), timedelta(minutes=10)


class Telephone:
    """Moon's, signed in and willing to be notified."""

    def __init__(self, service: Server) -> None:
        self.service, self.receiver = service, Receiver(service, public_key())
        tokens = sign_in(Client(), MOON)
        self.key, self.device = tokens["access_token"], tokens["device"]
        assert self.ask("PUT", "/me/push", self.receiver.subscription).json()["on"] is True

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        return call(Client(), method, path, body, key=self.key)

    def texts(self) -> list[str]:
        """Questions that came as a text message."""
        rows = self.service.provider.book.newest("+821000000041")
        return [row.body for row in rows if "가능1" in row.body]


def at(span: timedelta) -> Any:
    return clock.pinned(NOW + span)


@pytest.fixture
def moon_phone(service: Server, moon_helps: Volunteer) -> Telephone:
    return Telephone(service)


@pytest.fixture
def asked(moon_phone: Telephone, street: Street) -> Callable[[], None]:
    """Asks Moon; what is due goes out with `services.send_due()`."""

    def ask() -> None:
        requests.open_request(by=street.hana.viewer, action_id=street.action.pk)

    return ask


@pytest.mark.rule("D4", "K20")
def test_a_question_comes_as_a_push_that_says_nothing_and_no_text_follows_once_it_was_shown(
    moon_phone: Telephone, asked: Callable[[], None], moon_helps: Volunteer
) -> None:
    asked()
    services.send_due()
    (told,) = moon_phone.receiver.fetched()
    assert set(told) == {"id", "open"} and told["open"] == f"visit:{offer_of(moon_helps).uuid}"
    stranger = sign_in(Client(), "010-0000-0099")["access_token"]
    assert call(Client(), "POST", f"/me/push/{told['id']}/shown", key=stranger).status_code == 404
    assert moon_phone.ask("POST", f"/me/push/{told['id']}/shown").status_code == 204
    with at(LATE):
        services.send_due()
    assert moon_phone.texts() == [] and moon_phone.receiver.fetched() == []
    path = f"/volunteer/offers/{told['open'].removeprefix('visit:')}/answer"
    assert moon_phone.ask("POST", path, {"yes": True}).json()["outcome"] == "booked"


@pytest.mark.parametrize("why", ["nobody shows it", "gone", "signed out", "switched off"])
def test_where_a_push_reaches_nobody_the_text_comes_once(
    why: str, moon_phone: Telephone, asked: Callable[[], None]
) -> None:
    match why:
        case "gone":
            moon_phone.receiver.leave()
        case "signed out":
            assert moon_phone.ask("DELETE", f"/me/devices/{moon_phone.device}").status_code == 204
        case "switched off":
            assert moon_phone.ask("DELETE", "/me/push").status_code == 204
    asked()
    services.send_due()
    with at(SOON):
        services.send_due()
    assert len(moon_phone.texts()) == (0 if why == "nobody shows it" else 1)
    for span in (LATE, 2 * LATE):
        with at(span):
            services.send_due()
    assert len(moon_phone.texts()) == 1
    with as_owner():
        row = PushSubscription.objects.get()
    assert (row.endpoint == "") == (why != "nobody shows it")


@pytest.mark.parametrize(("times", "pushed"), [(2, 1), (9, 0)])
def test_a_busy_push_service_is_asked_again_and_then_left(
    times: int, pushed: int, moon_phone: Telephone, asked: Callable[[], None]
) -> None:
    moon_phone.service.pushes.busy = times
    asked()
    for minutes in range(6):
        with at(timedelta(minutes=minutes)):
            services.send_due()
    assert len(moon_phone.receiver.fetched()) == pushed and len(moon_phone.texts()) == 1 - pushed


def test_what_was_answered_elsewhere_is_asked_by_no_text(moon_phone: Telephone, asked: Callable[[], None]) -> None:
    asked()
    services.send_due()
    (offer,) = moon_phone.ask("GET", "/volunteer/offers").json()["items"]
    moon_phone.ask("POST", f"/volunteer/offers/{offer['id']}/answer", {"yes": False})
    with at(LATE):
        services.send_due()
        assert pushes.fall_back() == 0
    assert moon_phone.texts() == []


@pytest.mark.rule("D16")
def test_only_known_push_services_are_written_to(moon_phone: Telephone, settings: Any) -> None:
    known, local = "https://fcm.googleapis.com/fcm/send/abc", "http://127.0.0.1:5432/"
    strange = ["http://169.254.169.254/latest/", "https://push.example/abc", "https://[push"]
    strange += [f"https://fcm.googleapis.com{rest}" for rest in (".push.example/abc", "@push.example/abc")]
    for demo, fits in ((True, local), (False, known)):
        settings.HOPECARE_DEMO = demo
        for address in (known, local, known.replace("https", "http"), *strange):
            answer = moon_phone.ask("PUT", "/me/push", {**moon_phone.receiver.subscription, "endpoint": address})
            assert (address, answer.status_code) == (address, 200 if address == fits else 422)


def test_keys_that_are_none_and_fields_too_many_are_refused(moon_phone: Telephone) -> None:
    right = moon_phone.receiver.subscription
    for wrong in ({"auth": "AA"}, {"p256dh": "BB" * 43 + "A"}, {"p256dh": "가"}, {"device": 1}):
        told = {**right, "keys": {**right["keys"], **wrong}}
        assert moon_phone.ask("PUT", "/me/push", told).status_code == 422


def test_what_was_written_to_a_number_is_read_again_by_its_telephones_alone(
    moon_phone: Telephone, asked: Callable[[], None], street: Street
) -> None:
    moon_phone.receiver.leave()
    asked()
    services.send_due()
    (text,) = moon_phone.ask("GET", "/me/messages").json()["items"]
    assert "가능1" in text["words"] and (text["link"], text["read"]) == ("", True)
    stranger = sign_in(Client(), "010-0000-0099")["access_token"]
    assert call(Client(), "GET", "/me/messages", key=stranger).json()["items"] == []  # type: ignore[attr-defined]
    assert moon_phone.ask("GET", f"/me/messages?after={text['id']}").json() == {"items": [], "next": None}
    assert moon_phone.ask("GET", "/me/messages?after=x").status_code == 422
    with acting_as(street.hana.viewer):
        told = selectors.told_to(street.hana.viewer)
    assert call(Client(), "GET", "/me/messages", key=key_of(street.hana)).json()["items"] == [  # type: ignore[attr-defined]
        {"id": row.id, "at": row.at.isoformat(), "words": row.words, "link": row.link, "read": row.read} for row in told
    ]
