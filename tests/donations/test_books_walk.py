"""A thousand random steps, and many hands at once: touched funds agree with the oracle, no won is lost or doubled."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from donations.errors import Refused
from donations.selectors.ledger import fund_balance, trouble
from donations.services import ledger
from hopecare.kernel import clock
from tests.cast import NOW
from tests.donations.books_kit import TODAY, fund, given, giving
from tests.donations.walk_of_books import Walk

STEPS = int(os.environ.get("HOPECARE_LEDGER_STEPS") or 1_000)


@pytest.mark.rule("R73")
@pytest.mark.django_db
def test_a_thousand_steps(city: object) -> None:
    Walk(seed=2007).run(STEPS, thorough_every=500)


@pytest.mark.django_db(transaction=True)
def test_many_hands_on_one_fund_never_overdraw_it(city: object) -> None:
    for number in range(10):
        given(f"g{number}", 10_000)

    def pay(number: int) -> bool:
        try:
            with giving() as viewer:
                ledger.spend(
                    by=viewer, key=f"p{number % 30}", fund_id=fund().pk, chart="living", won=7_000, booked_on=TODAY
                )
            return True
        except Refused:
            return False
        finally:
            connections.close_all()

    with clock.pinned(NOW), ThreadPoolExecutor(8) as hands:
        list(hands.map(pay, range(60)))
    with giving():
        assert (fund_balance(fund().pk), trouble()) == (100_000 - 14 * 7_000, [])
