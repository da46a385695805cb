"""Thin doors for the worker; each is idempotent: tables and files hold the work."""

import logging
from collections.abc import Callable

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

log = logging.getLogger(__name__)


@shared_task(name="donations.understand")
def understand() -> int:
    return charging.understand_open()


def _all_of(*steps: Callable[[], int | None]) -> int:
    """Each step by itself: what breaks one keeps none of the others waiting; the next run tries it again."""
    done = 0
    for step in steps:
        try:
            done += step() or 0
        except Exception:
            log.exception("%s broke", step.__qualname__)
    return done


@shared_task(name="donations.move_money")
@moving_money
def move_money() -> int:
    """Files of the banks, due debits, windows that never told us, places that were kept too long."""
    return _all_of(
        filing.take_files,
        charging.run_due,
        charging.look_up_waiting,
        giving.expire_orders,
        giving.close_met_needs,
        campaigns.close_over,
        rosters.ask_next,
    )


@shared_task(name="donations.day")
@long_work
def day() -> int:
    """Monthly accounts of the day, notices of the days ahead and of the year, and whom to ask or to forget."""
    return _all_of(
        monthly.run_today,
        monthly.notify_ahead,
        receipts.tell_of_the_year,
        cards.look_at_waiting,
        giving.release_ended,
        partners.remind_shops,
        rosters.forget_unanswered,
    )


@shared_task(name="donations.seal")
def seal() -> bool:
    return periods.seal_day() is not None
