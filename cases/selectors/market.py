"""The food market: shelves, a household's card, and what a number at the counter still opens (R41)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from cases.models import Case, MarketCard, MarketGood, MarketSite, MarketTaking
from cases.rules import market as rules
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to


def sites() -> list[MarketSite]:
    return list(MarketSite.objects.filter(ended_on=None).select_related("town").order_by("name"))


def goods(site: MarketSite) -> list[MarketGood]:
    return list(MarketGood.objects.filter(site=site).order_by("name"))


@dataclass(frozen=True)
class OfCase:
    card: MarketCard | None
    left: rules.Left
    takings: Sequence[MarketTaking]


def of_case(viewer: Viewer, case: Case) -> OfCase:
    """The newest card of a household with this year's takings. Three queries."""
    card = visible_to(viewer, MarketCard).filter(case=case).select_related("person", "by").order_by("-pk").first()
    if card is None:
        return OfCase(None, rules.left(0, 0), ())
    rows = visible_to(viewer, MarketTaking).filter(card=card).select_related("good__site")
    return OfCase(card, left_of(card), list(rows.order_by("-taken_on", "-pk")[:100]))


def left_of(card: MarketCard) -> rules.Left:
    """What the card still opens this month; for whoever may read its takings."""
    first = clock.today().replace(day=1)
    sums = MarketTaking.objects.filter(card=card, taken_on__gte=first).aggregate(items=Sum("count"), won=Sum("won"))
    return rules.left(sums["items"] or 0, sums["won"] or 0)
