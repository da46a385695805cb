"""What the accountant looks at each morning: cash, failures, differences, deposits nobody named."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Q

from donations.access import visible_to
from donations.models import Charge, Deposit, Order, Pledge, Receiver, Settlement
from donations.selectors.bank import explained_deposits
from donations.selectors.payouts import overdue_approvals
from donations.states import ChargeState, OrderState, PledgeState
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

SHOWN = 50
_CASH = """
select f.receiver_id, a.chart_id, sum(a.balance_won) from donations_account a join donations_fund f on f.id = a.fund_id
where a.kind = 'asset' group by 1, 2
"""


@dataclass(frozen=True)
class Cash:
    """One receiver: the dedicated account, what providers still hold, and its operating account apart."""

    receiver: Receiver
    bank_won: int
    clearing_won: int
    own_won: int


@dataclass(frozen=True)
class Staying:
    """Whether givers stay (R63): monthly accounts, and single givers of the year before who gave again or did not."""

    standing: int
    begun: int
    ended: int
    resting: int
    came_again: int
    stayed_away: int


@dataclass(frozen=True)
class Day:
    cash: list[Cash]
    failed: list[Charge]
    retrying: list[Charge]
    unsettled: int
    odd_amounts: list[Charge]
    differences: list[Settlement]
    deposits: list[Deposit]
    paid: list[Charge]
    overdue: int


def day(viewer: Viewer, today: date) -> Day:
    """The whole morning in ten questions."""
    check(viewer, Permission.MONEY_VIEW)
    charges = visible_to(viewer, Charge).select_related("donor", "receiver__centre")
    paid = charges.filter(state=ChargeState.PAID)
    late = today - timedelta(days=5)
    return Day(
        cash=_cash(),
        failed=list(charges.filter(state=ChargeState.FAILED, order=None).order_by("-pk")[:SHOWN]),
        retrying=list(charges.filter(state=ChargeState.READY, attempts__gt=0).order_by("due_on")[:SHOWN]),
        unsettled=paid.filter(settled_at=None, due_on__lt=late).count(),
        odd_amounts=list(charges.filter(failure="amount").order_by("-pk")[:SHOWN]),
        differences=list(visible_to(viewer, Settlement).exclude(problem="").order_by("-pk")[:SHOWN]),
        deposits=list(
            visible_to(viewer, Deposit)
            .filter(journal=None)
            .exclude(pk__in=explained_deposits(viewer))
            .select_related("receiver__centre")
            .order_by("booked_on")[:SHOWN]
        ),
        paid=list(paid.exclude(order=None).select_related("order").order_by("-pk")[:10]),
        overdue=overdue_approvals(viewer),
    )


def _cash() -> list[Cash]:
    with connection.cursor() as cursor:
        cursor.execute(_CASH)
        sums = {(receiver, chart): int(won) for receiver, chart, won in cursor.fetchall()}
    rows = Receiver.objects.select_related("centre", "organisation").order_by("pk")
    return [Cash(row, *(sums.get((row.pk, chart), 0) for chart in ("bank", "clearing", "own_bank"))) for row in rows]


def staying(viewer: Viewer, today: date) -> Staying:
    """Sums over twelve months, nobody by name; three questions."""
    check(viewer, Permission.MONEY_VIEW)
    year = today - timedelta(days=365)
    pledges = visible_to(viewer, Pledge).aggregate(
        standing=Count("pk", filter=Q(state=PledgeState.ACTIVE)),
        begun=Count("pk", filter=Q(started_on__gt=year)),
        ended=Count("pk", filter=Q(ended_on__gt=year)),
        resting=Count("pk", filter=Q(state=PledgeState.PAUSED)),
    )
    orders = visible_to(viewer, Order).filter(state=OrderState.PAID, donor__isnull=False)
    before = orders.filter(paid_at__date__range=(year - timedelta(days=365), year)).values("donor")
    again = orders.filter(paid_at__date__gt=year, donor__in=before)
    came_again = again.values("donor").distinct().count()
    return Staying(**pledges, came_again=came_again, stayed_away=before.distinct().count() - came_again)
