"""From what a provider says now to the books. State against state: however often, late or out of order news arrives,
the books end where the provider stands, and every difference is posted once.
"""

from datetime import date

from django.db import transaction

from donations.errors import Refused
from donations.facts import NewGift, PaymentFact
from donations.models import Charge, Fund, Gift, Order, Pledge
from donations.rules import giving as rules
from donations.selectors.backs import with_carried
from donations.services import dividing, ledger, receipts, telling
from donations.states import CHARGES, ChargeState, EarmarkKind, OrderState, PledgeState
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Principal, Viewer, acting_as, system


def take(charge_id: int, fact: PaymentFact) -> Charge:
    """Bring our row and the books to where the provider stands; returns the row as it is now."""
    with acting_as(system(Principal.GIVING)) as viewer:
        charge = Charge.objects.select_for_update().get(pk=charge_id)
        if fact.reference and not charge.reference.startswith("cs_"):
            charge.reference = fact.reference
        charge.uncertain, charge.leased_until = False, None
        if fact.state == "paid":
            _paid(viewer, charge, fact)
        elif fact.state == "failed" and charge.state != ChargeState.PAID:
            _failed(viewer, charge, fact)
        elif fact.state == "waiting" and charge.state != ChargeState.PAID:
            charge.state = ChargeState.WAITING
        elif fact.state == "none" and charge.state == ChargeState.CALLING:
            charge.state = ChargeState.READY
        charge.save()
        return charge


def _paid(viewer: Viewer, charge: Charge, fact: PaymentFact) -> None:
    if fact.paid_won != charge.amount_won:
        charge.failure = "amount"  # stands on the worklist: nothing is booked that we did not ask for
        return
    if charge.state != ChargeState.PAID:
        _book(viewer, charge)
    before = (charge.refunded_won, charge.disputed_won)
    if fact.refunded_won > charge.refunded_won:
        _refunded(viewer, charge, fact.refunded_won)
    if fact.disputed_won != charge.disputed_won:
        _disputed(viewer, charge, fact.disputed_won)
    if (charge.refunded_won, charge.disputed_won) != before:
        receipts.follow_charge(viewer, charge)


def _book(viewer: Viewer, charge: Charge, *, into: str = "clearing", given_on: date | None = None) -> None:
    assert ChargeState.PAID in CHARGES[ChargeState(charge.state)]
    today = clock.today()
    gifts = [
        NewGift(
            line.fund_id,
            line.amount_won,
            line.source,
            given_on or today,
            line.pledge.donor_id if line.pledge else charge.donor_id,
            charge.order_id,
            line.pledge_id,
        )
        for line in charge.lines.select_related("pledge").order_by("pk")
    ]
    if charge.order_id is not None:
        gifts = dividing.within_targets(gifts, charge.order_id)
    posted = ledger.receive(by=viewer, key=f"charge:{charge.uuid}", gifts=gifts, booked_on=today, into=into)
    charge.journal_id, charge.state, charge.failure = posted.id, ChargeState.PAID, ""
    charge.settled_at = clock.now() if into == "bank" else None
    audit.changed(viewer, "gift", [charge.pk], "gift_paid", won=charge.amount_won)
    if charge.order_id is not None:
        Order.objects.filter(pk=charge.order_id).update(state=OrderState.PAID, paid_at=clock.now())
        telling.thanks(viewer, charge)
    pledges = [gift.pledge_id for gift in gifts if gift.pledge_id]
    if pledges:
        Pledge.objects.filter(pk__in=pledges, failures__gt=0).update(failures=0)


def book_deposit(viewer: Viewer, charge: Charge) -> None:
    """A transfer that stands on the statement of the dedicated account already."""
    if charge.state != ChargeState.PAID:
        _book(viewer, charge, into="bank")
        charge.save()


def book_outside(viewer: Viewer, charge: Charge, given_on: date) -> None:
    """A gift that another platform collected on `given_on` and whose won stand in the dedicated account."""
    _book(viewer, charge, into="bank", given_on=given_on)
    charge.save()


def send_back(viewer: Viewer, charge: Charge, won: int) -> int:
    """A person transferred won back to the payer; returns what the operating fund bore as it was spent already.

    In the caller's transaction, which holds the charge's row; its receipts follow (K14).
    """
    borne = _refunded(viewer, charge, charge.refunded_won + won)
    charge.save()
    receipts.follow_charge(viewer, charge)
    return borne


def _refunded(viewer: Viewer, charge: Charge, total: int) -> int:
    """Back to the giver out of what is left of the gift; what was spent already is borne by the operating fund."""
    missing = total - charge.refunded_won
    charge.steps += 1
    place = "clearing" if charge.settled_at is None else "bank"
    for gift in with_carried(Gift.objects.filter(journal_id=charge.journal_id or 0)):
        won = min(missing, gift.remaining_won)
        if won <= 0:
            continue
        key, parts = f"charge:{charge.uuid}:refund:{charge.steps}:{gift.pk}", [(gift.pk, gift.source, won)]
        call = {"by": viewer, "key": key, "fund_id": gift.fund_id, "parts": parts, "booked_on": clock.today()}
        try:
            with transaction.atomic():
                ledger.give_back(**call, out_of="bank" if gift.carried_from_id else place)  # type: ignore[arg-type]
        except Refused:
            continue  # the account does not hold it any more: the operating fund stands in
        missing -= won
    _bear(viewer, charge, missing, "refund")
    charge.refunded_won = total
    return missing


def _disputed(viewer: Viewer, charge: Charge, now: int) -> None:
    """Chargebacks are borne by the operating fund; a dispute that was won brings the money back to it (R15)."""
    charge.steps += 1
    _bear(viewer, charge, now - charge.disputed_won, "dispute")
    charge.disputed_won = now


def _bear(viewer: Viewer, charge: Charge, won: int, why: str) -> None:
    if won:
        own = operating_fund(charge.receiver_id)
        legs = {"chargebacks": won, "own_bank": -won}
        key = f"charge:{charge.uuid}:{why}:{charge.steps}"
        ledger.operating(by=viewer, key=key, fund_id=own.pk, legs=legs, booked_on=clock.today())


def operating_fund(receiver_id: int) -> Fund:
    return Fund.objects.get(receiver_id=receiver_id, kind=EarmarkKind.OPERATING)


def _failed(viewer: Viewer, charge: Charge, fact: PaymentFact) -> None:
    charge.failure, charge.attempts = fact.failure[:60], charge.attempts + 1
    again = rules.retry_on(clock.today(), charge.attempts) if fact.soft and charge.order_id is None else None
    if again is not None:
        charge.state, charge.next_attempt_at = ChargeState.READY, clock.at(again, clock.OPENS)
        charge.due_on, charge.batch_id = again, None
        telling.try_again(viewer, charge, again)
        return
    charge.state = ChargeState.FAILED
    if charge.order_id is not None:
        Order.objects.filter(pk=charge.order_id, state=OrderState.STARTED).update(state=OrderState.FAILED)
        return
    pledges = [line.pledge_id for line in charge.lines.all() if line.pledge_id]
    for pledge in Pledge.objects.filter(pk__in=pledges, state=PledgeState.ACTIVE):
        pledge.failures += 1
        if fact.soft or pledge.failures >= rules.FAILURES_UNTIL_PAUSE:
            pledge.state = PledgeState.PAUSED
        pledge.save(update_fields=["failures", "state"])
    telling.needs_another_method(viewer, charge)
