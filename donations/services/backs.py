"""Transfers and debits back to the payer's account: asked for, approved by a second person, sent, booked (K14)."""

import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from donations.access import get_visible, visible_to
from donations.gateway import providers
from donations.models import BackReason, Charge, MoneyBack
from donations.rules import backs as rules
from donations.services import booking, telling
from donations.states import BACKS, BackState, ChargeState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission

BY_FILE = (providers.BANK, providers.CMS)


@dataclass(frozen=True)
class Wanted:
    """What the accountant writes down: how much, why, and the account it came from."""

    won: int | None
    reason: str
    payee_name: str
    payee_account: str


def request(*, by: Viewer, charge_id: int, wanted: Wanted) -> MoneyBack:
    """Ask for it. Raises Impossible with every problem, NotFound for a payment that was never made."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        charge = _paid(by, charge_id)
        found = rules.problems(_asked(charge, wanted), reasons=tuple(BackReason.values))
        if found:
            raise errors.Impossible(*found)
        try:
            with transaction.atomic():
                row = MoneyBack.objects.create(
                    charge=charge,
                    receiver_id=charge.receiver_id,
                    provider_id=charge.receiver.centre_id,
                    amount_won=wanted.won or 0,
                    reason=wanted.reason,
                    payee_name=wanted.payee_name.strip(),
                    payee_account=wanted.payee_account.strip(),
                    requested_by_id=by.user_id or 0,
                )
        except IntegrityError as error:
            raise errors.Impossible(rules.standing()) from error
        audit.changed(by, "money_back", [row.pk], "back_asked", owners=[row.provider_id], won=row.amount_won)
        return row


def _paid(by: Viewer, charge_id: int) -> Charge:
    rows = visible_to(by, Charge).filter(state=ChargeState.PAID)
    charge = rows.select_related("receiver").select_for_update(of=("self",)).filter(pk=charge_id).first()
    if charge is None:
        raise errors.NotFound("charge", str(charge_id))
    return charge


def _asked(charge: Charge, wanted: Wanted) -> rules.Asked:
    return rules.Asked(
        won=wanted.won,
        open_won=charge.amount_won - charge.refunded_won,
        reason=wanted.reason,
        payee_name=wanted.payee_name,
        payee_account=wanted.payee_account,
        by_file=charge.provider in BY_FILE,
        settled=charge.settled_at is not None,
    )


def approve(*, by: Viewer, key: uuid.UUID) -> MoneyBack:
    """The second person, never whoever asked."""
    check(by, Permission.PAYOUT_APPROVE)
    with acting_as(by):
        row = _locked(by, key, BackState.REQUESTED)
        if row.requested_by_id == by.user_id:
            raise errors.Impossible(rules.own_request())
        _move(row, BackState.APPROVED)
        row.approved_by_id, row.approved_at = by.user_id, clock.now()
        row.save(update_fields=["state", "approved_by", "approved_at"])
        audit.changed(by, "money_back", [row.pk], "back_approved", owners=[row.provider_id])
        return row


def refuse(*, by: Viewer, key: uuid.UUID, why: str) -> MoneyBack:
    """The second person says no, with the reason; whoever asked may withdraw it."""
    with acting_as(by):
        row = _locked(by, key, BackState.REQUESTED, BackState.APPROVED)
        own = row.requested_by_id == by.user_id
        if not own:
            check(by, Permission.PAYOUT_APPROVE)
        if not own and not why.strip():
            raise errors.Impossible(errors.required("why"))
        _move(row, BackState.WITHDRAWN if own or row.state == BackState.APPROVED else BackState.REJECTED)
        row.refusal = why.strip()
        row.save(update_fields=["state", "refusal"])
        audit.changed(by, "money_back", [row.pk], "back_refused", owners=[row.provider_id])
        return row


def pay(*, by: Viewer, key: uuid.UUID, bank_reference: str) -> MoneyBack:
    """The transfer was made: the books, the receipts and the row in one transaction; repeating changes nothing."""
    check(by, Permission.MONEY_BOOK)
    if not bank_reference.strip():
        raise errors.Impossible(errors.required("bank_reference"))
    with acting_as(by):
        row = _locked(by, key, BackState.APPROVED)
        charge = Charge.objects.select_for_update(of=("self",)).get(pk=row.charge_id)
        if row.amount_won > charge.amount_won - charge.refunded_won:
            raise errors.Impossible(rules.not_now())
        row.borne_won = booking.send_back(by, charge, row.amount_won)
        _move(row, BackState.PAID)
        row.paid_by_id, row.paid_on, row.bank_reference = by.user_id, clock.today(), bank_reference.strip()[:60]
        row.save(update_fields=["state", "paid_by", "paid_on", "bank_reference", "borne_won"])
        audit.changed(by, "money_back", [row.pk], "back_paid", owners=[row.provider_id], won=row.amount_won)
        with acting_as(system(Principal.GIVING)) as giving:
            telling.went_back(giving, charge, row.amount_won)
        return row


def _locked(by: Viewer, key: uuid.UUID, *states: BackState) -> MoneyBack:
    found = get_visible(by, MoneyBack, named="money_back", uuid=key)
    row = MoneyBack.objects.select_for_update().get(pk=found.pk)
    if row.state not in states:
        raise errors.Impossible(rules.not_now())
    return row


def _move(row: MoneyBack, after: BackState) -> None:
    assert after in BACKS[BackState(row.state)]
    row.state = after
