"""What a giver with an account has given: monthly accounts and the gifts of the last years, each with its way."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from donations.access import visible_to
from donations.models import Gift, Pledge
from hopecare.kernel.access import Viewer

SHOWN = 60


@dataclass(frozen=True)
class History:
    """Own rows only, newest first; `given_won` since the beginning."""

    pledges: list[Pledge]
    gifts: list[Gift]
    given_won: int
    count: int


def history(viewer: Viewer) -> History:
    """Three questions."""
    gifts = visible_to(viewer, Gift).filter(carried_from=None)
    sums = gifts.aggregate(won=Sum("amount_won"))
    pledges = visible_to(viewer, Pledge).select_related("fund__receiver__centre").order_by("state", "pk")
    return History(list(pledges), list(_latest(gifts)), int(sums["won"] or 0), gifts.count())


def _latest(gifts: QuerySet[Gift]) -> QuerySet[Gift]:
    return gifts.select_related("fund", "order__letter", "pledge").order_by("-received_on", "-pk")[:SHOWN]
