"""A wrong entry undone: asked for by the accountant, tried at once, booked when a second person confirms (R73)."""

import uuid

from django.db import IntegrityError, transaction

from cases.services.came_back import came_back
from donations.access import get_visible, visible_to
from donations.errors import Refused
from donations.facts import Posted
from donations.models import Charge, Deposit, Journal, Payout, Receiver, Reversal, Withdrawal
from donations.rules import reversals as rules
from donations.selectors.reversals import entry_of, receiver_of
from donations.services import ledger, receipts
from donations.states import PAYOUTS, REVERSALS, PayoutState, ReversalState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, check_any, system
from hopecare.kernel.permissions import Permission

CONFIRM = (Permission.MONEY_BOOK, Permission.PAYOUT_APPROVE)


class _Tried(Exception):
    """It would have worked; nothing of it stays."""


def request(*, by: Viewer, journal_id: int, reason: str) -> Reversal:
    """Ask for it. Raises Impossible with every problem, what the ledger would refuse among them; NotFound for none."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        journal = Journal.objects.filter(pk=journal_id).first()
        if journal is None:
            raise errors.NotFound("journal", str(journal_id))
        found = rules.reason_problems(reason) + rules.problems(entry_of(by, journal))
        if found:
            raise errors.Impossible(*found)
        _try(by, journal, reason)
        receiver = receiver_of(journal)
        row = _write(by, journal, receiver, reason.strip())
        audit.changed(by, "reversal", [row.pk], "reversal_asked", owners=[row.provider_id], journal=journal.pk)
        return row


def _write(by: Viewer, journal: Journal, receiver: Receiver, reason: str) -> Reversal:
    try:
        with transaction.atomic():
            return Reversal.objects.create(
                journal=journal,
                receiver=receiver,
                provider_id=receiver.centre_id,
                reason=reason[:200],
                requested_by_id=by.user_id or 0,
            )
    except IntegrityError as error:
        raise errors.Impossible(rules.not_now()) from error


def _try(by: Viewer, journal: Journal, reason: str) -> None:
    """What the database would say at the end, told now."""
    try:
        with transaction.atomic():
            _reverse(by, journal, reason)
            raise _Tried
    except _Tried:
        return


def _reverse(by: Viewer, journal: Journal, reason: str) -> Posted:
    """Into the open month, whichever month the entry stands in."""
    with acting_as(system(Principal.GIVING)):
        try:
            with transaction.atomic():
                posted = ledger.reverse(by=by, journal_id=journal.pk, booked_on=clock.today(), memo=reason[:200])
        except Refused as error:
            raise errors.Impossible(rules.refused()) from error
    if not posted.fresh:
        raise errors.Impossible(rules.already())
    return posted


def confirm(*, by: Viewer, key: uuid.UUID) -> Reversal:
    """The second person, never whoever asked: the books, and whatever hung on the entry, in one transaction."""
    check_any(by, *CONFIRM)
    with acting_as(by):
        row = _locked(by, key)
        if row.requested_by_id == by.user_id:
            raise errors.Impossible(rules.own_request())
        posted = _reverse(by, row.journal, row.reason)
        _move(row, ReversalState.BOOKED)
        row.confirmed_by_id, row.confirmed_at, row.booked_id = by.user_id, clock.now(), posted.id
        row.save(update_fields=["state", "confirmed_by", "confirmed_at", "booked"])
        with acting_as(system(Principal.GIVING)) as giving:
            _follow(giving, row.journal, posted)
        audit.changed(by, "reversal", [row.pk], "reversal_booked", owners=[row.provider_id], journal=row.journal_id)
        return row


def refuse(*, by: Viewer, key: uuid.UUID, why: str) -> Reversal:
    """The second person says no, with the reason; whoever asked may withdraw it."""
    check_any(by, *CONFIRM)
    with acting_as(by):
        row = _locked(by, key)
        own = row.requested_by_id == by.user_id
        if not own and not why.strip():
            raise errors.Impossible(errors.required("why"))
        _move(row, ReversalState.WITHDRAWN if own else ReversalState.REJECTED)
        row.refusal = why.strip()[:300]
        row.save(update_fields=["state", "refusal"])
        audit.changed(by, "reversal", [row.pk], "reversal_refused", owners=[row.provider_id])
        return row


def _locked(by: Viewer, key: uuid.UUID) -> Reversal:
    found = get_visible(by, Reversal, named="reversal", uuid=key)
    row = Reversal.objects.select_for_update(of=("self",)).select_related("journal").get(pk=found.pk)
    if row.state != ReversalState.REQUESTED:
        raise errors.Impossible(rules.not_now())
    return row


def _move(row: Reversal, after: ReversalState) -> None:
    assert after in REVERSALS[ReversalState(row.state)]
    row.state = after


def _follow(giving: Viewer, journal: Journal, posted: Posted) -> None:
    """What pointed at the entry: a payment stands as never made, a deposit waits for its place again."""
    for payout in visible_to(giving, Payout).select_for_update(of=("self",)).filter(journal=journal):
        _unpay(payout, posted)
    Deposit.objects.filter(journal=journal).update(journal=None, order=None)
    for charge in Charge.objects.select_for_update(of=("self",)).filter(journal=journal):
        charge.refunded_won = charge.amount_won
        charge.steps += 1
        charge.save(update_fields=["refunded_won", "steps"])
        receipts.follow_charge(giving, charge)


def _unpay(payout: Payout, posted: Posted) -> None:
    """Its line of the statement looks for another payment; a service on record is corrected by a later entry."""
    won, payout.returned_won = payout.net_won, payout.amount_won
    assert PayoutState.RETURNED in PAYOUTS[PayoutState(payout.state)]
    payout.state = PayoutState.RETURNED
    payout.save(update_fields=["returned_won", "state"])
    Withdrawal.objects.filter(payout=payout).update(payout=None, worked_by=None)
    if payout.case_id:
        mark = -posted.id  # numbers of returns are above nought
        came_back(case_id=payout.case_id, payment=payout.uuid, mark=mark, won=won, came_on=clock.today())
