"""What cannot be taken by itself is never lost: it is tried again, and stands before the accountant until it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from donations.models import Order, ProviderEvent
from donations.selectors import odd as selectors
from donations.services import booking, charging
from hopecare.kernel import clock
from hopecare.kernel.access import acting_as
from tests.cast import NOW, Actor
from tests.donations.books_kit import giving
from tests.donations.conftest import StandIn, charge_of

pytestmark = pytest.mark.django_db
As, Ordered = Callable[..., Any], Callable[..., Order]
NOWHERE = "http://127.0.0.1:9"
PAGE = "/desk/accounts/odd/"


def tried_for(span: timedelta, step: timedelta) -> None:
    """The beat, for that long."""
    since = clock.now()
    for number in range(int(span / step) + 1):
        with clock.pinned(since + number * step):
            charging.understand_open()


def open_count(who: Actor) -> int:
    with acting_as(who.viewer):
        return selectors.waiting(who.viewer)


@pytest.fixture
def paid_order(payments: StandIn, ordered: Ordered) -> Order:
    order = ordered(50_000)
    payments.post("finish", id=charge_of(order).reference)
    charging.look_again("stripe", charge_of(order).reference)
    return order


@pytest.mark.rule("R66")
def test_a_dispute_told_during_an_outage_of_hours_is_booked_when_the_provider_is_back(
    payments: StandIn, paid_order: Order, settings: Any, ivo: Actor
) -> None:
    reference = charge_of(paid_order).reference
    payments.post("dispute", id=reference, status="needs_response")
    settings.STRIPE_API_URL = NOWHERE
    charging.keep_event("stripe", "evt_late", reference)
    tried_for(timedelta(hours=6), timedelta(minutes=1))
    with giving():
        waits = ProviderEvent.objects.get(event_id="evt_late")
    assert waits.handled_at is None and 10 < waits.attempts < 30
    with acting_as(ivo.viewer):
        assert [row.pk for row in selectors.odd(ivo.viewer).events] == [waits.pk]
    settings.STRIPE_API_URL = payments.url
    with clock.pinned(NOW + timedelta(hours=7, minutes=1)):
        assert charging.understand_open() == 1
    assert charge_of(paid_order).disputed_won == 50_000 and open_count(ivo) == 0


@pytest.mark.rule("R66")
def test_a_call_back_that_breaks_keeps_no_other_one_waiting(
    payments: StandIn, paid_order: Order, ordered: Ordered, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, take = ordered(20_000), booking.take
    payments.post("finish", id=charge_of(other).reference)
    broken = charge_of(paid_order)
    monkeypatch.setattr(booking, "take", lambda pk, fact: 1 / 0 if pk == broken.pk else take(pk, fact))
    charging.keep_event("stripe", "evt_bad", broken.reference)
    charging.keep_event("stripe", "evt_good", charge_of(other).reference)
    charging.understand_open()
    assert charge_of(other).state == "paid"
    with giving():
        assert ProviderEvent.objects.get(handled_at=None).problem == "ZeroDivisionError"


def test_the_accountant_asks_again_at_once_or_puts_it_away(
    payments: StandIn, paid_order: Order, as_: As, ivo: Actor, hana: Actor
) -> None:
    with giving():
        values = {"attempts": 14, "problem": "connect", "next_at": NOW + timedelta(hours=1)}
        first, second = (
            ProviderEvent.objects.create(
                provider="stripe", event_id=name, reference=charge_of(paid_order).reference, **values
            )
            for name in ("evt_1", "evt_2")
        )
    desk = as_(ivo)
    assert PAGE in desk.get("/desk/accounts/").content.decode()
    assert f"{PAGE}events/{first.pk}/" in desk.get(PAGE).content.decode()
    assert as_(hana).get(PAGE).status_code == as_(hana).post(f"{PAGE}events/{first.pk}/").status_code == 404
    assert charging.understand_open() == 0
    assert desk.post(f"{PAGE}events/{first.pk}/").status_code == 302
    assert charging.understand_open() == 1
    assert desk.post(f"{PAGE}events/{second.pk}/", {"do": "away"}).status_code == 302
    assert desk.post(f"{PAGE}events/{second.pk}/").status_code == 404
    with giving():
        second.refresh_from_db()
        assert second.handled_by_id == ivo.user.pk
    assert open_count(ivo) == 0
