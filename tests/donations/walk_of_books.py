"""Random steps through the books beside a plain oracle in memory; used by `make test` (1 %) and `make drill` (all)."""

import random
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import connection, transaction

from donations.errors import Refused
from donations.facts import NewGift
from donations.models import Account, Fund, Gift, Journal, Receiver
from donations.selectors.bank import book_on
from donations.selectors.ledger import spent_on_operating_from_gifts, trouble
from donations.services import ledger
from hopecare.kernel.access import Viewer
from tests.donations.books_kit import GIVING, TODAY, giving

CODES = ("east:general", "east:cause:living", "east:cause:medical", "west:general", "west:cause:living")

#: Step → how often, against the others.
STEPS = {
    "gift": 8,
    "settle": 4,
    "pay": 5,
    "refund": 2,
    "crash": 1,
    "carry": 1,
    "reverse": 1,
    "undo": 1,
    "come_back": 2,
    "charge_back": 2,
}


class Crash(Exception):
    """The process dies before the commit."""


@dataclass
class Oracle:
    """Funds as plain dictionaries: what is with the provider, what is in the bank, what is left of each gift."""

    bank: dict[int, int] = field(default_factory=dict)
    clearing: dict[int, int] = field(default_factory=dict)
    gifts: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)  # fund → [(gift, left, source)]

    #: fund → [(journal, what is still out of each gift, oldest first)]
    paid: dict[int, list[tuple[int, list[tuple[int, int, str]]]]] = field(default_factory=dict)
    #: operating fund → chart line → won: fees, and what card companies took back of gifts.
    own: dict[int, dict[str, int]] = field(default_factory=dict)

    def left(self, fund: int) -> int:
        return sum(won for _, won, _ in self.gifts.get(fund, []))

    def bear(self, fund: int, chart: str, won: int) -> None:
        rows = self.own.setdefault(fund, {"chargebacks": 0, "fees": 0, "own_bank": 0})
        rows[chart] += won
        rows["own_bank"] -= won

    def put_back(self, fund: int, place: int, won: int) -> None:
        """Into the youngest gifts of that payment; all gifts of the books are of one day, so the number is the age."""
        journal, taken = self.paid[fund][place]
        rows = {gift: (left, source) for gift, left, source in self.gifts.get(fund, [])}
        kept = []
        for gift, out, source in reversed(taken):
            back = min(out, won)
            won -= back
            if back:
                rows[gift] = (rows.get(gift, (0, source))[0] + back, source)
            if out > back:
                kept.append((gift, out - back, source))
        self.gifts[fund] = [(gift, *rows[gift]) for gift in sorted(rows)]
        self.paid[fund][place] = (journal, kept[::-1])
        if not kept:
            del self.paid[fund][place]


class Walk:
    """One run: the same seed makes the same steps."""

    def __init__(self, seed: int) -> None:
        self.dice, self.oracle, self.step = random.Random(seed), Oracle(), 0
        self.funds = {fund.code: fund for fund in Fund.objects.filter(code__in=CODES)}
        operating = Fund.objects.filter(
            kind="operating", receiver__in={fund.receiver_id for fund in self.funds.values()}
        )
        self.operating = {fund.receiver_id: fund for fund in operating}
        self.seed = seed

    def run(self, steps: int, *, thorough_every: int = 1_000) -> None:
        for self.step in range(1, steps + 1):
            self.one()
            if self.step % thorough_every == 0:
                self.look_everywhere()
        self.look_everywhere()

    def one(self) -> None:
        fund = self.funds[self.dice.choice(CODES)]
        name = self.dice.choices(list(STEPS), list(STEPS.values()))[0]
        with giving() as viewer:
            getattr(self, name)(viewer, fund)
            self.compare(fund)

    def gift(self, viewer: Viewer, fund: Fund) -> None:
        won, source = self.dice.randrange(1, 40) * 1_000, self.dice.choice(["once", "monthly", "box"])
        row = NewGift(fund.pk, won, source, TODAY)
        for _ in range(self.dice.choice([1, 1, 2])):  # what arrives twice counts once
            posted = ledger.receive(by=viewer, key=self.key(), gifts=[row], booked_on=TODAY)
        made = Gift.objects.get(journal_id=posted.id)
        self.oracle.clearing[fund.pk] = self.oracle.clearing.get(fund.pk, 0) + won
        self.oracle.gifts.setdefault(fund.pk, []).append((made.pk, won, source))

    def settle(self, viewer: Viewer, fund: Fund) -> None:
        won = self.oracle.clearing.get(fund.pk, 0)
        if won:
            ledger.settle(by=viewer, key=self.key(), shares={fund.pk: won}, booked_on=TODAY)
            self.oracle.clearing[fund.pk] = 0
            self.oracle.bank[fund.pk] = self.oracle.bank.get(fund.pk, 0) + won
            if fee := won * self.dice.choice([0, 290, 340]) // 10_000:
                self.bear(viewer, fund, "fees", fee, self.key("fee"))

    def pay(self, viewer: Viewer, fund: Fund) -> None:
        won, chart = self.dice.randrange(1, 60) * 1_000, fund.allowed_purposes[0]
        fits = won <= self.oracle.bank.get(fund.pk, 0)
        try:
            with transaction.atomic():
                done = ledger.spend(by=viewer, key=self.key(), fund_id=fund.pk, chart=chart, won=won, booked_on=TODAY)
        except Refused:
            assert not fits, f"seed {self.seed} step {self.step}: refused {won} that was there"
        else:
            assert fits, f"seed {self.seed} step {self.step}: paid {won} that was not there"
            self.oracle.paid.setdefault(fund.pk, []).append((done.id, self.take(fund, won)))

    def take(self, fund: Fund, won: int) -> list[tuple[int, int, str]]:
        """Oldest first; what was taken of each gift."""
        self.oracle.bank[fund.pk] -= won
        kept, taken, missing = [], [], won
        for gift, left, source in self.oracle.gifts[fund.pk]:
            used = min(left, missing)
            missing -= used
            taken += [(gift, used, source)] if used else []
            if left > used:
                kept.append((gift, left - used, source))
        self.oracle.gifts[fund.pk] = kept
        return taken

    def undo(self, viewer: Viewer, fund: Fund) -> None:
        """A payment of some time ago is reversed as a whole; not once some of it came back, nor its mirror image."""
        if not self.oracle.paid.get(fund.pk):
            return
        place = self.dice.randrange(len(self.oracle.paid[fund.pk]))
        journal, taken = self.oracle.paid[fund.pk][place]
        touched = Journal.objects.filter(returns=journal).exists()
        call = {"by": viewer, "booked_on": TODAY, "memo": "wrong fund"}
        try:
            with transaction.atomic():
                done = ledger.reverse(journal_id=journal, **call)  # type: ignore[arg-type]
        except Refused:
            assert touched, f"seed {self.seed} step {self.step}: {journal} was not reversed"
            return
        assert not touched and not ledger.reverse(journal_id=journal, **call).fresh  # type: ignore[arg-type]
        won = sum(won for _, won, _ in taken)
        self.oracle.bank[fund.pk] += won
        self.oracle.put_back(fund.pk, place, won)
        with suppress(Refused), transaction.atomic():
            ledger.reverse(journal_id=done.id, **call)  # type: ignore[arg-type]
            raise AssertionError(f"seed {self.seed} step {self.step}: a mirror was mirrored")

    def come_back(self, viewer: Viewer, fund: Fund) -> None:
        """A payee sends some of a payment back, the youngest won first; more than is still out is refused."""
        if not self.oracle.paid.get(fund.pk):
            return
        place = self.dice.randrange(len(self.oracle.paid[fund.pk]))
        journal, taken = self.oracle.paid[fund.pk][place]
        out = sum(won for _, won, _ in taken)
        won = self.dice.randrange(1, out + 5_001)
        call = {"by": viewer, "journal_id": journal, "won": won, "booked_on": TODAY}
        try:
            with transaction.atomic():
                first = ledger.take_return(key=self.key(), **call)  # type: ignore[arg-type]
        except Refused:
            assert won > out, f"seed {self.seed} step {self.step}: {won} of {out} did not come back"
            return
        again = ledger.take_return(key=self.key(), **call)  # type: ignore[arg-type]
        assert won <= out and again.id == first.id and not again.fresh
        self.oracle.bank[fund.pk] += won
        self.oracle.put_back(fund.pk, place, won)

    def refund(self, viewer: Viewer, fund: Fund) -> None:
        rows = self.oracle.gifts.get(fund.pk, [])
        if not rows:
            return
        place = self.dice.randrange(len(rows))
        gift, left, source = rows[place]
        won = self.dice.randrange(1, left + 1)
        if self.oracle.bank.get(fund.pk, 0) < won:
            return
        parts = [(gift, source, won)]
        ledger.give_back(by=viewer, key=self.key(), fund_id=fund.pk, parts=parts, booked_on=TODAY, out_of="bank")
        self.oracle.bank[fund.pk] -= won
        rows[place] = (gift, left - won, source)
        self.oracle.gifts[fund.pk] = [row for row in rows if row[1]]

    def crash(self, viewer: Viewer, fund: Fund) -> None:
        """Everything of the step, then death before the commit: nothing of it is left."""
        before = Journal.objects.count()
        try:
            with transaction.atomic():
                row = NewGift(fund.pk, 7_000, "once", TODAY)
                ledger.receive(by=viewer, key=self.key(), gifts=[row], booked_on=TODAY, into="bank")
                ledger.spend(
                    by=viewer,
                    key=self.key("b"),
                    fund_id=fund.pk,
                    chart=fund.allowed_purposes[0],
                    won=7_000,
                    booked_on=TODAY,
                )
                raise Crash
        except Crash:
            assert Journal.objects.count() == before

    def charge_back(self, viewer: Viewer, fund: Fund) -> None:
        """A card company takes won of a gift back, or returns them: the operating fund's matter, never the gift's."""
        standing = self.oracle.own.get(self.operating[fund.receiver_id].pk, {}).get("chargebacks", 0)
        won = self.dice.randrange(1, 40) * 1_000
        if standing and self.dice.random() < 0.5:
            won = -self.dice.randrange(1, standing + 1)
        for time in range(self.dice.choice([1, 1, 2])):  # what is told twice counts once
            self.bear(viewer, fund, "chargebacks", won, self.key(), count=not time)

    def bear(self, viewer: Viewer, fund: Fund, chart: str, won: int, key: str, *, count: bool = True) -> None:
        own = self.operating[fund.receiver_id]
        legs = {chart: won, "own_bank": -won}
        posted = ledger.operating(by=viewer, key=key, fund_id=own.pk, legs=legs, booked_on=TODAY)
        assert posted.fresh == count, f"seed {self.seed} step {self.step}: {key} counted {posted.fresh}"
        if count:
            self.oracle.bear(own.pk, chart, won)

    def carry(self, viewer: Viewer, fund: Fund) -> None:
        there = self.funds[fund.code.split(":")[0] + ":general"]
        rows = self.oracle.gifts.get(fund.pk, [])
        if there == fund or not rows or self.oracle.bank.get(fund.pk, 0) < rows[0][1]:
            return
        gift, left, source = rows[0]
        row = NewGift(there.pk, left, source, TODAY, carried_from_id=gift)
        done = ledger.carry(
            by=viewer, key=self.key(), from_fund=fund.pk, to_fund=there.pk, gifts=[row], booked_on=TODAY
        )
        made = Gift.objects.get(journal_id=done.id)
        self.oracle.gifts[fund.pk] = rows[1:]
        self.oracle.gifts.setdefault(there.pk, []).append((made.pk, left, source))
        self.oracle.bank[fund.pk] -= left
        self.oracle.bank[there.pk] = self.oracle.bank.get(there.pk, 0) + left
        self.compare(there)

    def reverse(self, viewer: Viewer, fund: Fund) -> None:
        """A payout paid to the wrong account comes back at once: as if it had not been."""
        won = self.oracle.bank.get(fund.pk, 0)
        if won:
            key, chart = self.key(), fund.allowed_purposes[0]
            done = ledger.spend(by=viewer, key=key, fund_id=fund.pk, chart=chart, won=won, booked_on=TODAY)
            ledger.reverse(by=viewer, journal_id=done.id, booked_on=TODAY, memo="wrong account")

    def key(self, part: str = "a") -> str:
        return f"walk:{self.seed}:{self.step}:{part}"

    def compare(self, fund: Fund) -> None:
        """The touched fund after every step: both accounts, and every gift of it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select chart_id, balance_won from donations_account where fund_id = %s and kind = 'asset'", [fund.pk]
            )
            shown = dict(cursor.fetchall())
        self.compare_own(self.operating[fund.receiver_id])
        gifts = set(Gift.objects.filter(fund=fund, remaining_won__gt=0).values_list("pk", "remaining_won"))
        expected = {"bank": self.oracle.bank.get(fund.pk, 0), "clearing": self.oracle.clearing.get(fund.pk, 0)}
        assert shown == expected, f"seed {self.seed} step {self.step}: {shown} not {expected}"
        rows = {(gift, left) for gift, left, _ in self.oracle.gifts.get(fund.pk, [])}
        assert gifts == rows, f"seed {self.seed} step {self.step}: gifts {gifts ^ rows}"

    def compare_own(self, fund: Fund) -> None:
        rows = dict(Account.objects.filter(fund=fund).exclude(balance_won=0).values_list("chart_id", "balance_won"))
        expected = {chart: won for chart, won in self.oracle.own.get(fund.pk, {}).items() if won}
        assert rows == expected, f"seed {self.seed} step {self.step}: {rows} not {expected}"

    def compare_statement(self, receiver: int) -> None:
        """What the dedicated account should hold today, as the page of the bank works it out."""
        ours = [fund.pk for fund in self.funds.values() if fund.receiver_id == receiver]
        expected = sum(self.oracle.bank.get(pk, 0) for pk in ours)
        found = book_on(GIVING, Receiver.objects.get(pk=receiver), [TODAY])[TODAY]
        assert found == expected, f"seed {self.seed} step {self.step}: {found} not {expected}"

    def look_everywhere(self) -> None:
        with giving():
            for receiver in {fund.receiver_id for fund in self.funds.values()}:
                self.compare_statement(receiver)
            assert spent_on_operating_from_gifts() == 0, f"seed {self.seed} step {self.step}"
            assert trouble() == [], f"seed {self.seed} step {self.step}"
