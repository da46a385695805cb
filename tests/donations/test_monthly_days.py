"""Days on which nothing ran are made up, and nobody is debited without having been told before."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from donations import tasks
from donations.models import Charge, Pledge
from donations.selectors.giver import next_debit
from donations.services import enrolling, monthly, telling
from hopecare.kernel import clock
from hopecare.messaging.models import Message
from tests.cast import NOW
from tests.database import as_owner
from tests.donations.books_kit import giving
from tests.donations.conftest import StandIn, charge_of, same_method

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
    assert told() == ["2026-11:26", "late:2026-12-03"]
    run(9)
    run(9)
    assert not charged(late)
    run(10)
    assert charged(late) and len(payments.payments()) == 2
    assert told() == ["2026-11:26", "late:2026-12-03"]


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
    pledge = enrolled(day=23, at=NOW)
    for after in range(3):
        run(after)
    assert payments.payments() == []
    for after in (29, 30):  # 23 December
        run(after)
    assert charged(pledge)


@pytest.mark.rule("R64")
def test_two_debits_of_one_giver_that_were_moved_to_one_day_are_told_as_one_sum_beside_the_day_s_own(
    payments: StandIn, enrolled: Enrolled
) -> None:
    first = enrolled(day=27)
    enrolled(day=28, donor=first.donor, units=2)
    run(0)
    run(7)  # 30 November: both go off on 3 December, and so does this one, as on every 3rd
    with clock.pinned(NOW + timedelta(days=7)):
        enrolled(day=3, donor=first.donor, units=4)
    run(8)
    assert told() == ["2026-12:3", "late:2026-12-03"]
    with as_owner():
        bodies = [row.body for row in Message.objects.filter(purpose="debit_notice").order_by("step")]
    assert "20,000" in bodies[0] and "15,000" in bodies[1]


@pytest.mark.rule("R64")
def test_a_debit_that_was_moved_and_is_skipped_does_not_go_off_and_the_next_month_s_does(
    payments: StandIn, enrolled: Enrolled
) -> None:
    pledge = enrolled(day=27)
    other = enrolled(day=27, donor=pledge.donor, units=2)
    same_method(pledge, other)
    run(0)
    run(7)
    with clock.pinned(NOW + timedelta(days=8)):
        assert next_debit(pledge) == date(2026, 12, 3)
        enrolling.tap(pledge, "skip")
    with giving():
        pledge.refresh_from_db()
    with clock.pinned(NOW + timedelta(days=9)):
        assert next_debit(pledge) == date(2026, 12, 27)
    run(10)
    assert [payment["won"] for payment in payments.payments()] == [10_000]
    assert (charge_of(pledge).state, charge_of(pledge).failure) == ("failed", "held_back")
    for after in range(11, 35):
        run(after)
    assert [payment["won"] for payment in payments.payments()] == [10_000, 15_000]


@pytest.mark.rule("R64")
def test_whoever_could_not_be_told_for_days_is_not_debited_before_the_notices_go_out_again(
    payments: StandIn, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_before, untold = enrolled(day=26), enrolled(day=27)
    run(0)
    notice, late_notice = telling.notice, telling.late_notice
    for name in ("notice", "late_notice"):
        monkeypatch.setattr(telling, name, lambda *_given: 1 / 0)
    enrolled(day=28)  # so that there is something to tell each day
    for after in range(1, 9):  # debits run each day, the notices break each day
        with clock.pinned(NOW + timedelta(days=after)):
            tasks.day()
    assert charged(told_before) and len(payments.payments()) == 1
    with giving():
        assert not Charge.objects.filter(lines__pledge=untold).exists()
    monkeypatch.setattr(telling, "notice", notice)
    monkeypatch.setattr(telling, "late_notice", late_notice)
    run(9)  # 2 December
    assert told() == ["2026-11:26", "late:2026-12-05", "late:2026-12-05"]
    run(11)
    assert len(payments.payments()) == 1
    run(12)
    assert charged(untold) and len(payments.payments()) == 3


@pytest.mark.rule("R64")
def test_debits_that_were_told_and_not_made_for_days_are_made_up(payments: StandIn, enrolled: Enrolled) -> None:
    pledge = enrolled(day=26)
    run(0)
    for after in range(1, 9):  # the notices go out, and no debit is made
        with clock.pinned(NOW + timedelta(days=after)):
            monthly.notify_ahead()
    assert payments.payments() == []
    run(9)
    assert charged(pledge) and told() == ["2026-11:26"]
