"""Where the bank and the books differ: lines without a payment, payments without a line, closing balances (K12)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Min, Q

from donations.access import visible_to
from donations.models import BankBalance, BankExplanation, Deposit, MoneyBack, Payout, Receiver, Withdrawal
from donations.rules import bank as rules
from donations.states import BackState, PayoutState
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

SHOWN, FITTING = 50, 500
#: A difference in what an account holds goes on from day to day; one that stopped before that was mended.
COMPARED = timedelta(days=92)
_OUT = (PayoutState.PAID, PayoutState.PROVEN, PayoutState.RETURNED)
_BEFORE = """
select coalesce(sum(t.debit_won - t.credit_won), 0) from donations_turnover t
join donations_account a on a.id = t.account_id join donations_fund f on f.id = a.fund_id
where f.receiver_id = %s and a.chart_id = 'bank' and t.month < %s
"""
_SINCE = """
select j.booked_on, sum(p.amount_won) from donations_journal j join donations_posting p on p.journal_id = j.id
join donations_account a on a.id = p.account_id join donations_fund f on f.id = a.fund_id
where j.booked_on >= %s and a.chart_id = 'bank' and f.receiver_id = %s group by 1
"""


@dataclass(frozen=True)
class Left:
    """A line by which money left and that is no booked payment yet, with those it could be."""

    row: Withdrawal
    payments: list[rules.Payment]

    @property
    def won(self) -> int:
        return self.row.amount_won


@dataclass(frozen=True)
class Missing:
    """A booked payment that no line of a statement shows. `kind`: payout or back."""

    kind: str
    row: Payout | MoneyBack
    receiver: Receiver

    @property
    def won(self) -> int:
        return self.row.amount_won


@dataclass(frozen=True)
class Held:
    """What the bank says an account held, and what the books say, since the first day of the same difference."""

    row: BankBalance
    last: date
    closing_won: int
    book_won: int
    explained: BankExplanation | None

    @property
    def won(self) -> int:
        return self.closing_won - self.book_won


@dataclass(frozen=True)
class Differences:
    """The worklist; `held` has the newest comparison of every account, `explained` what somebody gave a word on."""

    left: list[Left]
    missing: list[Missing]
    deposits: list[Deposit]
    apart: list[Held]
    held: list[Held]
    explained: list[BankExplanation]

    @property
    def count(self) -> int:
        """Beside the deposits nobody named, which have a list of their own."""
        return len(self.left) + len(self.missing) + len(self.apart)

    def stands(self, kind: str, about: int, won: int) -> bool:
        """Whether this very difference is open."""
        rows = [("withdrawal", one.row.pk, one.won) for one in self.left]
        rows += [(one.kind, one.row.pk, one.won) for one in self.missing]
        rows += [("deposit", one.pk, one.amount_won) for one in self.deposits]
        return (kind, about, won) in [*rows, *(("balance", one.row.pk, one.won) for one in self.apart)]


def differences(viewer: Viewer, until: date | None = None) -> Differences:
    """Everything open, of days up to `until`. Lines name people: their read is logged."""
    check(viewer, Permission.MONEY_VIEW)
    until = until or clock.today()
    spoken = {(row.kind, row.about, row.won): row for row in visible_to(viewer, BankExplanation).order_by("pk")}
    left = [Left(row, payments_of(row)) for row in _left(viewer, spoken, until)]
    receivers = list(Receiver.objects.select_related("centre").order_by("pk"))
    since = dict(visible_to(viewer, BankBalance).values_list("receiver").annotate(Min("day")))
    missing = [
        one for row in receivers if row.pk in since for one in _missing(viewer, row, since[row.pk], until, spoken)
    ]
    runs = [one for row in receivers if row.pk in since for one in _runs(viewer, row, until, spoken)]
    newest = {one.row.receiver_id: one for one in runs}
    deposits = _deposits(viewer, spoken, until)
    audit.read(viewer, "withdrawal", [one.row.pk for one in left])
    return Differences(
        left=left,
        missing=missing,
        deposits=deposits,
        apart=[one for one in runs if one.won and one.explained is None],
        held=list(newest.values()),
        explained=list(spoken.values())[: -SHOWN - 1 : -1],
    )


def payments_of(row: Withdrawal) -> list[rules.Payment]:
    """Booked payments of its account and sum that have no line yet."""
    paid = Payout.objects.filter(
        fund__receiver=row.receiver_id, amount_won=row.amount_won, state__in=_OUT, withdrawal=None
    )
    back = MoneyBack.objects.filter(
        receiver=row.receiver_id, amount_won=row.amount_won, state=BackState.PAID, withdrawal=None
    )
    return [_payment("payout", one) for one in paid.order_by("-paid_on", "-pk")[:FITTING]] + [
        _payment("back", one) for one in back.order_by("-paid_on", "-pk")[:FITTING]
    ]


def _payment(kind: str, one: Payout | MoneyBack) -> rules.Payment:
    assert one.paid_on is not None
    return rules.Payment(kind, one.pk, rules.mark_of(kind, one.uuid), one.bank_reference, one.payee_name, one.paid_on)


Spoken = dict[tuple[str, int, int], BankExplanation]


def explained_deposits(viewer: Viewer) -> list[int]:
    """Deposits that are no gift, and why somebody wrote down."""
    return list(visible_to(viewer, BankExplanation).filter(kind="deposit").values_list("about", flat=True))


def _left(viewer: Viewer, spoken: Spoken, until: date) -> list[Withdrawal]:
    rows = visible_to(viewer, Withdrawal).filter(payout=None, back=None, booked_on__lte=until)
    known = [about for kind, about, _ in spoken if kind == "withdrawal"]
    return list(rows.exclude(pk__in=known).select_related("receiver__centre").order_by("booked_on", "pk")[:SHOWN])


def _deposits(viewer: Viewer, spoken: Spoken, until: date) -> list[Deposit]:
    rows = visible_to(viewer, Deposit).filter(journal=None, booked_on__lte=until)
    known = [about for kind, about, _ in spoken if kind == "deposit"]
    return list(rows.exclude(pk__in=known).select_related("receiver__centre").order_by("booked_on", "pk")[:SHOWN])


def _missing(viewer: Viewer, receiver: Receiver, since: date, until: date, spoken: Spoken) -> list[Missing]:
    """Payments since the bank's first balance, of days that a newer balance covers already."""
    newest = visible_to(viewer, BankBalance).filter(receiver=receiver).latest("day").day
    days = (since + timedelta(days=1), min(newest, until))
    paid = visible_to(viewer, Payout).filter(
        fund__receiver=receiver, state__in=_OUT, paid_on__range=days, withdrawal=None
    )
    back = visible_to(viewer, MoneyBack).filter(
        receiver=receiver, state=BackState.PAID, paid_on__range=days, withdrawal=None
    )
    rows: list[tuple[str, Payout | MoneyBack]] = [("payout", row) for row in paid.order_by("paid_on", "pk")[:SHOWN]]
    rows += [("back", row) for row in back.order_by("paid_on", "pk")[:SHOWN]]
    return [Missing(kind, row, receiver) for kind, row in rows if (kind, row.pk, row.amount_won) not in spoken]


def _runs(viewer: Viewer, receiver: Receiver, until: date, spoken: Spoken) -> list[Held]:
    """Days of the same difference as one, oldest first; a word on any of its days is one on all of them."""
    balances = visible_to(viewer, BankBalance).filter(receiver=receiver, day__range=(until - COMPARED, until))
    rows, earlier = list(balances.order_by("day")), _earlier(viewer, receiver, until - COMPARED, spoken)
    book = book_on(viewer, receiver, [row.day for row in rows])
    found = list[Held]()
    for row in rows:
        won = row.closing_won - book[row.day]
        said = spoken.get(("balance", row.pk, won)) or (None if found else earlier.get(won))
        if found and found[-1].won == won:
            before = found.pop()
            found.append(Held(before.row, row.day, row.closing_won, book[row.day], before.explained or said))
        else:
            found.append(Held(row, row.day, row.closing_won, book[row.day], said))
    return found


def _earlier(viewer: Viewer, receiver: Receiver, before: date, spoken: Spoken) -> dict[int, BankExplanation]:
    """Words on days that are not compared any more, by the sum: their difference may still go on."""
    ids = [about for kind, about, _ in spoken if kind == "balance"]
    old = set(
        visible_to(viewer, BankBalance)
        .filter(pk__in=ids, receiver=receiver, day__lt=before)
        .values_list("pk", flat=True)
    )
    return {won: row for (kind, about, won), row in spoken.items() if kind == "balance" and about in old}


def book_on(viewer: Viewer, receiver: Receiver, days: list[date]) -> dict[date, int]:
    """What the account should hold at the end of each day: the books, at the days of the bank's own lines."""
    if not days:
        return {}
    month = days[0].replace(day=1)
    opening = int(_query(_BEFORE, [receiver.pk, month])[0][0])
    booked = {day: int(won) for day, won in _query(_SINCE, [month, receiver.pk])}
    return rules.expected(booked, _moved(viewer, receiver, month), days, opening)


def _moved(viewer: Viewer, receiver: Receiver, since: date) -> list[rules.Moved]:
    """Lines whose day at the bank is another one than in the books."""
    came = visible_to(viewer, Deposit).filter(receiver=receiver).exclude(journal=None)
    came = came.exclude(booked_on=F("journal__booked_on"))
    came = came.filter(Q(booked_on__gte=since) | Q(journal__booked_on__gte=since))
    moved = [rules.Moved(*row) for row in came.values_list("amount_won", "booked_on", "journal__booked_on")]
    went = visible_to(viewer, Withdrawal).filter(receiver=receiver)
    for one, borne in (("payout", None), ("back", "back__borne_won")):
        rows = went.exclude(**{one: None}).exclude(booked_on=F(f"{one}__paid_on"))
        rows = rows.filter(Q(booked_on__gte=since) | Q(**{f"{one}__paid_on__gte": since}))
        names = ("amount_won", "booked_on", f"{one}__paid_on", *([borne] if borne else []))
        moved += [rules.Moved(sum(row[3:]) - row[0], row[1], row[2]) for row in rows.values_list(*names)]
    return moved


def _query(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def open_until(viewer: Viewer, until: date) -> int:
    """How much of the days up to `until` nobody has explained or mended, deposits without a name, too."""
    found = differences(viewer, until)
    return found.count + len(found.deposits)
