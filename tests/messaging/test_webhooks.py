"""What Twilio posts: signed or refused, repeated or not, in any order."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from hopecare.kernel import clock, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import replies, selectors, services
from hopecare.messaging.facts import Queued, ReceivedMessage, Recipient, ReplyOutcome
from hopecare.messaging.gateway import calls
from hopecare.messaging.models import InboundMessage, Message, OptOut
from hopecare.messaging.services import sending
from hopecare.messaging.standin.__main__ import DEMO_ACCOUNT, DEMO_TOKEN
from hopecare.messaging.standin.callbacks import signature
from tests.cast import NOW
from tests.messaging.conftest import NUMBER, OUR_WEB, StandIn

pytestmark = pytest.mark.django_db
Put = Callable[..., Queued]
Row = Callable[[Queued], Message]
INBOUND, STATUS = "/sms/twilio/inbound/", "/sms/twilio/status/"


def sid(number: int) -> str:
    return f"SM{number:032x}"


def post(path: str, token: str = DEMO_TOKEN, signed: Any = None, **values: str) -> int:
    """Post `values`, signed over `signed` (the same unless given), as Twilio does; returns the status."""
    values = {"AccountSid": DEMO_ACCOUNT, **values}
    mark = signature(token, OUR_WEB + path, values if signed is None else signed)
    return Client().post(path, values, headers={"X-Twilio-Signature": mark}).status_code


def say(words: str, number: int = 1, phone: str = NUMBER) -> int:
    return post(INBOUND, MessageSid=sid(number), From=phone, To="+82310000001", Body=words)


def inbound_rows() -> list[InboundMessage]:
    with acting_as(system(Principal.MESSAGES)):
        return list(InboundMessage.objects.order_by("id"))


@pytest.fixture
def sent(stand_in: StandIn, text: Put) -> Queued:
    """One message that the provider has."""
    queued = text("asked")
    services.send_due()
    return queued


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[ReceivedMessage]:
    """An app that understands 1 and 네, and keeps what it heard."""
    texts: list[ReceivedMessage] = []

    def handler(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
        if received.plain not in {"1", "네"}:
            return None
        texts.append(received)
        return ReplyOutcome(answer="[희망케어] 고맙습니다. 정해졌어요.")

    monkeypatch.setitem(replies._replies, "test", handler)
    return texts


@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_unsigned_and_tampered_posts_are_refused(city: Any, sent: Queued, path: str) -> None:
    values = {"MessageSid": sid(5), "From": NUMBER, "Body": "1", "MessageStatus": "delivered"}
    assert Client().post(path, values).status_code == 403
    assert post(path, token="somebody else's", **values) == 403
    assert post(path, signed={**values, "Body": "2"}, **values) == 403
    assert Client(headers={"X-Twilio-Signature": "ä" * 28}).post(path, values).status_code == 403
    assert Client().get(path).status_code == 405
    assert inbound_rows() == []


def test_without_a_token_nothing_is_genuine(city: Any, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    assert post(INBOUND, token="", MessageSid=sid(1), From=NUMBER, Body="1") == 403


def test_the_signature_holds_behind_a_proxy(city: Any, settings: Any) -> None:
    settings.PUBLIC_URL = "https://hope.example.kr"
    values = {"AccountSid": DEMO_ACCOUNT, "MessageSid": sid(1), "From": NUMBER, "Body": "안녕하세요"}
    mark = signature(DEMO_TOKEN, "https://hope.example.kr" + INBOUND, values)
    answer = Client().post(INBOUND, values, headers={"X-Twilio-Signature": mark, "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "values",
    [
        {"From": NUMBER, "Body": "1"},
        {"MessageSid": "SM1", "From": NUMBER, "Body": "1"},
        {"MessageSid": "' or 1=1 --" + "0" * 23, "From": NUMBER, "Body": "1"},
        {"MessageSid": sid(1), "Body": "1"},
        {"MessageSid": sid(1), "From": NUMBER, "Body": "1", "AccountSid": "AC" + "1" * 32},
    ],
)
def test_signed_nonsense_is_a_bad_request(city: Any, values: dict[str, str]) -> None:
    assert post(INBOUND, signed={"AccountSid": DEMO_ACCOUNT, **values}, **values) == 400


def test_a_post_of_a_megabyte_is_refused(city: Any) -> None:
    assert say("가" * 400_000) == 403


@pytest.mark.parametrize(
    "words", ["", "\x00'; drop table x", "<script>alert(1)</script>", "\u202e뒤집기", "🙂" * 800, "\ud7ff"]
)
def test_hostile_words_reach_a_person_unharmed(city: Any, words: str) -> None:
    assert say(words) == 200
    (row,) = inbound_rows()
    assert (row.state, row.text) == ("unknown", words.replace("\x00", ""))


def test_a_text_repeated_ten_times_has_one_effect(sent: Queued, heard: list[ReceivedMessage]) -> None:
    assert {say("네!") for _ in range(10)} == {200}
    assert [(text.plain, text.about[0].object_id) for text in heard] == [("네", "asked")]
    with acting_as(system(Principal.MESSAGES)):
        assert Message.objects.filter(purpose="reply").count() == 1
        assert InboundMessage.objects.get().state == "answered"


def test_the_answer_goes_back_at_once_even_at_night(
    stand_in: StandIn, sent: Queued, heard: list[ReceivedMessage], settings: Any
) -> None:
    settings.MESSAGE_QUIET_HOURS = "21-8"
    with clock.pinned(NOW.replace(hour=23)):
        say("1", number=2)
        services.send_due()
    assert stand_in.texts(NUMBER)[-1]["body"] == "[희망케어] 고맙습니다. 정해졌어요."


def test_words_that_no_app_understands_go_to_a_person(sent: Queued, heard: list[ReceivedMessage]) -> None:
    say("목요일은 안 되는데 금요일은 어때요?")
    (row,) = inbound_rows()
    assert (row.state, row.provider_id is not None, heard) == ("unknown", True, [])


def test_a_stranger_s_text_goes_to_the_city(city: Any, heard: list[ReceivedMessage]) -> None:
    say("1", phone="+821000000999")
    say("광고", number=2, phone="KAKAO")
    assert [(row.state, row.provider_id) for row in inbound_rows()] == [("unknown", city.pk)] * 2


def test_a_handler_that_fails_changes_nothing_and_is_asked_again(sent: Queued, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def stumbles(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome:
        asked.append(text)
        if len(asked) < 2:
            with acting_as(system(Principal.MESSAGES)):
                OptOut.objects.create(phone_hash="half a change")
            raise RuntimeError
        return ReplyOutcome()

    monkeypatch.setitem(replies._replies, "test", stumbles)
    assert say("1") == 200
    with acting_as(system(Principal.MESSAGES)):
        assert not OptOut.objects.exists()
    with clock.pinned(NOW + timedelta(seconds=30)):
        services.handle_open()
    assert (inbound_rows()[0].state, asked) == ("answered", ["1", "1"])


@pytest.mark.parametrize("word", ["수신거부", "그만", "STOP"])
def test_stop_wins_over_everything_and_start_opens_again(
    stand_in: StandIn, sent: Queued, heard: list[ReceivedMessage], text: Put, row: Row, word: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    gone: list[str] = []
    monkeypatch.setitem(replies._opt_outs, "test", gone.append)
    assert [say(word) for _ in range(10)] == [200] * 10
    alarm = text("alarm", duty=True)
    services.send_due()
    assert (row(alarm).state, row(alarm).reason) == ("suppressed", "opt_out")
    assert (selectors.is_opted_out(NUMBER), gone, heard) == (True, [phones.hashed(NUMBER)], [])
    say("START", number=3)
    after = text("after")
    services.send_due()
    assert (selectors.is_opted_out(NUMBER), row(after).state) == (False, "sent")


def test_the_provider_s_own_stop_is_ours_too(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("told", to=Recipient.number("010-0000-9002"))
    services.send_due()
    assert (row(queued).state, row(queued).reason) == ("suppressed", "opt_out")
    assert selectors.is_opted_out("+821000009002")


def test_receipts_move_forward_only_and_ten_repeats_change_nothing(sent: Queued, row: Row) -> None:
    known = row(sent).provider_sid or ""
    seen = []
    for word in ["sent", "queued", "delivered", "sent", "undelivered", "failed", "queued"] * 10:
        assert post(STATUS, MessageSid=known, MessageStatus=word) == 204
        seen.append(row(sent).state)
    assert (seen[0], set(seen[2:])) == ("sent", {"delivered"})


def test_a_receipt_for_nobody_is_taken_quietly(city: Any) -> None:
    assert post(STATUS, MessageSid=sid(77), MessageStatus="delivered") == 204
    assert post(f"{STATUS}?m=999999-1", MessageSid=sid(77), MessageStatus="delivered") == 204
    assert post(f"{STATUS}?m=9%27;--1", MessageSid=sid(77), MessageStatus="delivered") == 204


def test_what_never_reached_the_telephone_is_told(sent: Queued, row: Row, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setitem(replies._unsent, "test", lambda fact: told.append(fact.error_code))
    for _ in range(10):
        post(STATUS, MessageSid=row(sent).provider_sid or "", MessageStatus="undelivered", ErrorCode="30003")
    services.send_due()
    assert (row(sent).state, told) == ("failed", ["30003"])


def test_a_receipt_brings_home_the_id_of_a_message_whose_answer_got_lost(
    stand_in: StandIn, text: Put, row: Row
) -> None:
    queued = text("lost", to=Recipient.number("010-0000-0301"))
    (outcome,) = calls.make(sending.claim_due().to_send, within=5)  # and the worker dies
    path = f"{STATUS}?m={outcome.call.reference}"
    assert post(path, MessageSid=outcome.sid, MessageStatus="delivered") == 204
    with clock.pinned(NOW + timedelta(minutes=2)):
        services.send_due()
    assert (row(queued).state, row(queued).provider_sid) == ("delivered", outcome.sid)
    assert len(stand_in.texts("+821000000301")) == 1


def test_an_old_receipt_does_not_touch_a_newer_try(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("newer", to=Recipient.number("010-0000-0302"))
    sending.claim_due()
    with clock.pinned(NOW + timedelta(minutes=2)):
        sending.claim_due()
    assert post(f"{STATUS}?m={queued.id}-1", MessageSid=sid(8), MessageStatus="failed") == 204
    assert row(queued).state == "sending"
