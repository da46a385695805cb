"""A deposit that a landlord, a hospital or a shop sent back: the payment stands smaller, its gifts wait again (R73)."""

import uuid

from django.utils.translation import gettext_noop

from cases.services.came_back import came_back
from donations.access import visible_to
from donations.errors import Refused
from donations.models import Deposit, Payout, PayoutReturn, ReturnReason
from donations.rules import returns as rules
from donations.services import ledger
from donations.states import PAYOUTS, PayoutState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

OUT = (PayoutState.PAID, PayoutState.PROVEN)
CAME_BACK = gettext_noop(
    "%(won)s won of a payment came back from the payee. They wait in the same fund until the service is on record."
)
CORRECTED = gettext_noop(
    "%(won)s won of a payment came back from the payee. They wait in the same fund, and the case says so."
)


def book(*, by: Viewer, deposit_id: int, key: uuid.UUID | None, reason: str) -> PayoutReturn:
    """Deposit, payment and books in one transaction. Raises Impossible with every problem; repeating is one of them."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        deposit = visible_to(by, Deposit).select_for_update(of=("self",)).filter(pk=deposit_id, journal=None).first()
        if deposit is None:
            raise errors.Impossible(rules.has_its_place())
        rows = visible_to(by, Payout).select_for_update(of=("self",)).select_related("fund").filter(state__in=OUT)
        payout = rows.filter(uuid=key).first() if key else None
        if payout is None or payout.journal_id is None:
            raise errors.Impossible(rules.no_payment())
        same = payout.fund.receiver_id == deposit.receiver_id
        found = rules.Found(deposit.amount_won, payout.net_won, same, reason)
        problems = rules.problems(found, reasons=tuple(ReturnReason.values))
        if problems:
            raise errors.Impossible(*problems)
        row = _write(by, deposit, payout, reason)
        audit.changed(by, "payout", [payout.pk], "payout_came_back", owners=[payout.provider_id], won=row.amount_won)
        corrected = bool(payout.case_id) and came_back(
            case_id=payout.case_id or 0,
            payment=payout.uuid,
            mark=row.pk,
            won=row.amount_won,
            came_on=row.came_on,
        )
        _tell(payout, row, CORRECTED if corrected else CAME_BACK)
        return row


def _write(by: Viewer, deposit: Deposit, payout: Payout, reason: str) -> PayoutReturn:
    name, today = f"return:{deposit.bank_reference}", clock.today()
    journal = payout.journal_id or 0
    try:
        posted = ledger.take_return(by=by, key=name, journal_id=journal, won=deposit.amount_won, booked_on=today)
    except Refused as error:
        raise errors.Impossible(rules.no_payment()) from error
    payout.returned_won += deposit.amount_won
    if not payout.net_won:
        assert PayoutState.RETURNED in PAYOUTS[PayoutState(payout.state)]
        payout.state = PayoutState.RETURNED
    payout.save(update_fields=["returned_won", "state"])
    deposit.journal_id, deposit.worked_by_id = posted.id, by.user_id
    deposit.save(update_fields=["journal", "worked_by"])
    return PayoutReturn.objects.create(
        payout=payout,
        team_id=payout.team_id,
        provider_id=payout.provider_id,
        case_id=payout.case_id,
        deposit=deposit,
        journal_id=posted.id,
        amount_won=deposit.amount_won,
        reason=reason,
        came_on=deposit.booked_on,
        booked_by_id=by.user_id or 0,
    )


def _tell(payout: Payout, row: PayoutReturn, words: str) -> None:
    """Whoever asked for the payment; where its service was on record, a later entry in the case has corrected it."""
    if payout.requested_by_id is None:
        return
    with acting_as(system(Principal.GIVING)) as giving:
        notify(
            by=giving,
            purpose="payout_came_back",
            about=("payout", payout.pk),
            step=f"return{row.pk}",
            to=Recipient.user(payout.requested_by_id),
            words=words,
            parameters={"won": f"{row.amount_won:,}"},
            link=f"/desk/payouts/{payout.uuid}/",
            provider_id=payout.provider_id,
        )
