"""Thin doors for the worker; each is idempotent: tables and files hold the work."""

from celery import shared_task

from donations.services import (
    campaigns,
    cards,
    charging,
    filing,
    giving,
    monthly,
    partners,
    periods,
    receipts,
    rosters,
)
from hopecare.kernel.turns import long_work, moving_money


@shared_task(name="donations.understand")
def understand() -> int:
    return charging.understand_open()


@shared_task(name="donations.move_money")
@moving_money
def move_money() -> int:
    """Files of the banks, due debits, windows that never told us, places that were kept too long."""
    done = filing.take_files() + charging.run_due() + charging.look_up_waiting()
    giving.expire_orders()
    giving.close_met_needs()
    campaigns.close_over()
    return done + rosters.ask_next()


@shared_task(name="donations.day")
@long_work
def day() -> int:
    """Monthly accounts of the day, notices of the days ahead and of the year, and whom to ask or to forget."""
    done = monthly.run_today() + monthly.notify_ahead() + receipts.tell_of_the_year() + cards.look_at_waiting()
    done += giving.release_ended()
    return done + partners.remind_shops() + rosters.forget_unanswered()


@shared_task(name="donations.seal")
def seal() -> bool:
    return periods.seal_day() is not None
