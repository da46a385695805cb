"""Whatever the payment companies' call-backs do on their way, the books end where an oracle of the companies stands.

100 deliveries here, 10,000 in `make drill`; several hands deliver, understand, refund and settle at the same time.
"""

import logging
import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from django.db import connections
from django.test import Client

from donations.errors import Refused
from donations.gateway.errors import Transient
from donations.models import Account, Charge, Gift, Order, ProviderEvent, Receipt, Settlement
from donations.selectors.follow import follow
from donations.selectors.ledger import payable, trouble
from donations.selectors.receipts import years_behind
from donations.services import charging, filing, ledger, receipts
from donations.services.receipts import Asked
from hopecare.kernel import clock, errors
from tests.cast import NOW, Actor
from tests.donations.books_kit import GIVING, TODAY, fund, giving
from tests.donations.companies import Post, Postbox, Shot, Truth
from tests.donations.conftest import StandIn, charge_of, speak_to

SEED = int(os.environ.get("HOPECARE_DRILL_SEED", "1"))
COUNT = 10_000 if os.environ.get("HOPECARE_DRILL") else 200
ORDERS, ROUNDS = COUNT // 30, max(4, COUNT // 400)
FUNDS = ("east:cause:living", "east:general", "west:cause:living")
SPENT = "west:cause:living"  # the one fund that pays meanwhile
NUMBER = "000101-9000000"  # born in 1800: nobody has it
NO_PROXY = {"http": ""}


@pytest.fixture
def box() -> Iterator[Postbox]:
    made = Postbox()
    yield made
    made.close()


@pytest.fixture
def company(box: Postbox, tmp_path: Path, settings: Any) -> Iterator[StandIn]:
    running = StandIn(tmp_path, box.url)
    speak_to(running, settings)
    yield running
    running.stop()


@pytest.fixture
def quiet() -> Iterator[None]:
    """Thousands of lines about calls and refused posts help nobody."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


class World:
    """The company, the givers, the accountant, and what must come of it."""

    def __init__(self, company: StandIn, box: Postbox, ordered: Callable[..., Order], accountant: Actor) -> None:
        self.dice = random.Random(SEED)
        self.company, self.box, self.ordered, self.accountant = company, box, ordered, accountant
        self.truths: list[Truth] = []
        self.post, self.spent, self.done = Post(self.dice), 0, Counter[str]()

    def start(self) -> None:
        code, provider = self.dice.choice(FUNDS), self.dice.choice(["stripe", "portone"])
        order = self.ordered(self.dice.randrange(1, 90) * 1_000, provider, code, name=f"도{len(self.truths)}")
        self.truths.append(Truth(order.code, code, provider, charge_of(order).reference, order.amount_won))

    def act(self) -> None:
        """One thing that happens: mostly at the company, sometimes at our own desk."""
        one = self.dice.choice(self.truths)
        if one.state != "paid":
            self.finish(one)
            return
        steps = [self.ask, self.spend]
        steps += [self.refund_there, self.refund_here] if one.refunded < one.won and not one.disputed else []
        steps += [self.dispute] if not one.dispute else []
        steps += [self.settle_dispute] * 3 if one.dispute == "needs_response" else []
        step = self.dice.choice(steps)
        step(one)
        self.done[step.__name__] += 1

    def finish(self, one: Truth) -> None:
        if one.state == "open":
            do = self.dice.choice(["pay"] * 9 + ["fail"])
            one.state = "paid" if do == "pay" else "failed"
            self.company.post("finish", id=one.reference, do=do)

    def part(self, one: Truth) -> int:
        left = one.won - one.refunded
        return left if self.dice.random() < 0.3 else self.dice.randrange(1, left + 1)

    def refund_there(self, one: Truth) -> None:
        """On the company's own pages; we hear of it by call-back alone."""
        won, known = self.part(one), self.at_company(one)
        path = "/v1/refunds" if one.provider == "stripe" else f"/payments/{known['key']}/cancel"
        values = {"payment_intent": known["id"], "amount": won}
        answer = requests.post(f"{self.company.url}{path}", data=values, timeout=20, proxies=NO_PROXY)
        assert answer.status_code == 200, answer.text
        one.refunded += won

    def at_company(self, one: Truth) -> dict[str, Any]:
        return next(row for row in self.company.payments() if one.reference in (row["id"], row["window"]))

    def refund_here(self, one: Truth) -> None:
        """The accountant, who sees where the payment stands."""
        won = self.part(one)
        charge = seen(one)
        charging.refund(by=self.accountant.viewer, charge_id=charge.pk, won=won)
        one.refunded += won

    def dispute(self, one: Truth) -> None:
        one.dispute = "needs_response"
        self.company.post("dispute", id=one.reference, status=one.dispute)

    def settle_dispute(self, one: Truth) -> None:
        one.dispute = self.dice.choice(["won", "lost"])
        self.company.post("dispute", id=one.reference, status=one.dispute)

    def ask(self, one: Truth) -> None:
        years = years_behind(follow(one.code))
        asked = Asked("person", "도하람", NUMBER, consent=True)
        try:
            one.receipt |= bool(receipts.ask(by=GIVING, year=years[0] if years else None, asked=asked))
        except errors.Impossible:
            return

    def spend(self, one: Truth) -> None:
        won, place = self.dice.randrange(1, 30) * 1_000, fund(SPENT)
        try:
            with giving() as viewer:
                key = f"spent:{self.done['spend']}:{len(self.truths)}"
                call = {"fund_id": place.pk, "chart": "living", "won": won, "booked_on": TODAY}
                self.spent += won if ledger.spend(by=viewer, key=key, **call).fresh else 0  # type: ignore[arg-type]
        except Refused:
            assert payable(place.pk) < won

    # The way of the call-backs

    def turn(self, now: int) -> None:
        """Call-backs of before go their ways while new things happen and two workers understand."""
        stop, shots = threading.Event(), list(self.post.shots(COUNT // ROUNDS, now))
        with ThreadPoolExecutor(4) as hands:
            workers = [hands.submit(understand_until, stop) for _ in "ab"]
            posts = [hands.submit(deliver, shots[lane::2]) for lane in range(2)]
            try:
                for _ in range(ORDERS // ROUNDS * 5):
                    self.act()
                filing.take_files()
                charging.look_up_waiting(older_than=timedelta(0), limit=20)
                for one in posts:
                    self.done["delivered"] += one.result()
            finally:
                stop.set()
            for one in workers:
                one.result()
        self.catch(now)

    def catch(self, now: int) -> None:
        self.company.post("manners", hold=0)
        self.company.post("manners", hold=1)
        self.post.take(self.box.empty(), now)


def seen(one: Truth) -> Charge:
    """As the desk sees it; where a worker is just looking, a moment later."""
    for _ in range(100):
        with suppress(Transient):
            return charging.look_again(one.provider, one.reference)
        time.sleep(0.05)
    raise AssertionError(f"{one} is looked at without an end")


def deliver(shots: list[Shot]) -> int:
    client = Client()
    try:
        for shot in shots:
            answer = client.post(shot.path, shot.body, content_type="application/json", headers=shot.headers)
            assert answer.status_code == (200 if shot.genuine else 400), (shot, answer.status_code)
        return len(shots)
    finally:
        connections.close_all()


def understand_until(stop: threading.Event) -> None:
    try:
        while not stop.wait(0.05):
            charging.understand_open(limit=20)
    finally:
        connections.close_all()


@pytest.mark.rule("R66")
@pytest.mark.rule("R73")
@pytest.mark.django_db(transaction=True)
def test_whatever_call_backs_do_on_their_way_the_books_end_where_the_companies_stand(
    company: StandIn, box: Postbox, ordered: Callable[..., Order], ivo: Actor, quiet: None
) -> None:
    company.post("manners", hold=1)
    world = World(company, box, ordered, ivo)
    for now in range(ROUNDS):
        for _ in range(ORDERS // ROUNDS + 1):
            world.start()
        world.turn(now)
    world.turn(1_000)  # what was late comes at last
    world.turn(1_000)
    deliver(list(world.post.shots(len(world.post.held), 2_000)))
    for hours in range(1, 40):  # what could not be understood at once is looked at after a pause
        with clock.pinned(NOW + timedelta(hours=hours)):
            charging.understand_open()
    company.post("banks")
    for _ in "ab":
        filing.take_files()
    print(f"seed {SEED}: {len(world.truths)} gifts, {len(world.post.sent)} call-backs, {dict(world.done)}")
    charges_stand(world)
    books_stand(world)
    receipts_stand(world)


def charges_stand(world: World) -> None:
    with giving():
        rows = Charge.objects.select_related("order")
        shown = {row.order.code: (row.state, row.refunded_won, row.disputed_won) for row in rows if row.order}
        gifts = dict(Gift.objects.values_list("order__code", "amount_won"))
        events = set(ProviderEvent.objects.exclude(handled_at=None).values_list("provider", "event_id"))
        assert not ProviderEvent.objects.filter(handled_at=None).exists()
        assert not Settlement.objects.exclude(problem="").exists()
    expected = {one.code: one.charge for one in world.truths}
    assert shown == expected, {code: (shown[code], expected[code]) for code in shown if shown[code] != expected[code]}
    assert gifts == {one.code: one.won for one in world.truths if one.state == "paid"}
    assert events == {one.event for one in world.post.sent}


def books_stand(world: World) -> None:
    """Fund by fund in the East; in the West, where money was spent meanwhile, the gifts and the own means together."""
    with giving():
        balances = {(row.fund.code, row.chart_id): row.balance_won for row in Account.objects.select_related("fund")}
        assert trouble() == []
    for code in FUNDS:
        rows = [one for one in world.truths if one.fund == code]
        assert balances.get((code, "clearing"), 0) == 0
        if code != SPENT:
            assert balances.get((code, "bank"), 0) == sum(one.paid_won - one.refunded for one in rows), code
    for side in ("east", "west"):
        rows = [one for one in world.truths if one.fund.startswith(side)]
        own = balances.get((f"{side}:operating", "own_bank"), 0)
        fees, disputed = sum(one.fee for one in rows), sum(one.disputed for one in rows)
        assert balances.get((f"{side}:operating", "fees"), 0) == fees
        if side == "east":
            assert (balances.get((f"{side}:operating", "chargebacks"), 0), own) == (disputed, -disputed - fees)
        held = own + sum(balances.get((code, "bank"), 0) for code in FUNDS if code.startswith(side))
        spent = world.spent if SPENT.startswith(side) else 0
        assert held == sum(one.paid_won - one.refunded for one in rows) - disputed - fees - spent


def receipts_stand(world: World) -> None:
    """One live receipt of what a gift still counts for, for whoever asked; numbers without a gap or a double."""
    with giving():
        rows = list(Receipt.objects.select_related("gift__order").order_by("receiver_id", "serial"))
    live = Counter(
        (row.gift.order.code, row.amount_won) for row in rows if row.voided_at is None and row.gift.order is not None
    )
    left = {one.code: one.won - one.refunded - one.disputed for one in world.truths if one.receipt}
    assert live == Counter((code, won) for code, won in left.items() if won)
    for receiver in {row.receiver_id for row in rows}:
        serials = [row.serial for row in rows if row.receiver_id == receiver]
        assert serials == list(range(1, len(serials) + 1))
