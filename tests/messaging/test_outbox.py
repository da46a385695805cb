"""The outbox sends each step once, whatever happens in between."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import services
from hopecare.messaging.facts import Queued, Recipient
from hopecare.messaging.gateway import calls
from hopecare.messaging.models import Message
from hopecare.messaging.services import outcomes, sending
from tests.cast import NOW
from tests.messaging.conftest import StandIn

pytestmark = pytest.mark.django_db
Put = Callable[..., Queued]
Row = Callable[[Queued], Message]


def later(seconds: float) -> Any:
    return clock.pinned(NOW + timedelta(seconds=seconds))


def number(last: int) -> Recipient:
    return Recipient.volunteer("7d1c", phone=f"010-0000-{last:04d}")


def test_a_message_goes_out_once_and_carries_its_link_second(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("once", to=number(101), link="http://testserver/o/abc/")
    assert services.send_due() == 1
    assert services.send_due() == 0
    (sent,) = stand_in.texts("+821000000101")
    assert re.fullmatch(r"\[희망케어\].*031-000-0001\nhttp://testserver/o/abc/", sent["body"])
    assert (row(queued).state, row(queued).provider_sid) == ("sent", sent["sid"])


def test_asking_twice_for_one_step_sends_once(stand_in: StandIn, text: Put) -> None:
    first, second = text("twice", to=number(102)), text("twice", to=number(102), body="anders")
    assert (first.id, first.fresh, second.fresh) == (second.id, True, False)
    services.send_due()
    assert len(stand_in.texts("+821000000102")) == 1


def test_nothing_is_sent_when_the_change_is_rolled_back(stand_in: StandIn, text: Put) -> None:
    with pytest.raises(RuntimeError), acting_as(system(Principal.OFFERS)):
        text("undone", to=number(103))
        raise RuntimeError
    assert services.send_due() == 0


def test_a_worker_that_dies_after_the_call_is_found_out_by_looking_up(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("dead", to=number(104))
    claim = sending.claim_due()
    calls.make(claim.to_send, within=5)  # and here it dies, before anything is written down
    assert row(queued).state == "sending"
    assert services.send_due() == 0  # the lease still holds
    with later(46):
        services.send_due()
    assert row(queued).state in {"sent", "delivered"}
    assert len(stand_in.texts("+821000000104")) == 1


def test_a_worker_that_dies_before_the_call_loses_nothing(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("early", to=number(105))
    sending.claim_due()
    with later(46):
        services.send_due()
    assert row(queued).state == "sent"
    assert len(stand_in.texts("+821000000105")) == 1


def test_two_lost_messages_with_the_same_words_find_one_id_each(stand_in: StandIn, text: Put, row: Row) -> None:
    both = [text("a", to=number(106)), text("b", to=number(106))]
    calls.make(sending.claim_due().to_send, within=5)
    with later(46):
        services.send_due()
    assert len({row(queued).provider_sid for queued in both}) == 2
    assert len(stand_in.texts("+821000000106")) == 2


def test_an_answer_that_never_comes_is_looked_up_before_sending_again(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("cut", to=number(9008))  # takes the text and hangs up
    services.send_due()
    assert (row(queued).state, row(queued).uncertain) == ("queued", True)
    with later(60):
        services.send_due()
    assert row(queued).state in {"sent", "delivered"}
    assert len(stand_in.texts("+821000009008")) == 1


def test_nobody_there_is_tried_again_later(text: Put, row: Row, settings: Any) -> None:
    queued = text("alone")
    services.send_due()
    kept = row(queued)
    assert (kept.state, kept.uncertain, kept.error_code) == ("queued", False, "connect")
    assert NOW + timedelta(seconds=15) <= kept.next_attempt_at <= NOW + timedelta(seconds=20)


def test_too_many_requests_wait_and_then_arrive(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("busy", to=number(9004))
    for seconds in (0, 60, 300):
        with later(seconds):
            services.send_due()
    assert row(queued).state == "sent"


def test_a_wrong_number_fails_at_once_and_is_not_tried_again(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("wrong", to=number(9001))
    services.send_due()
    assert (row(queued).state, row(queued).error_code, row(queued).attempts) == ("failed", "21211", 1)


def test_after_eight_tries_it_stands_with_the_stuck_work(text: Put, row: Row) -> None:
    queued = text("never")
    for hours in range(40):
        with later(hours * 3600):
            services.send_due()
    assert (row(queued).state, row(queued).attempts) == ("failed", 8)


def test_an_outcome_of_an_older_try_changes_nothing(stand_in: StandIn, text: Put, row: Row) -> None:
    queued = text("old", to=number(107))
    old = calls.make(sending.claim_due().to_send, within=5)
    with later(46):
        sending.claim_due()
        outcomes.record(old)
    assert row(queued).state == "sending"
