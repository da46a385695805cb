"""News of a payment that comes under another number, beside other news, after the settlement, or beside a receipt."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from django.db import connections

from donations.facts import PaymentFact
from donations.gateway.errors import Transient
from donations.models import Order, Receipt, Settlement
from donations.selectors.follow import follow
from donations.selectors.ledger import payable, trouble
from donations.selectors.receipts import years_behind
from donations.services import booking, charging, filing, receipts
from donations.services import giving as giving_services
from donations.services.receipts import Asked
from tests.cast import Actor
from tests.donations.books_kit import GIVING, fund, giving
from tests.donations.conftest import StandIn, charge_of
from tests.kernel.test_turns import elsewhere, take

pytestmark = pytest.mark.django_db
__all__ = ["elsewhere"]
Ordered = Callable[..., Order]


@pytest.mark.rule("R66")
def test_a_call_back_that_names_stripe_s_own_number_of_the_payment_is_understood(
    payments: StandIn, ordered: Ordered
) -> None:
    order = ordered(50_000)
    payments.post("finish", id=charge_of(order).reference)
    [paid] = payments.payments()
    assert paid["id"].startswith("pi_") and charge_of(order).reference.startswith("cs_")
    charging.keep_event("stripe", "evt_1", paid["id"])
    assert charging.understand_open() == 1 and charge_of(order).state == "paid"


@pytest.mark.rule("R66")
def test_of_two_who_look_at_one_payment_the_second_comes_again(
    payments: StandIn, ordered: Ordered, elsewhere: psycopg.Connection
) -> None:
    order = ordered(50_000)
    charge = charge_of(order)
    payments.post("finish", id=charge.reference)
    charging.keep_event("stripe", "evt_1", charge.reference)
    take(elsewhere, f"charge {charge.pk}")
    with pytest.raises(Transient):
        charging.look_again("stripe", charge.reference)
    assert charging.understand_open() == 0 and charge_of(order).state == "waiting"
    elsewhere.execute("select pg_advisory_unlock_all()")
    assert charging.look_again("stripe", charge.reference).state == "paid"


@pytest.mark.rule("R66")
def test_a_refund_a_giver_who_comes_back_and_the_hourly_look_wait_for_whoever_looks_already(
    payments: StandIn, ordered: Ordered, elsewhere: psycopg.Connection, ivo: Actor
) -> None:
    order = ordered(50_000)
    charge = charge_of(order)
    payments.post("finish", id=charge.reference)
    take(elsewhere, f"charge {charge.pk}")
    assert giving_services.window_or_nothing(order) == ""
    charging.look_up_waiting(older_than=timedelta(seconds=-1))
    assert charge_of(order).state == "waiting"
    elsewhere.execute("select pg_advisory_unlock_all()")
    charging.look_up_waiting(older_than=timedelta(seconds=-1))
    assert charge_of(order).state == "paid"
    take(elsewhere, f"charge {charge.pk}")
    charging.refund(by=ivo.viewer, charge_id=charge.pk, won=20_000)
    assert charge_of(order).refunded_won == 0  # it went back; the company's call-back brings it into the books
    elsewhere.execute("select pg_advisory_unlock_all()")
    assert charging.look_again("stripe", charge.reference).refunded_won == 20_000


@pytest.mark.rule("R66")
def test_a_settlement_that_came_before_the_call_back_is_taken_when_the_payment_is_known(
    payments: StandIn, ordered: Ordered
) -> None:
    order = ordered(50_000)
    payments.post("finish", id=charge_of(order).reference)
    payments.post("banks")
    filing.take_files()
    with giving():
        assert [row.problem for row in Settlement.objects.all()] == ["unknown"]
    charging.look_again("stripe", charge_of(order).reference)
    assert payable(fund().pk) == 0
    assert [filing.take_files() for _ in "ab"] == [1, 0]
    with giving():
        assert payable(fund().pk) == 50_000 and trouble() == []
        assert [row.problem for row in Settlement.objects.all()] == [""]


@pytest.mark.rule("K14")
@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_asked_for_beside_a_refund_says_what_is_left(payments: StandIn, ordered: Ordered) -> None:
    order = ordered(50_000)
    payments.post("finish", id=charge_of(order).reference)
    charge, going = charging.look_again("stripe", charge_of(order).reference), threading.Event()

    def ask() -> None:
        try:
            going.set()
            asked = Asked("person", "도하람", "000101-9000000", consent=True)  # born in 1800: nobody has it
            receipts.ask(by=GIVING, year=years_behind(follow(order.code))[0], asked=asked)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as hands:
        with giving():
            booking.take(charge.pk, PaymentFact("paid", 50_000, 20_000, reference=charge.reference))
            asking = hands.submit(ask)
            going.wait(20)
            threading.Event().wait(1.0)  # until it waits for us, or has read what stood there before
        asking.result(60)
    with giving():
        assert [row.amount_won for row in Receipt.objects.filter(voided_at=None)] == [30_000]
