"""Money on its way back, and gifts whose givers wanted the rest back: what the accountant still has to send (K11)."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from cases.selectors.published import published_needs
from donations.access import get_visible, visible_to
from donations.gateway import providers
from donations.models import Charge, Gift, MoneyBack, Order
from donations.rules.campaigns import REGISTERED_FROM_WON
from donations.states import BackState, CampaignState, ChargeState, EarmarkKind, Overflow
from hopecare.kernel import audit, codes
from hopecare.kernel.access import Principal, Viewer, acting_as, check_any, system
from hopecare.kernel.permissions import Permission

MAY = (Permission.MONEY_VIEW, Permission.PAYOUT_APPROVE)
SHOWN = 100
_RELATED = ("receiver__centre", "requested_by", "approved_by", "paid_by")


@dataclass(frozen=True)
class Rest:
    """What a need or a campaign did not use, of a giver who wanted it back. `by_card`: the provider sends it."""

    charge: Charge
    order: Order
    fund_name: str
    won: int
    by_card: bool
    needs_registrar: bool


@dataclass(frozen=True)
class Backs:
    to_approve: list[MoneyBack]
    to_pay: list[MoneyBack]
    others: list[MoneyBack]
    rests: list[Rest]
    found: list[Charge]


def backs(viewer: Viewer, typed: str = "") -> Backs:
    """The page; `typed`: the number of a gift or a monthly account whose payments are looked for."""
    check_any(viewer, *MAY)
    rows = _with_payments(visible_to(viewer, MoneyBack).select_related(*_RELATED).order_by("-pk")[:SHOWN])
    approves, books = viewer.may(Permission.PAYOUT_APPROVE), viewer.may(Permission.MONEY_BOOK)
    to_approve = [
        row for row in rows if approves and row.state == BackState.REQUESTED and row.requested_by_id != viewer.user_id
    ]
    to_pay = [row for row in rows if books and row.state == BackState.APPROVED]
    first = {row.pk for row in (*to_approve, *to_pay)}
    sees_gifts = viewer.may(Permission.MONEY_VIEW)
    return Backs(
        to_approve=to_approve,
        to_pay=to_pay,
        others=[row for row in rows if row.pk not in first],
        rests=rests(viewer) if sees_gifts else [],
        found=_of_code(viewer, typed) if sees_gifts else [],
    )


def waiting(viewer: Viewer) -> int:
    """How many wait for this person's second look."""
    if not viewer.may(Permission.PAYOUT_APPROVE):
        return 0
    rows = visible_to(viewer, MoneyBack).filter(state=BackState.REQUESTED)
    return rows.exclude(requested_by_id=viewer.user_id or 0).count()


def _with_payments(found: Iterable[MoneyBack]) -> list[MoneyBack]:
    """Each with its payment, which the approving person cannot read for herself."""
    rows = list(found)
    with acting_as(system(Principal.GIVING)):
        charges = Charge.objects.select_related("order", "donor").in_bulk([row.charge_id for row in rows])
    for row in rows:
        row.charge = charges[row.charge_id]
    return rows


def _of_code(viewer: Viewer, typed: str) -> list[Charge]:
    """The payments behind a number, newest first."""
    code = codes.read(typed)
    if code is None:
        return []
    hers = Q(order__code=code) | Q(lines__pledge__code=code)
    rows = visible_to(viewer, Charge).filter(hers, state=ChargeState.PAID).select_related("order").distinct()
    return list(rows.order_by("-pk")[:24])


def rests(viewer: Viewer) -> list[Rest]:
    """Gifts that wait to go back: their need is closed or their campaign over, and nothing of them is on its way.

    The oldest of those alone: gifts that still wait for their need hide none of them.
    """
    wanted = visible_to(viewer, Gift).filter(
        order__overflow=Overflow.RETURN,
        remaining_won__gt=0,
        fund__kind__in=(EarmarkKind.NEED, EarmarkKind.CAMPAIGN),
    )
    needs = wanted.filter(fund__need_uuid__isnull=False).values_list("fund__need_uuid", flat=True)
    closed = _closed({need for need in needs.distinct() if need is not None})
    moving = visible_to(viewer, MoneyBack).filter(state__in=(BackState.REQUESTED, BackState.APPROVED))
    owed = wanted.filter(
        Q(fund__need_uuid__in=closed) | Q(fund__need_uuid=None, fund__campaign__state=CampaignState.CLOSED),
        order__in=visible_to(viewer, Charge).exclude(pk__in=moving.values("charge")).values("order"),
    )
    over = list(owed.select_related("fund__campaign", "order").order_by("received_on", "pk")[:SHOWN])
    charges = {
        row.order_id: row
        for row in visible_to(viewer, Charge).filter(order__in=[gift.order_id for gift in over]).select_related("order")
    }
    found = []
    for gift in over:
        charge = charges.get(gift.order_id)
        if charge is not None and gift.order is not None:
            by_card = charge.provider in providers.ONLINE
            found.append(Rest(charge, gift.order, gift.fund.name, gift.remaining_won, by_card, _needs_registrar(gift)))
    return found


def _closed(needs: set[uuid.UUID]) -> set[uuid.UUID]:
    """Of these needs those that are not shown any more."""
    with acting_as(system(Principal.GIVING)) as viewer:
        shown = {card.uuid for card in published_needs(viewer, uuids=needs) if card.open} if needs else set()
    return needs - shown


def _needs_registrar(gift: Gift) -> bool:
    """The rest of a registered campaign goes back only after the registrar's word (K11)."""
    if gift.fund.kind != EarmarkKind.CAMPAIGN:
        return False
    campaign = gift.fund.campaign
    return bool(campaign.target_won >= REGISTERED_FROM_WON and not campaign.remainder_approval)


def charge(viewer: Viewer, charge_id: int) -> Charge:
    """A payment of which something may go back; NotFound otherwise."""
    return get_visible(
        viewer, Charge, named="charge", pk=charge_id, state=ChargeState.PAID, select=("order", "donor", "receiver")
    )


def one(viewer: Viewer, key: uuid.UUID) -> MoneyBack:
    """One transfer back with its payment, its read logged; NotFound otherwise."""
    check_any(viewer, *MAY)
    row = get_visible(viewer, MoneyBack, named="money_back", uuid=key, select=_RELATED)
    audit.read(viewer, "money_back", [row.pk], owners=[row.provider_id])
    return _with_payments([row])[0]


def with_carried(gifts: Iterable[Gift]) -> list[Gift]:
    """Those gifts, oldest first, and what was left of them wherever it was carried."""
    found, newest = list[Gift](), sorted(gifts, key=lambda gift: gift.pk)
    while newest:
        found += newest
        newest = list(Gift.objects.filter(carried_from__in=newest).order_by("pk"))
    return found


def left_won(charge: Charge) -> int:
    """What of a payment was not spent yet; the rest of what goes back is borne by the operating fund (R15)."""
    with acting_as(system(Principal.GIVING)):
        gifts = with_carried(Gift.objects.filter(journal_id=charge.journal_id or 0))
    return sum(gift.remaining_won for gift in gifts)
