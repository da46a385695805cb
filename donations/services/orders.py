"""The rows of an intended payment: the order with its code, its one charge, and a line for each fund."""

from collections.abc import Iterable
from datetime import timedelta

from donations.gateway import providers
from donations.models import Charge, ChargeLine, Donor, Fund, Order
from donations.states import ChargeState, Overflow, Source
from hopecare.kernel import clock, codes

#: How long the slip of a shop, a school or a money box stands as expected; a later transfer is still taken.
EXPECTED = timedelta(days=60)


def write(
    *,
    fund: Fund,
    lines: Iterable[tuple[int, int]],
    provider: str,
    kept: timedelta,
    donor: Donor | None = None,
    source: str = Source.ONCE,
    overflow: str = Overflow.SAME_CATEGORY,
    deposit_name: str = "",
) -> Order:
    """`lines`: (fund id, won), most often one. Nothing is called or booked. Runs as the principal `giving`."""
    parts = [(fund_id, won) for fund_id, won in lines if won]
    amount = sum(won for _, won in parts)
    order = Order.objects.create(
        code=codes.new_code(),
        fund=fund,
        donor=donor,
        amount_won=amount,
        source=source,
        provider=provider,
        overflow=overflow,
        deposit_name=deposit_name,
        reserved_until=clock.now() + kept,
    )
    charge = Charge.objects.create(
        key=f"order:{order.code}",
        provider=provider,
        order=order,
        donor=donor,
        receiver_id=fund.receiver_id,
        amount_won=amount,
        due_on=clock.today(),
        state=ChargeState.WAITING,
    )
    rows = [ChargeLine(charge=charge, fund_id=one, source=source, amount_won=won) for one, won in parts]
    ChargeLine.objects.bulk_create(rows)
    return order


def expect(*, fund: Fund, won: int, source: str, donor: Donor | None = None) -> Order:
    """A transfer that somebody will make into the dedicated account, known by the first signs of its code."""
    return write(fund=fund, lines=[(fund.pk, won)], provider=providers.BANK, kept=EXPECTED, donor=donor, source=source)


def slip_of(order: Order) -> str:
    """What is written as the sender of the transfer."""
    return order.code[:6]
