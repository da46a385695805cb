"""News of a payment that comes under another number, beside other news, after the settlement, or beside a receipt."""

from collections.abc import Callable

import psycopg
import pytest

from donations.gateway.errors import Transient
from donations.models import Order, Settlement
from donations.selectors.ledger import payable, trouble
from donations.services import charging, filing
from tests.donations.books_kit import fund, giving
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
