"""A late payment never carries a campaign beyond its target: what is too much goes where its giver chose (K11)."""

from dataclasses import replace

from django.db import connection

from donations.facts import NewGift
from donations.models import Campaign, Order
from donations.rules.campaigns import divided
from donations.selectors import funds

_TARGET_LOCK = 7205


def within_targets(gifts: list[NewGift], order_id: int) -> list[NewGift]:
    """The gifts as they are booked. Who wants the rest back keeps it in the campaign, for a person to send back.

    Two payments of one campaign come one after the other, until the end of the transaction.
    """
    campaigns = {row.fund_id: row for row in Campaign.objects.filter(fund__in=[gift.fund_id for gift in gifts])}
    if not campaigns:
        return gifts
    overflow = Order.objects.values_list("overflow", flat=True).get(pk=order_id)
    found: dict[int, NewGift] = {}
    for gift in gifts:
        for part in _parts(gift, campaigns.get(gift.fund_id), overflow):
            standing = found.get(part.fund_id)
            found[part.fund_id] = replace(standing, won=standing.won + part.won) if standing else part
    return list(found.values())


def _parts(gift: NewGift, campaign: Campaign | None, overflow: str) -> list[NewGift]:
    if campaign is None or campaign.fund is None:
        return [gift]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_TARGET_LOCK, campaign.pk])
    there = funds.overflow_fund(campaign.fund, overflow)
    given = funds.given_won([gift.fund_id]).get(gift.fund_id, 0)
    within, beyond = divided(gift.won, campaign.target_won - given)
    if there is None or not beyond:
        return [gift]
    rest = replace(gift, fund_id=there.pk, won=beyond)
    return [replace(gift, won=within), rest] if within else [rest]
