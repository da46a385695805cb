"""From a plan's action to the landlord's account and back to the giver: request, second approval, payment, proof."""

import uuid
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.selectors.payable import PayableAction, payable_action
from cases.services.published import outcome_problems
from cases.services.services_given import Given, record_service
from donations.access import get_visible
from donations.errors import Refused, no_money
from donations.models import Allocation, Fund, Payout
from donations.rules import payouts as rules
from donations.selectors.funds import promised_won
from donations.selectors.ledger import payable
from donations.services import ledger, letters, telling
from donations.services.books import CHILDREN, purpose_of
from donations.states import PAYOUTS, PayoutState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import FundSource, Organisation, ProviderKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents


@dataclass(frozen=True)
class Wanted:
    """What a worker asks for."""

    fund_id: int
    won: int | None
    payee_kind: str
    payee_name: str
    payee_account: str
    why: str
    urgent: bool = False


def free_won(fund_id: int) -> int:
    """In the dedicated account and not promised to another payment."""
    with acting_as(system(Principal.GIVING)):
        return payable(fund_id) - promised_won(fund_id)


def request(*, by: Viewer, action_id: int, wanted: Wanted) -> Payout:
    """Ask for a payment. Raises Impossible with every problem, NotFound for an action one may not see."""
    check(by, Permission.PAYOUT_REQUEST)
    with acting_as(by):
        action = payable_action(by, action_id)
        if action is None or not action.is_open:
            raise errors.Impossible(Problem("action", _("Gifts may not pay for this task.")))
        fund = Fund.objects.filter(pk=wanted.fund_id, is_gift=True, receiver__centre_id=action.provider_id).first()
        if fund is None or (fund.need_uuid and fund.need_uuid not in action.needs):
            raise errors.Impossible(Problem("fund", _("Please choose from which fund."), "fund"))
        ledger.lock_fund(fund.pk)
        purpose = purpose_of(action.service.code, action.service.gift_purpose)
        problems = rules.request_problems(_asked(wanted, fund, purpose, children=action.children))
        if problems:
            raise errors.Impossible(*problems)
        payout = _create(by, action, fund, purpose, wanted)
        audit.changed(by, "payout", [payout.pk], "payout_requested", owners=[payout.provider_id], won=wanted.won)
        return payout


def _asked(wanted: Wanted, fund: Fund, purpose: str, *, children: bool) -> rules.Asked:
    return rules.Asked(
        won=wanted.won,
        purpose=purpose,
        fund_purposes=tuple(fund.allowed_purposes),
        free_won=free_won(fund.pk),
        payee_name=wanted.payee_name,
        payee_account=wanted.payee_account,
        why=wanted.why,
        urgent=wanted.urgent,
        urgent_limit_won=settings.URGENT_PAYOUT_WON,
        for_children=purpose == CHILDREN,
        children=children,
    )


def _create(by: Viewer, action: PayableAction, fund: Fund, purpose: str, wanted: Wanted) -> Payout:
    return Payout.objects.create(
        fund=fund,
        team_id=action.team_id,
        asked_team_id=action.team_id,
        provider_id=action.provider_id,
        case_id=action.case_id,
        action_id=action.action_id,
        service=action.service,
        category=action.service.category or action.category,
        purpose=purpose,
        amount_won=wanted.won or 0,
        payee_kind=wanted.payee_kind,
        payee_name=wanted.payee_name.strip(),
        payee_account=wanted.payee_account.strip(),
        why=wanted.why.strip(),
        urgent=wanted.urgent,
        requested_by_id=by.user_id,
    )


def _locked(by: Viewer, key: uuid.UUID, *states: PayoutState) -> Payout:
    payout = get_visible(by, Payout, named="payout", uuid=key)
    row = Payout.objects.select_for_update(of=("self",)).select_related("case").get(pk=payout.pk)
    if row.state not in states:
        raise errors.Impossible(rules.not_now())
    return row


def _move(row: Payout, after: PayoutState) -> None:
    assert after in PAYOUTS[PayoutState(row.state)]
    row.state = after


def approve(*, by: Viewer, key: uuid.UUID) -> Payout:
    """The second person; for an urgent payment that was made already, the approval that follows."""
    check(by, Permission.PAYOUT_APPROVE)
    with acting_as(by):
        row = _locked(by, key, PayoutState.REQUESTED, PayoutState.PAID, PayoutState.PROVEN, PayoutState.RETURNED)
        if row.requested_by_id == by.user_id:
            raise errors.Impossible(rules.own_request())
        if rules.elsewhere(row.team_id, row.asked_team_id) and row.provider_id != by.organisation_id:
            raise errors.Impossible(rules.paid_by_another())
        if row.approved_by_id is not None:
            raise errors.Impossible(rules.not_now())
        row.approved_by_id, row.approved_at = by.user_id, clock.now()
        if row.state == PayoutState.REQUESTED:
            _move(row, PayoutState.APPROVED)
        row.save(update_fields=["approved_by", "approved_at", "state"])
        audit.changed(by, "payout", [row.pk], "payout_approved", owners=[row.provider_id])
        return row


def refuse(*, by: Viewer, key: uuid.UUID, why: str) -> Payout:
    """The second person says no, with the reason; the requester may always withdraw."""
    with acting_as(by):
        row = _locked(by, key, PayoutState.REQUESTED, PayoutState.APPROVED)
        own = row.requested_by_id == by.user_id
        if not own:
            check(by, Permission.PAYOUT_APPROVE)
        if not own and not why.strip():
            raise errors.Impossible(errors.required("why"))
        _move(row, PayoutState.WITHDRAWN if own or row.state == PayoutState.APPROVED else PayoutState.REJECTED)
        row.refusal = why.strip()
        row.save(update_fields=["state", "refusal"])
        audit.changed(by, "payout", [row.pk], "payout_refused", owners=[row.provider_id])
        return row


def pay(*, by: Viewer, key: uuid.UUID, bank_reference: str) -> Payout:
    """The accountant made the transfer: the books and the row in one transaction; repeating changes nothing."""
    check(by, Permission.MONEY_BOOK)
    if not bank_reference.strip():
        raise errors.Impossible(errors.required("bank_reference"))
    with acting_as(by):
        row = _locked(by, key, PayoutState.APPROVED, PayoutState.REQUESTED)
        if row.state == PayoutState.REQUESTED and not (row.urgent and row.amount_won <= settings.URGENT_PAYOUT_WON):
            raise errors.Impossible(Problem("approval", _("The second approval is missing.")))
        today = clock.today()
        try:
            posted = ledger.spend(
                by=by,
                key=f"payout:{row.uuid}",
                fund_id=row.fund_id,
                chart=row.purpose,
                won=row.amount_won,
                booked_on=today,
            )
        except Refused as error:
            raise errors.Impossible(no_money("")) from error
        if row.approved_by_id is None:
            row.approve_by = clock.next_working_day(today)
        _move(row, PayoutState.PAID)
        row.journal_id, row.paid_by_id, row.paid_on = posted.id, by.user_id, today
        row.bank_reference = bank_reference.strip()
        row.save(update_fields=["state", "journal", "paid_by", "paid_on", "bank_reference", "approve_by"])
        audit.changed(by, "payout", [row.pk], "payout_paid", owners=[row.provider_id], won=row.amount_won)
        return row


def prove(*, by: Viewer, key: uuid.UUID, outcome: str, receipt: documents.Draft | None, thanks: str = "") -> Payout:
    """Receipt and what came of it: the service stands in the case, and the givers may read the outcome.

    `thanks`: a letter of the person who wished to write one; the worker has read it, and it names nobody (D1).
    """
    check(by, Permission.CASE_SERVICE)
    with acting_as(by):
        row = _locked(by, key, PayoutState.PAID)
        if row.case is None:
            raise errors.Impossible(rules.handed_over())
        problems = outcome_problems(by=by, number=row.case.number, words=outcome)
        if thanks.strip():
            problems += letters.thanks_problems(by, row.case.number, thanks)
        if receipt is None:
            problems.append(Problem("receipt", _("A photo of the receipt is needed."), "receipt"))
        if problems:
            raise errors.Impossible(*problems)
        _move(row, PayoutState.PROVEN)
        assert receipt is not None
        row.evidence = documents.adopt(receipt, scope_keys=[row.team_id, -row.provider_id])
        row.outcome, row.outcome_on = outcome.strip(), clock.today()
        row.save(update_fields=["state", "outcome", "outcome_on", "evidence"])
        if thanks.strip():
            letters.thank(by=by, payout=row, words=thanks)
        _service_record(by, row)
        audit.changed(by, "payout", [row.pk], "payout_proven", owners=[row.provider_id])
        _tell_givers(row)
        return row


def _service_record(by: Viewer, row: Payout) -> None:
    assert row.case is not None and row.category is not None and row.paid_on is not None
    source = FundSource.objects.filter(is_gift=True, purpose=row.service.gift_purpose).first()
    given = Given(
        service=row.service,
        category=row.category,
        provider_kind=ProviderKind.objects.get(code="private"),
        provider=Organisation.objects.get(pk=row.provider_id),
        given_on=row.paid_on,
        person=row.case.main_person,
        amount_won=row.net_won,
        fund_source=source,
        action_id=row.action_id,
        finish_action=True,
        payment_uuid=row.uuid,
    )
    record_service(by=by, number=row.case.number, given=given)


def _tell_givers(row: Payout) -> None:
    """Everybody whose won was in it and who left a telephone, once."""
    with acting_as(system(Principal.GIVING)) as viewer:
        used = Allocation.objects.filter(journal_id=row.journal_id or 0).exclude(gift__order=None)
        for one in used.select_related("gift__order__donor").order_by("gift_id"):
            order = one.gift.order
            if order is not None and order.donor is not None:
                telling.outcome(viewer, order.donor, order.pk, order.code, row.pk)
