"""A line on the statement of a dedicated account, as the bank's file would bring it."""

from donations.models import Deposit, Order
from donations.services import filing, orders
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system


def deposited(order: Order, sender: str, won: int = 0) -> None:
    """The transfer of an expected order; another sum than expected stays on the worklist."""
    with acting_as(system(Principal.GIVING)) as viewer:
        deposit = Deposit.objects.create(
            receiver_id=order.fund.receiver_id,
            bank_reference=f"DEMO-{order.pk}",
            booked_on=clock.today(),
            name=f"{sender}{orders.slip_of(order)}",
            amount_won=won or order.amount_won,
        )
        if deposit.amount_won == order.amount_won:
            filing.match(viewer, deposit, order)
