"""Goods and events in kind: a register with value, and what was handed out. No won of it is ever booked (R75)."""

from contextlib import suppress

from django.db.models import F, Sum

from cases.selectors.case_page import read_case
from donations.access import get_visible
from donations.models import GoodsGift, GoodsKind, GoodsUse, GuestLine, ValueBasis
from donations.rules import goods as rules
from donations.rules.goods import Guests, Offered
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


def invite(*, by: Viewer, gift_id: int, told: Guests) -> GuestLine:
    """Guests of an event by what they need; a case only where a worker wrote its number, and only one's own."""
    receiver_of(by)
    with acting_as(by):
        found = get_visible(by, GoodsGift, named="goods", pk=gift_id)
        event = GoodsGift.objects.select_for_update().get(pk=found.pk)
        if event.kind != GoodsKind.EVENT:
            raise errors.NotFound("goods", str(gift_id))
        taken = event.guest_lines.aggregate(all=Sum("invited"))["all"] or 0
        problems = rules.guest_problems(told, seats=event.guests - taken)
        case_id = None
        if told.number.strip():
            with suppress(errors.NotFound):
                case_id = read_case(by, told.number.strip()).pk
            problems += [] if case_id else [rules.unknown_case()]
        if case_id and event.guest_lines.filter(case_id=case_id).exists():
            problems.append(rules.invited_already())
        if problems:
            raise errors.Impossible(*problems)
        line = GuestLine.objects.create(
            event=event,
            provider_id=event.provider_id,
            category_id=told.category_id or 0,
            case_id=case_id,
            invited=told.invited or 0,
            words=told.words.strip(),
            by_id=by.user_id or 0,
        )
        audit.changed(by, "goods", [event.pk], "guests_invited", owners=[event.provider_id], people=line.invited)
        return line


def note_came(*, by: Viewer, gift_id: int, line_id: int, came: int | None) -> GuestLine:
    """How many of them came; written once more where it was wrong."""
    receiver_of(by)
    with acting_as(by):
        line = get_visible(by, GuestLine, named="goods", pk=line_id, event=gift_id)
        problems = rules.came_problems(came, invited=line.invited)
        if problems:
            raise errors.Impossible(*problems)
        line.came = came
        line.save(update_fields=["came"])
        audit.changed(by, "goods", [gift_id], "guests_came", owners=[line.provider_id], people=came)
        return line


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
