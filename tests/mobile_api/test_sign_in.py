"""Telephones sign in by a code: nobody guesses it, finds out who is known, or keeps a stolen key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hopecare.kernel import clock
from hopecare.kernel.models import Device, DeviceKey, SignInCode
from tests.cast import NOW
from tests.database import as_owner
from tests.mobile_api.phone_kit import NUMBER, call, code_sent, sign_in

As = Callable[..., Client]
pytestmark = pytest.mark.django_db


def later(**span: float) -> Any:
    return clock.pinned(NOW + timedelta(**span))


def renew(client: Client, token: str) -> Any:
    return call(client, "POST", "/auth/tokens", {"refresh_token": token})


def test_a_telephone_signs_in_and_sees_its_number_mostly_hidden(city: Any, as_: As) -> None:
    tokens = sign_in(as_(), name="내 휴대폰")
    answer = call(as_(), "GET", "/me", key=tokens["access_token"])
    me = answer.json()  # type: ignore[attr-defined]
    assert me["phone"] == "***-****-0042" and me["device"]["name"] == "내 휴대폰" and me["device"]["this"] is True
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.rule("D16")
def test_neither_number_nor_code_nor_key_stands_in_the_tables(city: Any, as_: As) -> None:
    tokens = sign_in(as_())
    with as_owner():
        rows = [*SignInCode.objects.values(), *DeviceKey.objects.values()]
        assert Device.objects.extra(select={"raw": "phone"}).values_list("raw", flat=True)[0].startswith("k")
    written = str(rows)
    assert len(rows) == 2 and code_sent() not in written
    assert tokens["refresh_token"] not in written and "00000042" not in written


def test_wrong_old_used_and_never_asked_codes_read_alike(city: Any, as_: As) -> None:
    call(as_(), "POST", "/auth/codes", {"phone": NUMBER})
    right = code_sent()
    wrong = "000000" if right != "000000" else "111111"

    def attempt(code: str, number: str = NUMBER) -> Any:
        return call(as_(), "POST", "/auth/devices", {"phone": number, "code": code})

    answers = [attempt(wrong), attempt(right, "010-0000-0043")]
    assert attempt(right).status_code == 201
    answers.append(attempt(right))
    with later(minutes=2):
        call(as_(), "POST", "/auth/codes", {"phone": NUMBER})
    with later(minutes=13):
        answers.append(attempt(code_sent()))
    assert {answer.status_code for answer in answers} == {401} and len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"].startswith("Bearer")


def test_after_five_tries_the_right_code_is_wrong_too(city: Any, as_: As) -> None:
    call(as_(), "POST", "/auth/codes", {"phone": NUMBER})
    right = code_sent()
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    tries = [call(as_(), "POST", "/auth/devices", {"phone": NUMBER, "code": code}) for code in [wrong] * 5 + [right]]
    assert {answer.status_code for answer in tries} == {401}


def test_one_number_gets_few_codes_whoever_asks(city: Any, as_: As) -> None:
    answers = []
    for minute in range(7):
        with later(minutes=minute):
            answers.append(call(as_(), "POST", "/auth/codes", {"phone": NUMBER}))
    assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 2
    assert int(answers[-1]["Retry-After"]) > 3000
    known_or_not = {call(as_(), "POST", "/auth/codes", {"phone": f"010-0000-10{n}0"}).content for n in range(3)}
    assert known_or_not == {answers[0].content}


def test_one_address_asks_seldom_and_is_told_how_much_is_left(city: Any, as_: As, settings: Any) -> None:
    settings.SIGN_IN_RATE = 2
    answers = [call(as_(), "POST", "/auth/codes", {"phone": f"010-0000-11{n}0"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[0]["RateLimit-Policy"] == '"sign-in";q=2;w=60'
    assert answers[0]["RateLimit"].startswith('"sign-in";r=1;t=') and answers[2]["RateLimit"].startswith(
        '"sign-in";r=0'
    )


def test_a_lost_answer_locks_nobody_out(city: Any, as_: As) -> None:
    first = sign_in(as_())["refresh_token"]
    lost = renew(as_(), first).json()["refresh_token"]
    kept = renew(as_(), first).json()["refresh_token"]
    assert lost != kept and renew(as_(), kept).status_code == 200


@pytest.mark.parametrize("who", ["the thief is first", "the owner is first", "the lost one comes back"])
def test_a_stolen_key_ends_the_whole_family(who: str, city: Any, as_: As) -> None:
    first = sign_in(as_())
    one = renew(as_(), first["refresh_token"]).json()
    if who == "the lost one comes back":
        other = renew(as_(), first["refresh_token"]).json()
        assert renew(as_(), other["refresh_token"]).status_code == 200
        shown_again = one["refresh_token"]
    else:
        assert renew(as_(), one["refresh_token"]).status_code == 200
        shown_again = first["refresh_token"]
    assert renew(as_(), shown_again).status_code == 401
    assert renew(as_(), one["refresh_token"]).status_code == 401
    assert call(as_(), "GET", "/me", key=first["access_token"]).status_code == 401
    with as_owner():
        assert Device.objects.get().ended_why == "stolen"


def test_access_ends_after_ten_minutes_and_a_changed_token_opens_nothing(city: Any, as_: As) -> None:
    access = sign_in(as_())["access_token"]
    swapped = access[:-1] + ("A" if access[-1] != "A" else "B")
    for token in (swapped, "", "Bearer", "null", access + "x"):
        assert call(as_(), "GET", "/me", key=token or "-").status_code == 401
    with later(minutes=9):
        assert call(as_(), "GET", "/me", key=access).status_code == 200
    with later(minutes=10):
        assert call(as_(), "GET", "/me", key=access).status_code == 401


def test_a_token_in_the_address_or_a_cookie_opens_nothing(city: Any, as_: As, hana: Any) -> None:
    access = sign_in(as_())["access_token"]
    assert call(as_(), "GET", f"/me?access_token={access}").status_code == 401
    assert call(as_(hana), "GET", "/me").status_code == 401


def test_a_lost_telephone_is_ended_from_another(city: Any, as_: As) -> None:
    lost = sign_in(as_(), name="잃어버린 것")
    with later(minutes=1):
        mine = sign_in(as_(), name="새것")
        items = call(as_(), "GET", "/me/devices", key=mine["access_token"]).json()["items"]  # type: ignore[attr-defined]
        assert [(row["name"], row["this"]) for row in items] == [("새것", True), ("잃어버린 것", False)]
        path = f"/me/devices/{lost['device']}"
        assert call(as_(), "DELETE", path, key=mine["access_token"]).status_code == 204
        assert call(as_(), "GET", "/me", key=lost["access_token"]).status_code == 401
        assert renew(as_(), lost["refresh_token"]).status_code == 401
        assert call(as_(), "DELETE", path, key=mine["access_token"]).status_code == 404


def test_telephones_of_another_number_are_not_there(city: Any, as_: As) -> None:
    mine, theirs = sign_in(as_()), sign_in(as_(), "010-0000-0077")
    path = f"/me/devices/{theirs['device']}"
    for method, body in (("GET", None), ("PATCH", {"name": "meins"}), ("DELETE", None)):
        assert call(as_(), method, path, body, key=mine["access_token"], If_Match='"1"').status_code == 404
    with as_owner():
        assert Device.objects.get(uuid=theirs["device"]).ended_at is None


def test_edits_name_the_state_they_were_made_from(city: Any, as_: As) -> None:
    tokens = sign_in(as_())
    path, key = f"/me/devices/{tokens['device']}", tokens["access_token"]
    etag = call(as_(), "GET", path, key=key)["ETag"]
    assert call(as_(), "PATCH", path, {"name": "가"}, key=key).status_code == 428
    assert call(as_(), "PATCH", path, {"name": "가"}, key=key, If_Match=etag).json()["name"] == "가"  # type: ignore[attr-defined]
    stale = call(as_(), "PATCH", path, {"name": "나"}, key=key, If_Match=etag)
    assert stale.status_code == 412 and stale["ETag"] == '"2"'


def test_nobody_assigns_more_than_the_field_that_is_asked_for(city: Any, as_: As) -> None:
    tokens = sign_in(as_())
    path, key = f"/me/devices/{tokens['device']}", tokens["access_token"]
    for more in ({"phone": "010-0000-0001"}, {"ended_at": None}, {"version": 9}, {"uuid": tokens["device"]}):
        answer = call(as_(), "PATCH", path, {"name": "가", **more}, key=key, If_Match='"1"')
        assert answer.status_code == 422
    refused = call(as_(), "POST", "/auth/codes", {"phone": NUMBER, "code": "123456"})
    assert refused.status_code == 422


def test_a_number_is_the_same_account_at_each_sign_in_and_another_number_another(city: Any, as_: As) -> None:
    first, other = sign_in(as_()), sign_in(as_(), "010-0000-0043")
    with later(minutes=1):
        again = sign_in(as_())
    renewed = renew(as_(), again["refresh_token"]).json()
    assert first["account"] == again["account"] == renewed["account"] != other["account"]
    assert first["device"] != again["device"]
