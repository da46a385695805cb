"""Who comes in, and how: password, second factor, lock-out, idle clock, the demo's one click."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from pytest_django import Settings

from hopecare.kernel.models import ChangeEntry
from tests.cast import Actor
from tests.database import as_owner

PASSWORD = "a quiet lamp by the door"
As = Callable[..., Client]


@pytest.fixture
def hana_with_password(hana: Actor) -> Actor:
    hana.user.set_password(PASSWORD)
    hana.user.save()
    return hana


def type_password(client: Client, password: str = PASSWORD, **more: str) -> object:
    return client.post("/login/", {"login": "hana", "password": password, **more})


def code_of(secret: str) -> str:
    *_, counter = list(yield_hotp_counters_from_time())[:2]
    return format_hotp_value(hotp_value(secret, counter))


def add_app(client: Client) -> str:
    page = client.get("/account/factors/app/")
    secret = page.context["form"].secret
    answer = client.post("/account/factors/app/", {"code": code_of(secret)})
    assert answer.status_code == 302
    return str(secret)


def test_a_password_alone_leads_to_the_second_step(as_: As, hana_with_password: Actor) -> None:
    client = as_()
    assert type_password(client).url == "/desk/"
    assert client.get("/desk/acting/").url == "/account/factors/?next=%2Fdesk%2Facting%2F"
    add_app(client)
    assert client.get("/desk/acting/").status_code == 200


def test_with_an_app_the_code_is_asked_before_the_session_opens(as_: As, hana_with_password: Actor) -> None:
    first = as_()
    type_password(first)
    secret = add_app(first)
    client = as_()
    assert type_password(client, next="/me/").url.startswith("/login/factor/")
    assert client.get("/me/").status_code == 302
    assert client.post("/login/factor/", {"code": "wrong"}).status_code == 200
    assert client.post("/login/factor/", {"code": code_of(secret)}).url == "/me/"
    assert client.get("/desk/acting/").status_code == 200


def test_secrets_of_factors_are_encrypted(as_: As, hana_with_password: Actor) -> None:
    client = as_()
    type_password(client)
    secret = add_app(client)
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored and stored.startswith("k1:")


def test_staff_keep_one_factor(as_: As, hana_with_password: Actor) -> None:
    client = as_()
    type_password(client)
    add_app(client)
    client.post("/account/again/", {"password": PASSWORD})
    client.post("/account/factors/app/remove/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_wrong_passwords_lock_the_door_with_a_page_that_says_so(as_: As, hana_with_password: Actor) -> None:
    client = as_()
    answers = [type_password(client, "wrong") for _ in range(5)]
    assert [answer.status_code for answer in answers[:4]] == [422] * 4
    assert answers[4].status_code == 429
    assert "hana" in answers[0].content.decode()
    assert type_password(client).status_code == 429


def test_the_log_in_goes_back_only_to_pages_of_this_house(as_: As, hana_with_password: Actor) -> None:
    assert type_password(as_(), next="/desk/cases/?q=1").url == "/desk/cases/?q=1"
    assert type_password(as_(), next="https://elsewhere.example/").url == "/desk/"


def test_log_out_needs_a_post(as_: As, hana: Actor) -> None:
    client = as_(hana)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").url == "/"
    assert client.get("/me/").status_code == 302


def test_the_demo_lets_the_cast_in_by_one_click(as_: As, settings: Settings, hana: Actor, bo: Actor) -> None:
    settings.HOPECARE_DEMO = True
    client = as_()
    assert "송하나" in client.get("/login/").content.decode()
    assert client.post("/login/demo/", {"who": "hana"}).url == "/desk/"
    assert client.get("/desk/acting/").status_code == 200
    assert client.post("/login/demo/", {"who": "bo"}).url == "/me/"
    assert client.post("/login/demo/", {"who": "sundeok"}).status_code == 404


def test_outside_a_demo_there_is_no_one_click(as_: As, settings: Settings, hana: Actor) -> None:
    settings.HOPECARE_DEMO = False
    assert as_().post("/login/demo/", {"who": "hana"}).status_code == 404
    assert "송하나" not in as_().get("/login/").content.decode()


def test_a_form_sent_after_the_session_ended_comes_back_to_its_page(as_: As, city: object) -> None:
    answer = as_().post("/desk/acting/", {}, headers={"referer": "http://testserver/desk/acting/?a=1"})
    assert answer.url == "/login/?next=%2Fdesk%2Facting%2F%3Fa%3D1"
    fragment = as_().get("/desk/acting/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk/"})
    assert fragment.headers["HX-Redirect"] == "/login/?next=%2Fdesk%2F"


def test_log_ins_are_in_the_audit(as_: As, hana_with_password: Actor) -> None:
    type_password(as_())
    with as_owner():
        assert ChangeEntry.objects.filter(user_id=hana_with_password.id, what="logged_in").count() == 1
