"""Statements beside the books: money that left dedicated accounts, what they held, words on what differs (K12)."""

from django.db import IntegrityError, transaction

from donations.access import get_visible
from donations.errors import Odd
from donations.gateway import files
from donations.models import BankBalance, BankExplanation, BankReason, Deposit, Receiver, Withdrawal
from donations.rules import bank as rules
from donations.selectors.bank import differences, payments_of
from donations.states import OddReason
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission

#: How many open lines one run looks at again.
LOOKED_AT = 500


def take(receiver: Receiver, line: files.StatementLine) -> int:
    """A line by which money left; 1 when it is new. In the caller's transaction, as the principal."""
    if Deposit.objects.filter(bank_reference=line.reference).exists():
        raise Odd(OddReason.OTHER)
    row, fresh = Withdrawal.objects.get_or_create(
        bank_reference=line.reference,
        defaults={
            "receiver": receiver,
            "booked_on": line.on,
            "name": line.name,
            "memo": line.memo,
            "amount_won": -line.won,
        },
    )
    if not fresh and (row.receiver_id, row.booked_on, row.amount_won) != (receiver.pk, line.on, -line.won):
        raise Odd(OddReason.OTHER)
    if fresh:
        _match(row)
    return int(fresh)


def keep_balance(receiver: Receiver, line: files.BalanceLine) -> int:
    """What the account held at the end of a day; 1 when it is news."""
    row, fresh = BankBalance.objects.get_or_create(receiver=receiver, day=line.on, defaults={"closing_won": line.won})
    if not fresh and row.closing_won != line.won:
        row.closing_won = line.won
        row.save(update_fields=["closing_won"])
        fresh = True
    return int(fresh)


def match_open() -> int:
    """Lines that were there before their payment was booked; each in a transaction of its own."""
    with acting_as(system(Principal.GIVING)):
        ids = list(Withdrawal.objects.filter(payout=None, back=None).order_by("-pk").values_list("pk", flat=True))
    return sum(_match_again(pk) for pk in ids[:LOOKED_AT])


def _match_again(pk: int) -> int:
    with acting_as(system(Principal.GIVING)):
        row = Withdrawal.objects.select_for_update().filter(pk=pk, payout=None, back=None).first()
        return int(row is not None and _match(row))


def _match(row: Withdrawal) -> bool:
    line = rules.Line(row.bank_reference, row.booked_on, row.name, row.memo)
    found = rules.payment_of(line, payments_of(row))
    return found is not None and _join(row, found.kind, found.pk)


def _join(row: Withdrawal, kind: str, pk: int, by: Viewer | None = None) -> bool:
    """False where another line was quicker: a payment has one line (the database)."""
    row.payout_id, row.back_id = (pk, None) if kind == "payout" else (None, pk)
    row.worked_by_id = by.user_id if by else None
    try:
        with transaction.atomic():
            row.save(update_fields=["payout", "back", "worked_by"])
    except IntegrityError:
        return False
    return True


def match_by_hand(*, by: Viewer, withdrawal_id: int, payment: str) -> Withdrawal:
    """A person says which payment a line is: `payment` is "payout-7" or "back-7", of the same account and sum."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        found = get_visible(by, Withdrawal, named="withdrawal", pk=withdrawal_id)
        row = Withdrawal.objects.select_for_update().get(pk=found.pk)
        if row.payout_id or row.back_id:
            raise errors.Impossible(rules.not_open())
        fitting = {f"{one.kind}-{one.pk}": one for one in payments_of(row)}
        chosen = fitting.get(payment)
        if chosen is None or not _join(row, chosen.kind, chosen.pk, by):
            raise errors.Impossible(rules.not_this_payment())
        audit.changed(by, "withdrawal", [row.pk], "withdrawal_matched", won=row.amount_won)
        return row


def explain(*, by: Viewer, kind: str, about: int, won: int, reason: str, words: str) -> BankExplanation:
    """A person's word on a difference of so many won. Raises Impossible with every problem; a second word is one."""
    check(by, Permission.MONEY_BOOK)
    problems = rules.explanation_problems(reason, words, reasons=tuple(BankReason.values))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        if not differences(by).stands(kind, about, won):
            raise errors.Impossible(rules.not_open())
        try:
            with transaction.atomic():
                row = BankExplanation.objects.create(
                    kind=kind, about=about, won=won, reason=reason, words=words.strip()[:300], by_id=by.user_id or 0
                )
        except IntegrityError as error:
            raise errors.Impossible(rules.not_open()) from error
        audit.changed(by, "bank_difference", [row.pk], "difference_explained", won=won, difference=kind)
        return row
