"""Which booked payment an outgoing line of a statement is, and what an account should hold: values alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from hopecare.kernel.errors import Problem, required

#: A payment and its line may be apart by this many days where only sum and name speak for one another.
NEAR = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """What the bank says."""

    reference: str
    on: date
    name: str
    memo: str


@dataclass(frozen=True)
class Payment:
    """One that is booked, of the same account and the same sum, without a line yet. `mark`: as in the transfer file."""

    kind: str  # payout, back
    pk: int
    mark: str
    reference: str
    payee: str
    on: date


def mark_of(kind: str, key: UUID) -> str:
    """What our file for the bank writes beside a transfer, and its statement repeats; `kind`: payout or back."""
    return f"{'P' if kind == 'payout' else 'B'}-{key.hex[:8]}"


def payment_of(line: Line, payments: Iterable[Payment]) -> Payment | None:
    """By our own mark, by the reference the accountant wrote down, or by the payee's name near the day.

    None where nobody or more than one fits: the sum alone says nothing about who was paid.
    """
    rows = list(payments)
    words = _plain(f"{line.memo} {line.name}")
    for fitting in (
        [row for row in rows if _plain(row.mark) in words],
        [row for row in rows if _plain(row.reference) and _plain(row.reference) == _plain(line.reference)],
        [row for row in rows if alike(row.payee, line.name) and abs(row.on - line.on) <= NEAR],
    ):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            return None
    return None


def alike(payee: str, name: str) -> bool:
    """Statements cut names off."""
    one, other = _plain(payee), _plain(name)
    return len(one) > 1 and len(other) > 1 and (one in other or other in one)


def _plain(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())


@dataclass(frozen=True)
class Moved:
    """Won that came (or left, below nought) on a day of the bank and another day of the books."""

    won: int
    bank_on: date
    booked_on: date


def expected(booked: dict[date, int], moved: Iterable[Moved], days: list[date], opening_won: int) -> dict[date, int]:
    """What the account should hold at the end of each of `days` (in order): the books, at the bank's own days.

    A line that is matched counts on the bank's day; whatever else is booked counts on its day of the books.
    """
    steps = dict(booked)
    for one in moved:
        steps[one.booked_on] = steps.get(one.booked_on, 0) - one.won
        steps[one.bank_on] = steps.get(one.bank_on, 0) + one.won
    found, sums, rest = dict[date, int](), opening_won, sorted(steps.items())
    for day in days:
        while rest and rest[0][0] <= day:
            sums += rest.pop(0)[1]
        found[day] = sums
    return found


def explanation_problems(reason: str, words: str, *, reasons: tuple[str, ...]) -> list[Problem]:
    found = [] if reason in reasons else [required("reason")]
    return found if words.strip() else [*found, required("words")]


def not_open() -> Problem:
    return Problem("state", _("This difference has been settled already, or is another one by now."))


def not_this_payment() -> Problem:
    return Problem(
        "payment", _("That payment is of another account or another sum, or has its line already."), "payment"
    )
