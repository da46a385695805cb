"""Which funds there are, what a need still lacks, and where money goes that it does not use."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Sum

from cases.selectors.published import NeedCard, published_needs
from donations.models import Campaign, ChargeLine, Fund, Payout, Receiver
from donations.states import PROMISED, STANDING, CampaignState, EarmarkKind, OrderState, Overflow
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer

_GIVEN = """
select a.fund_id, -sum(a.balance_won) from donations_account a
where a.fund_id = any(%s) and a.kind = 'income' group by 1
"""


@dataclass(frozen=True)
class NeedOffer:
    """A need with its fund (None until somebody gives): what it asks for, what was given, what is free to give."""

    card: NeedCard
    receiver: Receiver
    fund: Fund | None
    given_won: int
    reserved_won: int

    @property
    def free_won(self) -> int:
        return max(0, self.card.target_won - self.given_won - self.reserved_won)

    @property
    def percent(self) -> int:
        return min(100, 100 * self.given_won // self.card.target_won)


def given_won(fund_ids: list[int]) -> dict[int, int]:
    """What was given to each fund in all, from its income accounts."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN, [fund_ids])
        return {fund: int(won) for fund, won in cursor.fetchall()}


def reserved_won(viewer: Viewer, fund_ids: list[int]) -> dict[int, int]:
    """What is kept for givers who are paying just now; of a divided gift only its part."""
    rows = ChargeLine.objects.filter(
        fund_id__in=fund_ids, charge__order__state=OrderState.STARTED, charge__order__reserved_until__gt=clock.now()
    )
    sums: dict[int, int] = {}
    for fund_id, won in rows.values_list("fund_id", "amount_won"):
        sums[fund_id] = sums.get(fund_id, 0) + won
    return sums


def promised_won(fund_id: int) -> int:
    """Asked for or approved, and not paid yet."""
    rows = Payout.objects.filter(fund_id=fund_id, state__in=PROMISED)
    return int(rows.aggregate(won=Sum("amount_won"))["won"] or 0)


def need_offers(viewer: Viewer, **which: Any) -> list[NeedOffer]:
    """The needs a giver may choose, with what each lacks; four queries however many there are."""
    cards = published_needs(viewer, **which)
    receivers = {row.centre_id: row for row in Receiver.objects.select_related("organisation", "centre")}
    funds = {row.need_uuid: row for row in Fund.objects.filter(need_uuid__in=[card.uuid for card in cards])}
    ids = [row.pk for row in funds.values()]
    given, kept = given_won(ids), reserved_won(viewer, ids)
    offers = []
    for card in cards:
        fund, receiver = funds.get(card.uuid), receivers.get(card.centre_id)
        if receiver is not None:
            key = fund.pk if fund else 0
            offers.append(NeedOffer(card, receiver, fund, given.get(key, 0), kept.get(key, 0)))
    return offers


def lacking(viewer: Viewer, fund: Fund) -> int | None:
    """What may still be given to a need's or a campaign's fund; None for funds without a target."""
    if fund.kind == EarmarkKind.CAMPAIGN:
        return _campaign_lacks(viewer, fund)
    if fund.kind != EarmarkKind.NEED:
        return None
    offers = need_offers(viewer, uuids=[fund.need_uuid])
    return offers[0].free_won if offers and offers[0].card.open else 0


def _campaign_lacks(viewer: Viewer, fund: Fund) -> int:
    today = clock.today()
    rows = Campaign.objects.filter(fund=fund, state=CampaignState.OPEN, starts_on__lte=today, ends_on__gte=today)
    campaign = rows.first()
    if campaign is None:
        return 0
    taken = given_won([fund.pk]).get(fund.pk, 0) + reserved_won(viewer, [fund.pk]).get(fund.pk, 0)
    return max(0, campaign.target_won - taken)


def overflow_fund(fund: Fund, choice: str) -> Fund | None:
    """Where the rest of a need's money goes by the giver's choice; None = back to the giver, by a person's hand."""
    if choice == Overflow.RETURN:
        return None
    rows = Fund.objects.filter(receiver_id=fund.receiver_id, is_gift=True)
    if choice == Overflow.SAME_CATEGORY:
        kinds = (EarmarkKind.CAUSE, EarmarkKind.CATEGORY)
        same = rows.filter(kind__in=kinds, allowed_purposes__contains=fund.allowed_purposes).order_by("pk")
        if same:
            return min(same, key=lambda row: len(row.allowed_purposes))
    return rows.filter(kind=EarmarkKind.GENERAL).first()


def standing_funds() -> list[Fund]:
    """General, causes, categories and schools of every receiver."""
    rows = Fund.objects.filter(kind__in=STANDING, is_gift=True)
    return list(rows.select_related("receiver__organisation", "receiver__centre").order_by("receiver_id", "pk"))


def receivers() -> list[Receiver]:
    """Who receives gifts, as every giving page must say (K11)."""
    return list(Receiver.objects.select_related("organisation", "centre").order_by("pk"))
