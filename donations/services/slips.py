"""A transfer that bears our slip but shows another sum than expected: what the bank shows is booked, never a wish."""

from donations.models import Deposit, Fund, Order
from donations.services import filing, orders
from donations.states import OrderState
from hopecare.kernel.access import Viewer


def book_as_deposited(by: Viewer, before: Order, deposit_id: int) -> Order | None:
    """The order that takes the place of `before`, paid; None when the deposit or the order is not open any more.

    In the caller's transaction, by somebody who may book.
    """
    deposit = Deposit.objects.select_for_update().filter(pk=deposit_id, journal=None).first()
    standing = Order.objects.select_for_update(of=("self",)).select_related("fund", "donor").get(pk=before.pk)
    if deposit is None or standing.state == OrderState.PAID or deposit.receiver_id != standing.fund.receiver_id:
        return None
    fund = Fund.objects.get(pk=standing.fund_id)
    after = orders.expect(fund=fund, won=deposit.amount_won, source=standing.source, donor=standing.donor)
    Order.objects.filter(pk=standing.pk).update(state=OrderState.FAILED)
    filing.match(by, deposit, after)
    return after
