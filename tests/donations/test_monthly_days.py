"""Days on which nothing ran are made up, and nobody is debited without having been told before."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from donations.models import Pledge
from donations.services import enrolling, monthly
from hopecare.kernel import clock
from hopecare.messaging.models import Message
from tests.cast import NOW
from tests.database import as_owner
from tests.donations.conftest import StandIn, charge_of

pytestmark = pytest.mark.django_db
Enrolled = Callable[..., Pledge]


def run(after: int) -> None:
    """The task of the hour, so many days from now."""
    with clock.pinned(NOW + timedelta(days=after)):
        monthly.run_today()
        monthly.notify_ahead()


def told() -> list[str]:
    with as_owner():
        return sorted(Message.objects.filter(purpose="debit_notice").values_list("step", flat=True))


def charged(pledge: Pledge) -> bool:
    return bool(charge_of(pledge).state == "paid")


@pytest.mark.rule("R64")
def test_days_of_an_outage_are_made_up_and_whoever_was_not_told_is_told_first(
    payments: StandIn, enrolled: Enrolled
) -> None:
    early, late = enrolled(day=26), enrolled(day=27)
    run(0)
    assert told() == ["2026-11:26"]
    run(7)  # 30 November
    assert charged(early) and not charged(late)
    assert told() == ["2026-11:26", "2026-12:3"]
    run(9)
    run(9)
    assert not charged(late)
    run(10)
    assert charged(late) and len(payments.payments()) == 2
    assert told() == ["2026-11:26", "2026-12:3"]


@pytest.mark.rule("R64")
def test_an_account_that_was_opened_shortly_before_its_day_is_told_once_before_it(
    payments: StandIn, enrolled: Enrolled
) -> None:
    enrolled(day=24)
    run(0)
    run(0)
    assert told() == ["2026-11:24"]


def test_an_account_that_was_opened_on_its_day_begins_with_the_next_month(
    payments: StandIn, enrolled: Enrolled
) -> None:
    pledge = enrolled(day=23)
    for after in range(3):
        run(after)
    assert payments.payments() == []
    for after in (29, 30):  # 23 December
        run(after)
    assert charged(pledge)


@pytest.mark.rule("R64")
def test_skipping_a_debit_that_an_outage_moved_skips_that_one_and_not_the_month_it_moved_into(
    payments: StandIn, enrolled: Enrolled
) -> None:
    pledge, other = enrolled(day=27), enrolled(day=27, token="cus_2/pm_ok")
    run(0)
    run(7)  # 30 November: moved to 3 December, and told
    with clock.pinned(NOW + timedelta(days=8)):
        assert enrolling.next_debit(pledge) == date(2026, 12, 3)
        enrolling.tap(pledge, "skip")
        assert enrolling.next_debit(pledge) == date(2026, 12, 27)
    for after in (10, 11):
        run(after)
    assert charge_of(pledge).failure == "held_back" and charged(other)
    for after in range(31, 35):  # 27 December
        run(after)
    assert charged(pledge)
