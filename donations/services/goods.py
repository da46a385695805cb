"""Goods and events in kind: a register with value, and what was handed out. No won of it is ever booked (R75)."""

from django.db.models import F

from donations.access import get_visible
from donations.models import GoodsGift, GoodsKind, GoodsUse, ValueBasis
from donations.rules import goods as rules
from donations.rules.goods import Offered
from donations.services.boxes import receiver_of
from donations.services.giving import phone_of
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as


def register(*, by: Viewer, told: Offered) -> GoodsGift:
    """Write it down with its value and on what that rests. Raises Impossible with every problem."""
    receiver = receiver_of(by)
    kinds, bases = tuple(GoodsKind.values), tuple(ValueBasis.values)
    problems = rules.offered_problems(told, kinds=kinds, bases=bases, today=clock.today())
    if told.giver_phone.strip() and phone_of(told.giver_phone) is None:
        problems.append(errors.bad_phone("giver_phone"))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = GoodsGift.objects.create(
            receiver=receiver,
            provider_id=receiver.centre_id,
            kind=told.kind,
            what=told.what.strip(),
            category_id=told.category_id,
            quantity=told.quantity or 0,
            unit=told.unit.strip(),
            value_won=told.value_won or 0,
            basis=told.basis,
            given_on=told.given_on or clock.today(),
            giver_name=told.giver_name.strip(),
            giver_phone=phone_of(told.giver_phone) or "",
            guests=told.guests or 0,
            registered_by_id=by.user_id or 0,
        )
        audit.changed(by, "goods", [row.pk], "goods_registered", owners=[row.provider_id])
        return row


def hand_out(*, by: Viewer, gift_id: int, quantity: int | None, people: int | None, words: str) -> GoodsUse:
    """Some of it went to people; never more than there is left."""
    receiver_of(by)
    with acting_as(by):
        found = get_visible(by, GoodsGift, named="goods", pk=gift_id)
        row = GoodsGift.objects.select_for_update().get(pk=found.pk)
        problems = rules.use_problems(quantity=quantity, people=people, words=words, left=row.left)
        if problems:
            raise errors.Impossible(*problems)
        GoodsGift.objects.filter(pk=row.pk).update(given_out=F("given_out") + (quantity or 0))
        use = GoodsUse.objects.create(
            gift=row,
            provider_id=row.provider_id,
            quantity=quantity or 0,
            people=people or 0,
            words=words.strip(),
            by_id=by.user_id or 0,
        )
        audit.changed(by, "goods", [row.pk], "goods_handed_out", owners=[row.provider_id])
        return use
