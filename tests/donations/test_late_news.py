"""News of a payment that comes under another number, beside other news, after the settlement, or beside a receipt."""

from collections.abc import Callable

import pytest

from donations.models import Order
from donations.services import charging
from tests.donations.conftest import StandIn, charge_of

pytestmark = pytest.mark.django_db
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
