"""A gift from choosing to the payment window: the row and the reservation first, the provider afterwards."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases.selectors.published import published_needs, standing_needs_of
from cases.services.published import close
from donations.errors import Refused
from donations.facts import Choice, NewGift
from donations.gateway import providers
from donations.gateway.errors import Permanent, Transient, Uncertain
from donations.models import Charge, Donor, Fund, Gift, Order
from donations.rules import giving as rules
from donations.rules.campaigns import divided
from donations.selectors import funds
from donations.services import charging, ledger, orders
from donations.services.books import need_fund
from donations.states import EarmarkKind, OrderState, Overflow, Source
from hopecare.kernel import audit, clock, codes, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.errors import Problem

_ORDER_LOCK = 7203


@dataclass(frozen=True)
class Wish:
    """What a giver tells. Name and telephone may stay empty; `deposit_name` is what the bank will show."""

    fund_id: int
    won: int | None
    provider: str
    overflow: str = Overflow.SAME_CATEGORY
    name: str = ""
    phone: str = ""
    town_id: int | None = None
    language: str = "ko"
    source: str = Source.ONCE
    user_id: int | None = None


def start(wish: Wish) -> Order:
    """Keep the place and write the charge; nothing was called yet. Raises Impossible with every problem."""
    with acting_as(system(Principal.GIVING)) as viewer:
        fund = Fund.objects.select_related("receiver").filter(pk=wish.fund_id, is_gift=True).first()
        if fund is None:
            raise errors.Impossible(Problem("fund", _("Please choose what your gift is for."), "fund"))
        _lock(fund)
        free_won = funds.lacking(viewer, fund)
        problems = _problems(wish, fund, free_won)
        if problems:
            raise errors.Impossible(*problems)
        donor = _donor(wish)
        is_bank = wish.provider == providers.BANK
        kept = rules.RESERVED_BANK if is_bank else rules.RESERVED
        order = orders.write(
            fund=fund,
            lines=_lines(wish, fund, free_won),
            provider=wish.provider,
            kept=kept,
            donor=donor,
            source=wish.source,
            overflow=wish.overflow,
            deposit_name=wish.name.strip(),
        )
        audit.changed(viewer, "gift", [order.pk], "gift_started")
        return order


def _lock(fund: Fund) -> None:
    """Two givers of the last 10,000 won come one after the other."""
    if fund.kind in (EarmarkKind.NEED, EarmarkKind.CAMPAIGN):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_ORDER_LOCK, fund.pk])


def _lines(wish: Wish, fund: Fund, free_won: int | None) -> list[tuple[int, int]]:
    """The whole gift, or a campaign's last part of it and the rest where its giver chose (K11)."""
    won = wish.won or 0
    there = funds.overflow_fund(fund, wish.overflow) if fund.kind == EarmarkKind.CAMPAIGN else None
    if there is None or free_won is None:
        return [(fund.pk, won)]
    within, beyond = divided(won, free_won)
    return [(fund.pk, within), (there.pk, beyond)]


def _problems(wish: Wish, fund: Fund, free_won: int | None) -> list[Problem]:
    moves_on = fund.kind == EarmarkKind.CAMPAIGN and wish.overflow != Overflow.RETURN
    found = rules.amount_problems(wish.won, free_won=free_won, divided=moves_on)
    if wish.provider not in providers.offered():
        found.append(Problem("provider", _("Please choose how you pay."), "provider"))
    if wish.overflow not in set(Overflow):
        found.append(Problem("overflow", _("Please choose what happens with what is not needed."), "overflow"))
    if wish.phone.strip() and phone_of(wish.phone) is None:
        found.append(errors.bad_phone())
    if wish.provider == providers.BANK and not wish.name.strip():
        found.append(Problem("name", _("Please tell the name that the bank will show."), "name"))
    return found


def phone_of(text: str) -> str | None:
    try:
        return phones.normal(text) or None
    except phones.BadPhone:
        return None


def _donor(wish: Wish) -> Donor | None:
    """The giver's row: of the account, of the telephone, or a new one; nobody for a gift without a name."""
    number = phone_of(wish.phone)
    if wish.user_id is not None:
        standing = Donor.objects.filter(user_id=wish.user_id, brought_at=None).first()
        if standing is not None:
            return standing
    if number is None and not wish.name.strip() and wish.user_id is None:
        return None
    if number is not None and wish.user_id is None:
        rows = Donor.objects.filter(phone_hash__in=phones.candidates(number), user=None)
        standing = next((row for row in rows if row.name == wish.name.strip()), None)
        if standing is not None:
            return standing
    return Donor.objects.create(
        user_id=wish.user_id,
        name=wish.name.strip(),
        phone=number or "",
        phone_hash=phones.hashed(number) if number else "",
        language=wish.language,
        town_id=wish.town_id,
    )


def open_window(order: Order) -> str:
    """Ask the provider for the page on which the giver pays; outside any transaction, and safe to repeat.

    Raises the gateway's Transient, Uncertain or Permanent. A bank transfer has no window.
    """
    with acting_as(system(Principal.GIVING)):
        charge = Charge.objects.get(order=order)
    if charge.window or order.provider not in providers.ONLINE:
        return charge.window
    back = f"{settings.PUBLIC_URL}/donate/follow/{codes.shown(order.code)}/"
    words = _("Hope Care gift")
    reference, url = providers.open_window(
        order.provider, key=str(charge.uuid), won=order.amount_won, words=words, back=back
    )
    with acting_as(system(Principal.GIVING)):
        Charge.objects.filter(pk=charge.pk).update(reference=reference, window=url)
    return url


def expire_orders() -> int:
    """Free what was kept for givers who did not come back; a late payment is still taken."""
    with acting_as(system(Principal.GIVING)):
        rows = Order.objects.filter(state=OrderState.STARTED, reserved_until__lt=clock.now())
        return rows.update(state=OrderState.EXPIRED)


def release(*, by: Viewer, fund_id: int, reason: str) -> int:
    """What is left in a need's fund goes where each giver chose before paying; returns how many gifts moved.

    The oldest won stay for payments that were asked for already. `return` waits for a person (a transfer back has to be
    made); it stays where it is and stands on the worklist.
    """
    with acting_as(by):
        fund = Fund.objects.select_related("receiver").get(pk=fund_id)
        ledger.lock_fund(fund.pk)
        with acting_as(system(Principal.GIVING)):
            promised = funds.promised_won(fund.pk)
        rows = Gift.objects.select_related("order").filter(fund=fund, remaining_won__gt=0)
        moved = 0
        for gift in list(rows.order_by("received_on", "pk")):
            stays = min(promised, gift.remaining_won)
            promised -= stays
            moved += _move_on(by, fund, gift, gift.remaining_won - stays, reason)
        return moved


def _move_on(by: Viewer, fund: Fund, gift: Gift, won: int, reason: str) -> bool:
    """False when nothing is free, when the giver wants it back, or while the provider has not passed it on yet."""
    there = funds.overflow_fund(fund, gift.order.overflow if gift.order else Overflow.SAME_CATEGORY)
    if there is None or won <= 0:
        return False
    given = (gift.received_on, gift.donor_id, gift.order_id, gift.pledge_id)
    row = NewGift(there.pk, won, gift.source, *given, carried_from_id=gift.pk)
    key = f"carry:{gift.uuid}:{reason}:{gift.remaining_won}"
    try:
        with transaction.atomic():
            ledger.carry(by=by, key=key, from_fund=fund.pk, to_fund=there.pk, gifts=[row], booked_on=clock.today())
    except Refused:
        return False
    return True


def release_ended() -> int:
    """Needs that ended and hold money again: a provider passed it on late, a payment was withdrawn, some came back."""
    with acting_as(system(Principal.GIVING)) as viewer:
        rows = Fund.objects.filter(kind=EarmarkKind.NEED, gifts__remaining_won__gt=0).distinct()
        held = {fund.need_uuid: fund.pk for fund in rows}
        ended = [card for card in published_needs(viewer, uuids=[key for key in held if key]) if card.closed_for]
        return sum(
            release(by=viewer, fund_id=held[card.uuid], reason=card.closed_for)
            for card in ended
            if card.closed_for != "met"
        )


def fund_of_choice(choice: Choice) -> int:
    """The fund behind a choice; a need's first giver makes it."""
    if not choice.need_uuid:
        return choice.fund_id or 0
    with acting_as(system(Principal.GIVING)) as viewer:
        offers = funds.need_offers(viewer, uuids=[uuid.UUID(choice.need_uuid)])
        return need_fund(offers[0].card, offers[0].receiver).pk if offers else 0


def window_or_nothing(order: Order) -> str:
    """The payment window's address; empty when there is none, or when the provider does not answer just now.

    Looks first whether it was paid meanwhile: a giver who comes back before the call-back sees the truth.
    """
    if order.provider not in providers.ONLINE:
        return ""
    with acting_as(system(Principal.GIVING)):
        charge = Charge.objects.get(order=order)
    try:
        if charge.window and charging.look(charge, only_paid=True)[1].state == "paid":
            return ""
        return open_window(order)
    except (Transient, Uncertain, Permanent):
        return ""


def need_closed(payload: dict[str, Any]) -> None:
    """News from the case: the need is met, withdrawn, or its case or person ended (D15); the rest moves on.

    A need that was met keeps its money for its own payment; it is released when the case closes.
    """
    if payload["reason"] == "met":
        return
    with acting_as(system(Principal.GIVING)) as viewer:
        fund = Fund.objects.filter(need_uuid=payload["need"]).first()
        if fund is not None:
            release(by=viewer, fund_id=fund.pk, reason=payload["reason"])


def case_closed(payload: dict[str, Any]) -> None:
    _close_needs(case_id=payload["case_id"])


def person_state(payload: dict[str, Any]) -> None:
    """Died or moved: nothing of them is shown any more (D15)."""
    if payload.get("state", "died") in {"died", "moved"}:
        _close_needs(main_person_id=payload["person_id"])


def _close_needs(**which: Any) -> None:
    with acting_as(system(Principal.GIVING)) as viewer:
        for key in standing_needs_of(viewer, **which):
            close(by=viewer, need_uuid=key, reason="case")


def close_met_needs() -> int:
    """A need whose target was given disappears from the page (D1)."""
    with acting_as(system(Principal.GIVING)) as viewer:
        met = [offer.card.uuid for offer in funds.need_offers(viewer) if offer.given_won >= offer.card.target_won]
        for key in met:
            close(by=viewer, need_uuid=key, reason="met")
        return len(met)
