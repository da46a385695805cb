"""Places kept at checkout that lapse, late payments of them, and a campaign's target, beside a plain oracle."""

import random
from datetime import datetime, timedelta

import pytest

from donations.models import Campaign, Order
from donations.selectors import funds
from donations.selectors.ledger import fund_balance, trouble
from donations.services import booking, campaigns, giving
from donations.services.giving import Wish
from donations.states import OrderState
from hopecare.kernel import clock, errors
from tests.cast import NOW, Actor
from tests.donations.books_kit import giving as giving_side
from tests.donations.conftest import charge_of
from tests.donations.test_campaigns import PLAN

pytestmark = pytest.mark.django_db
STEPS = 60
KEPT = timedelta(days=3)  # of a transfer by hand


class Walk:
    """One campaign of a million won; nobody is promised what somebody else has or still may have."""

    def __init__(self, seed: int, campaign: Campaign) -> None:
        self.dice, self.fund_id, self.now, self.given = random.Random(seed), campaign.fund_id or 0, NOW, 0
        self.kept: list[tuple[datetime, Order]] = []
        self.lapsed: list[Order] = []

    @property
    def free(self) -> int:
        return max(0, PLAN.target_won - self.given - sum(order.amount_won for _, order in self.kept))

    def step(self) -> None:
        self.dice.choice([self.start, self.start, self.start, self.pay, self.pay_late, self.wait])()

    def compare(self) -> None:
        with giving_side() as viewer:
            fund = funds.Fund.objects.get(pk=self.fund_id)
            assert funds.lacking(viewer, fund) == self.free
            assert fund_balance(self.fund_id) == self.given and trouble() == []

    def start(self) -> None:
        won = self.dice.randrange(1, 300) * 1_000
        try:
            order = giving.start(Wish(self.fund_id, won, "bank", "return", "도하람", source="campaign"))
        except errors.Impossible:
            assert won > self.free, f"{won} of {self.free} refused"
        else:
            assert won <= self.free, f"{won} of {self.free} promised"
            self.kept.append((self.now + KEPT, order))

    def pay(self) -> None:
        if self.kept:
            self.book(self.kept.pop(self.dice.randrange(len(self.kept)))[1])

    def pay_late(self) -> None:
        """Whoever pays after the place lapsed is not turned away; what is too much waits to be sent back."""
        if self.lapsed:
            self.book(self.lapsed.pop())

    def book(self, order: Order) -> None:
        with giving_side() as viewer:
            for _ in "ab":  # twice is once
                booking.book_deposit(viewer, charge_of(order))
        self.given += order.amount_won

    def wait(self) -> None:
        self.now += timedelta(hours=self.dice.randrange(1, 60))
        gone = [order for until, order in self.kept if until <= self.now]
        self.kept = [(until, order) for until, order in self.kept if until > self.now]
        self.lapsed += gone


@pytest.mark.rule("K11")
@pytest.mark.parametrize("seed", range(4))
def test_what_lapses_is_free_again_and_nothing_is_promised_twice(seed: int, hana: Actor, eli: Actor) -> None:
    row = campaigns.propose(by=hana.viewer, plan=PLAN)
    walk = Walk(seed, campaigns.open_it(by=eli.viewer, code=row.code))
    for number in range(STEPS):
        with clock.pinned(walk.now):
            walk.step()
        with clock.pinned(walk.now):
            walk.compare()
            expired = giving.expire_orders() if number % 3 else 0
        assert expired <= len(walk.lapsed)
    with clock.pinned(walk.now + timedelta(seconds=1)), giving_side():
        giving.expire_orders()
        states = dict(Order.objects.values_list("pk", "state"))
    assert {states[order.pk] for order in walk.lapsed} <= {OrderState.EXPIRED}
    assert {states[order.pk] for _, order in walk.kept} <= {OrderState.STARTED}
