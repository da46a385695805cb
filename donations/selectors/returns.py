"""Deposits that a payee may have sent back, and the payments they could be of."""

from dataclasses import dataclass
from datetime import timedelta

from donations.access import get_visible, visible_to
from donations.models import Deposit, Payout
from donations.states import PayoutState
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

#: Nobody looks for the payment further back.
BACK = timedelta(days=550)
SHOWN, READ = 40, 400


@dataclass(frozen=True)
class Candidates:
    deposit: Deposit
    payouts: list[Payout]


def candidates(viewer: Viewer, deposit_id: int) -> Candidates:
    """Payments of the same dedicated account that were as large at least: those to the depositor's name first, then
    the newest. The read is logged; NotFound for a deposit that has its place.
    """
    check(viewer, Permission.MONEY_BOOK)
    deposit = get_visible(viewer, Deposit, named="deposit", pk=deposit_id, journal=None, select=("receiver__centre",))
    rows = visible_to(viewer, Payout).filter(
        fund__receiver=deposit.receiver_id,
        state__in=(PayoutState.PAID, PayoutState.PROVEN),
        paid_on__range=(deposit.booked_on - BACK, deposit.booked_on),
        amount_won__gte=deposit.amount_won,
    )
    found = list(rows.select_related("fund", "service").order_by("-paid_on", "-pk")[:READ])
    fitting = [row for row in found if row.net_won >= deposit.amount_won]
    fitting.sort(key=lambda row: not _alike(row.payee_name, deposit.name))
    shown = fitting[:SHOWN]
    audit.read(viewer, "payout", [row.pk for row in shown], owners=[row.provider_id for row in shown])
    return Candidates(deposit, shown)


def _alike(payee: str, depositor: str) -> bool:
    """Statements cut names off."""
    one, other = ("".join(text.split()) for text in (payee, depositor))
    return bool(one and other) and (one in other or other in one)
