"""What comes and goes in files: debits, results, statements, settlements. Each file counts once, each line once."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from donations.errors import Odd
from donations.facts import NewGift, PaymentFact
from donations.gateway import files, providers
from donations.models import (
    Allocation,
    Batch,
    Charge,
    Deposit,
    Fund,
    Gift,
    Journal,
    Order,
    Receiver,
    Settlement,
    Withdrawal,
)
from donations.services import bank, booking, ledger, odd_lines
from donations.states import ChargeState, EarmarkKind, OddReason, OrderState, Source
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission

log = logging.getLogger(__name__)


def send_debits() -> int:
    """Put today's due debits into one file per run; returns how many lines. The rows stand before the file does."""
    today = clock.today()
    with acting_as(system(Principal.GIVING)):
        due = Charge.objects.select_for_update(skip_locked=True).filter(
            provider=providers.CMS, state=ChargeState.READY, due_on__lte=today, batch=None
        )
        rows = list(due.values_list("pk", "amount_won"))
        if rows:
            name = f"{today:%Y%m%d}-{Batch.objects.filter(day=today).count() + 1:03d}"
            batch = Batch.objects.create(day=today, name=name, lines=len(rows), total_won=sum(won for _, won in rows))
            ids = [pk for pk, _ in rows]
            Charge.objects.filter(pk__in=ids).update(batch=batch, state=ChargeState.WAITING)
    return write_batches()


def write_batches() -> int:
    """Files of batches that were not written; after a crash the same batch makes the same file."""
    lines = 0
    with acting_as(system(Principal.GIVING)):
        for batch in Batch.objects.filter(sent_at=None).order_by("pk"):
            charges = batch.charges.select_related("method").order_by("pk")
            debits = [
                files.DebitLine(number, row.method.token if row.method else "", row.amount_won, str(row.uuid))
                for number, row in enumerate(charges, 1)
            ]
            files.write_debits(batch.name, batch.day, debits)
            Batch.objects.filter(pk=batch.pk).update(sent_at=clock.now())
            lines += len(debits)
    return lines


def take_files() -> int:
    """Everything the banks have put down; several processes may do it at once.

    Each file and each line by itself: what cannot be taken goes to the worklist, and everything else goes on.
    """
    return take_results() + take_statements() + take_settlements()


def take_results() -> int:
    """Read every result file; a crash in the middle is continued, as each line is booked once."""
    return _each("cms", _take_result)


def take_settlements() -> int:
    """Money moved from the provider to the dedicated account; its fee is borne by the operating fund (R15)."""
    taken = _each("settlement", partial(_take_lines, "settlement"))
    return taken + _settle_late()


def take_statements() -> int:
    """Lines of the dedicated accounts: a deposit that names an order's code (or fits exactly one) is its payment, money
    that left is the payment whose mark, reference or payee it names, and closing balances are kept to be compared.
    """
    return _each("bank", partial(_take_lines, "bank")) + bank.match_open()


def _each(kind: str, take: Callable[[Path], int]) -> int:
    taken = 0
    for path in files.waiting(kind):
        try:
            taken += _read(kind, path, take)
        except FileNotFoundError:
            continue  # another process was quicker
        except Exception:
            log.exception("file %s of %s waits for the next run", path.name, kind)
    return taken


def _read(kind: str, path: Path, take: Callable[[Path], int]) -> int:
    """One file. It is on the worklist before it is set aside, as nobody looks there for what no row names."""
    try:
        taken, place = take(path), files.DONE
    except Odd as error:
        taken, place = 0, files.ASIDE
        odd_lines.keep(kind, files.free_place(path, to=place).name, 0, "", error.reason)
    files.put_away(path, to=place)
    return taken


def _take_lines(kind: str, path: Path) -> int:
    taken = 0
    for number, text in files.rows(path):
        fresh, reason = take_line(kind, text)
        taken += fresh
        if reason:
            odd_lines.keep(kind, path.name, number, text, reason)
    return taken


def take_line(kind: str, text: str) -> tuple[int, str]:
    """One line of a statement or a settlement: how many are new, and why it was not taken, empty when it was.

    Only an absent database stops the whole file.
    """
    try:
        with acting_as(system(Principal.GIVING)) as viewer:
            if kind == "settlement":
                return _settle(viewer, files.settlement(text)), ""
            return _bank_line(viewer, files.statement(text)), ""
    except Odd as error:
        return 0, error.reason
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("a line of kind %s", kind)
        return 0, OddReason.REFUSED


def _take_result(path: Path) -> int:
    lines = files.read_results(path)
    keys = [line.key for line in lines if _is_key(line.key)]
    with acting_as(system(Principal.GIVING)):
        rows = Charge.objects.filter(provider=providers.CMS, uuid__in=keys).values_list("uuid", "pk")
        ids = {str(key): pk for key, pk in rows}
    taken = sum(_take_answer(path.name, number, line, ids) for number, line in enumerate(lines, 1))
    with acting_as(system(Principal.GIVING)):
        Batch.objects.filter(name=path.stem, answered_at=None).update(answered_at=clock.now())
    return taken


def _take_answer(name: str, number: int, line: files.ResultLine, ids: dict[str, int]) -> int:
    """The institute's answer to one debit, booked or on the worklist."""
    reason = OddReason.UNKNOWN
    if line.key in ids:
        try:
            if not line.code.isdigit():
                raise Odd(OddReason.UNREADABLE)
            booking.take(ids[line.key], _fact(line))
            return 1
        except Odd:
            reason = OddReason.UNREADABLE
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("line %s of %s", number, name)
            reason = OddReason.REFUSED
    odd_lines.keep("cms", name, number, f"{line.key} {line.won} {line.code}", reason)
    return 0


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _fact(line: files.ResultLine) -> PaymentFact:
    if line.code == files.PAID:
        return PaymentFact("paid", paid_won=line.won)
    return PaymentFact("failed", failure=line.code, soft=line.code == files.SHORT_OF_MONEY)


def _settle(viewer: Viewer, line: files.SettlementLine) -> int:
    rows = Charge.objects.select_for_update().filter(provider=line.provider)
    charge = rows.filter(uuid=line.key).first() if _is_key(line.key) else None
    problem = _problem(charge, line.gross_won)
    _row, fresh = Settlement.objects.get_or_create(
        provider=line.provider,
        key=line.key,
        booked_on=line.on,
        gross_won=line.gross_won,
        defaults={"fee_won": line.fee_won, "charge": charge, "problem": problem},
    )
    if not fresh or problem or charge is None:
        return 0
    return _pass_on(viewer, charge, line.fee_won)


def _settle_late() -> int:
    """The file came before the call-back: what was not known as paid then may be known by now."""
    with acting_as(system(Principal.GIVING)):
        rows = Settlement.objects.filter(problem="unknown", charge__state=ChargeState.PAID, charge__settled_at=None)
        late = list(rows.order_by("pk").values_list("pk", "charge_id"))
    return sum(_try_late(pk, charge_id or 0) for pk, charge_id in late)


def _try_late(settlement_id: int, charge_id: int) -> int:
    """One that the books do not take keeps no later one waiting; only an absent database stops them all."""
    try:
        return _settle_one_late(settlement_id, charge_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("settlement %s", settlement_id)
        return 0


def _settle_one_late(settlement_id: int, charge_id: int) -> int:
    """In a transaction of its own: whoever holds two payments at once may wait for somebody who waits for them."""
    with acting_as(system(Principal.GIVING)) as viewer:
        charge = Charge.objects.select_for_update().get(pk=charge_id)
        row = Settlement.objects.filter(pk=settlement_id, problem="unknown").first()
        if row is None:
            return 0
        row.problem = _problem(charge, row.gross_won)
        row.save(update_fields=["problem"])
        return 0 if row.problem else _pass_on(viewer, charge, row.fee_won)


def _pass_on(viewer: Viewer, charge: Charge, fee_won: int) -> int:
    today, shares = clock.today(), _with_provider(charge)
    if shares:
        ledger.settle(by=viewer, key=f"settle:{charge.uuid}", shares=shares, booked_on=today)
    if fee_won:
        own = booking.operating_fund(charge.receiver_id)
        legs = {"fees": fee_won, "own_bank": -fee_won}
        ledger.operating(by=viewer, key=f"fee:{charge.uuid}", fund_id=own.pk, legs=legs, booked_on=today)
    Charge.objects.filter(pk=charge.pk).update(settled_at=clock.now())
    return 1


def _with_provider(charge: Charge) -> dict[int, int]:
    """Won by fund that the provider still held: what was given, less what went back before it was passed on."""
    back = dict(
        Allocation.objects.filter(gift__journal=charge.journal_id, journal__kind="refund")
        .values_list("gift_id")
        .annotate(Sum("amount_won"))
    )
    shares: dict[int, int] = {}
    for gift in Gift.objects.filter(journal=charge.journal_id or 0):
        won = gift.amount_won - int(back.get(gift.pk, 0))
        if won:
            shares[gift.fund_id] = shares.get(gift.fund_id, 0) + won
    return shares


def _problem(charge: Charge | None, gross_won: int) -> str:
    if charge is None or charge.state != ChargeState.PAID:
        return "unknown"
    if charge.amount_won != gross_won:
        return "amount"
    return "twice" if charge.settled_at is not None else ""


def _bank_line(viewer: Viewer, line: files.StatementLine | files.BalanceLine) -> int:
    receiver = Receiver.objects.filter(account_number=line.account).first()
    if receiver is None:
        raise Odd(OddReason.NOT_OURS)
    if isinstance(line, files.BalanceLine):
        return bank.keep_balance(receiver, line)
    return _deposit(viewer, receiver, line) if line.won > 0 else bank.take(receiver, line)


def _deposit(viewer: Viewer, receiver: Receiver, line: files.StatementLine) -> int:
    if Withdrawal.objects.filter(bank_reference=line.reference).exists():
        raise Odd(OddReason.OTHER)
    deposit, fresh = Deposit.objects.get_or_create(
        bank_reference=line.reference,
        defaults={"receiver": receiver, "booked_on": line.on, "name": line.name, "amount_won": line.won},
    )
    if not fresh:
        if (deposit.receiver_id, deposit.booked_on, deposit.amount_won) != (receiver.pk, line.on, line.won):
            raise Odd(OddReason.OTHER)
        return 0
    order = _order_of(receiver, line)
    if order is not None:
        match(viewer, deposit, order)
    return 1


def _order_of(receiver: Receiver, line: files.StatementLine) -> Order | None:
    open_states = (OrderState.STARTED, OrderState.EXPIRED)
    rows = Order.objects.filter(
        provider=providers.BANK, state__in=open_states, fund__receiver=receiver, amount_won=line.won
    )
    plain = "".join(sign for sign in line.name.upper() if sign.isalnum())
    by_code = [row for row in rows if row.code[:6] in plain]
    if len(by_code) == 1:
        return by_code[0]
    by_name = [row for row in rows if row.deposit_name and row.deposit_name == line.name.strip()]
    return by_name[0] if len(by_name) == 1 else None


def match(viewer: Viewer, deposit: Deposit, order: Order) -> None:
    """The transfer is this order's: both and the books in the caller's transaction."""
    charge = Charge.objects.select_for_update().get(order=order)
    booking.book_deposit(viewer, charge)
    deposit.order, deposit.journal_id = order, charge.journal_id
    deposit.save(update_fields=["order", "journal"])


def match_by_hand(*, by: Viewer, deposit_id: int, typed: str) -> Deposit:
    """A person found out whose deposit it is: the order's code as written on the slip."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by), transaction.atomic():
        deposit = Deposit.objects.select_for_update().get(pk=deposit_id)
        code = codes.read(typed)
        order = Order.objects.filter(code=code, provider=providers.BANK).exclude(state=OrderState.PAID).first()
        if deposit.journal_id is not None or order is None or order.amount_won != deposit.amount_won:
            words = _("No open transfer with this number and amount.")
            raise errors.Impossible(errors.Problem("no_order", words, "code"))
        match(by, deposit, order)
        deposit.worked_by_id = by.user_id
        deposit.save(update_fields=["worked_by"])
        audit.changed(by, "deposit", [deposit.pk], "deposit_matched")
        return deposit


def book_interest(*, by: Viewer, deposit_id: int) -> Deposit:
    """A deposit of the bank itself: interest follows its dedicated account, into the fund for wherever it is needed."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by), transaction.atomic():
        deposit = Deposit.objects.select_for_update().filter(pk=deposit_id, journal=None).first()
        if deposit is None:
            raise errors.Impossible(errors.Problem("booked", _("This deposit has its place already.")))
        fund = Fund.objects.get(receiver_id=deposit.receiver_id, kind=EarmarkKind.GENERAL)
        today = clock.today()
        row = NewGift(fund.pk, deposit.amount_won, Source.INTEREST, today)
        key = f"interest:{deposit.bank_reference}"
        undone = Journal.objects.filter(key__startswith=key, reversed_by__isnull=False).count()
        key = f"{key}:{undone}" if undone else key
        posted = ledger.receive(by=by, key=key, gifts=[row], booked_on=today, into="bank", kind="interest")
        deposit.journal_id, deposit.worked_by_id = posted.id, by.user_id
        deposit.save(update_fields=["journal", "worked_by"])
        audit.changed(by, "deposit", [deposit.pk], "interest_booked", won=deposit.amount_won)
        return deposit
