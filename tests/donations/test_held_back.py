"""What a giver stopped, paused or skipped does not go off any more, wherever its debit stands."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from donations.models import Charge, Pledge
from donations.services import charging, monthly
from donations.states import ChargeState
from hopecare.kernel import clock
from tests.cast import NOW
from tests.donations.books_kit import TODAY, fund, giving
from tests.donations.conftest import StandIn, charge_of, same_method

pytestmark = pytest.mark.django_db
Enrolled = Callable[..., Pledge]


def lost_answer(**values: object) -> None:
    """The worker called, or died before it did: nobody knows whether the provider has it."""
    with giving():
        Charge.objects.update(uncertain=True, **values)


def later() -> None:
    with clock.pinned(NOW + timedelta(minutes=20)):
        charging.run_due()


def charges() -> list[tuple[str, int, str]]:
    with giving():
        return list(Charge.objects.order_by("pk").values_list("state", "amount_won", "failure"))


@pytest.mark.rule("R64")
@pytest.mark.parametrize("state", [ChargeState.READY, ChargeState.CALLING])
def test_a_stopped_account_s_part_does_not_go_off_when_the_provider_knows_nothing_of_its_debit(
    payments: StandIn, enrolled: Enrolled, state: ChargeState
) -> None:
    first = enrolled(units=2)
    second = enrolled(donor=first.donor, fund=fund())
    same_method(first, second)
    monthly.prepare(TODAY)
    lost_answer(state=state, leased_until=NOW)
    monthly.change(code=second.code, to="stopped")
    assert charges() == [(state, 15_000, "")]
    later()
    assert [payment["won"] for payment in payments.payments()] == [10_000]
    assert charges() == [("failed", 15_000, "held_back"), ("paid", 10_000, "")]
    assert not charge_of(second).uncertain


@pytest.mark.rule("R64")
def test_the_only_account_of_an_uncertain_debit_is_looked_up_though_it_was_paused(
    payments: StandIn, enrolled: Enrolled
) -> None:
    had, had_not = enrolled("cus_1/pm_late"), enrolled()
    monthly.prepare(TODAY)
    with giving():
        Charge.objects.filter(lines__pledge=had_not).update(due_on=TODAY + timedelta(days=1))
    charging.run_due()  # the provider has it, and its answer is lost
    assert len(payments.payments()) == 1
    with giving():
        Charge.objects.filter(lines__pledge=had_not).update(due_on=TODAY)
    lost_answer(state=ChargeState.READY, leased_until=None)
    for pledge in (had, had_not):
        monthly.change(code=pledge.code, to="paused")
    later()
    assert charge_of(had).state == "paid" and len(payments.payments()) == 1
    assert (charge_of(had_not).state, charge_of(had_not).failure) == ("failed", "held_back")
