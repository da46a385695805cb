"""1004 money boxes: out to a holder, back, counted by two people, to the bank the next working day (R69, K12)."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Max

from donations.access import get_visible, visible_to
from donations.models import BoxCount, BoxCountLine, BoxTrip, Fund, HolderKind, MoneyBox, Receiver
from donations.rules import boxes as rules
from donations.services import orders, slips
from donations.services.giving import phone_of
from donations.states import COUNTS, CountState, EarmarkKind, Source
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission

_BOX_LOCK = 7204


@dataclass(frozen=True)
class Holder:
    """Who takes a box; the telephone may stay empty."""

    kind: str
    name: str
    phone: str
    place: str
    ask_back_on: date | None


def receiver_of(by: Viewer) -> Receiver:
    """The receiving body of the viewer's own centre; NotFound where the centre has none."""
    check(by, Permission.GIVING_MANAGE)
    row = Receiver.objects.select_related("organisation", "centre").filter(centre_id=by.organisation_id).first()
    if row is None:
        raise errors.NotFound("receiver", "")
    return row


def register(*, by: Viewer, many: int | None) -> list[MoneyBox]:
    """New boxes with the centre's next numbers; a number is never given twice."""
    receiver = receiver_of(by)
    problems = rules.new_problems(many)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_BOX_LOCK, receiver.pk])
        last = visible_to(by, MoneyBox).aggregate(last=Max("number"))["last"] or 0
        numbers = range(last + 1, last + 1 + (many or 0))
        rows = [MoneyBox(number=one, receiver=receiver, provider_id=receiver.centre_id) for one in numbers]
        made = MoneyBox.objects.bulk_create(rows)
        audit.changed(by, "box", [row.pk for row in made], "boxes_registered", owners=[receiver.centre_id])
        return made


def issue(*, by: Viewer, box_id: int, holder: Holder) -> BoxTrip:
    """Hand a box out. Raises Impossible with every problem; a box that is out already is one of them."""
    receiver_of(by)
    today = clock.today()
    problems = rules.issue_problems(holder=holder.name, ask_back_on=holder.ask_back_on, today=today)
    if holder.phone.strip() and phone_of(holder.phone) is None:
        problems.append(errors.bad_phone("holder_phone"))
    if holder.kind not in HolderKind.values:
        problems.append(errors.required("holder_kind"))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        box = get_visible(by, MoneyBox, named="box", pk=box_id)
        MoneyBox.objects.select_for_update().get(pk=box.pk)
        if box.lost_on is not None or box.trips.filter(lost=False, count=None).exists():
            raise errors.Impossible(rules.not_now())
        trip = BoxTrip.objects.create(
            box=box,
            provider_id=box.provider_id,
            holder_kind=holder.kind,
            holder_name=holder.name.strip(),
            holder_phone=phone_of(holder.phone) or "",
            place=holder.place.strip(),
            ask_back_on=holder.ask_back_on or today,
            issued_by_id=by.user_id or 0,
        )
        audit.changed(by, "box", [box.pk], "box_issued", owners=[box.provider_id])
        return trip


def take_back(*, by: Viewer, trip_id: int, seal_broken: bool = False, lost: bool = False) -> BoxTrip:
    """The box is here again, or will never be: both end its journey."""
    receiver_of(by)
    with acting_as(by):
        found = get_visible(by, BoxTrip, named="box", pk=trip_id)
        trip = BoxTrip.objects.select_for_update().get(pk=found.pk)
        if trip.returned_on is not None:
            raise errors.Impossible(rules.not_now())
        trip.returned_on, trip.returned_by_id = clock.today(), by.user_id
        trip.seal_broken, trip.lost = seal_broken, lost
        trip.save(update_fields=["returned_on", "returned_by", "seal_broken", "lost"])
        if lost:
            MoneyBox.objects.filter(pk=trip.box_id).update(lost_on=clock.today())
        what = "box_lost" if lost else "box_returned"
        audit.changed(by, "box", [trip.box_id], what, owners=[trip.provider_id], seal_broken=seal_broken)
        return trip


def count(*, by: Viewer, amounts: dict[int, int | None]) -> BoxCount:
    """The first person's figures: won by trip, for boxes that are back and uncounted."""
    receiver = receiver_of(by)
    problems = rules.count_problems(amounts)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        rows = BoxTrip.objects.select_for_update().filter(pk__in=amounts, provider_id=receiver.centre_id)
        trips = list(rows.filter(returned_on__isnull=False, lost=False, count=None).order_by("pk"))
        if len(trips) != len(amounts):
            raise errors.Impossible(rules.not_now())
        made = BoxCount.objects.create(
            receiver=receiver, provider_id=receiver.centre_id, first_by_id=by.user_id or 0, counted_on=clock.today()
        )
        lines = [
            BoxCountLine(count=made, trip=trip, provider_id=made.provider_id, amount_won=amounts[trip.pk] or 0)
            for trip in trips
        ]
        BoxCountLine.objects.bulk_create(lines)
        rows.update(count=made)
        audit.changed(by, "box_count", [made.pk], "boxes_counted", owners=[made.provider_id])
        return made


def confirm(*, by: Viewer, count_id: int, amounts: dict[int, int | None]) -> BoxCount:
    """The second person's figures, typed without seeing the first ones. Equal: the slip for the bank is made."""
    receiver_of(by)
    problems = rules.count_problems(amounts)
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = _locked(by, count_id)
        if row.first_by_id == by.user_id:
            raise errors.Impossible(rules.own_count())
        first = dict(row.lines.values_list("trip_id", "amount_won"))
        if first != amounts:
            raise errors.Impossible(rules.differs())
        _move(row, CountState.CONFIRMED)
        row.second_by_id, row.second_at = by.user_id, clock.now()
        row.due_on = clock.next_working_day(clock.today())
        row.order_id = _expect(row.receiver_id, sum(first.values()))
        row.save(update_fields=["state", "second_by", "second_at", "due_on", "order"])
        audit.changed(by, "box_count", [row.pk], "boxes_confirmed", owners=[row.provider_id], won=sum(first.values()))
        return row


def void(*, by: Viewer, count_id: int) -> BoxCount:
    """A first count that was wrong: its boxes wait again. The figures stay in the register."""
    receiver_of(by)
    with acting_as(by):
        row = _locked(by, count_id)
        _move(row, CountState.VOID)
        row.save(update_fields=["state"])
        BoxTrip.objects.filter(count=row).update(count=None)
        audit.changed(by, "box_count", [row.pk], "box_count_voided", owners=[row.provider_id])
        return row


def _locked(by: Viewer, count_id: int) -> BoxCount:
    found = get_visible(by, BoxCount, named="box_count", pk=count_id)
    row = BoxCount.objects.select_for_update().get(pk=found.pk)
    if row.state != CountState.COUNTED:
        raise errors.Impossible(rules.not_now())
    return row


def _move(row: BoxCount, after: CountState) -> None:
    assert after in COUNTS[CountState(row.state)]
    row.state = after


def _expect(receiver_id: int, won: int) -> int:
    with acting_as(system(Principal.GIVING)):
        fund = Fund.objects.get(receiver_id=receiver_id, kind=EarmarkKind.GENERAL)
        return orders.expect(fund=fund, won=won, source=Source.BOX).pk


def explain(*, by: Viewer, count_id: int, deposit_id: int, words: str) -> BoxCount:
    """The bank shows another sum than was counted: what the bank shows is booked, the difference stays with its reason.

    By the accountant, who is neither of the two who counted.
    """
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        found = get_visible(by, BoxCount, named="box_count", pk=count_id)
        row = BoxCount.objects.select_for_update(of=("self",)).select_related("order").get(pk=found.pk)
        problems = rules.explanation_problems(words=words, counters=(row.first_by_id, row.second_by_id), by=by.user_id)
        if problems:
            raise errors.Impossible(*problems)
        before = row.order
        after = slips.book_as_deposited(by, before, deposit_id) if before else None
        if before is None or after is None:
            raise errors.Impossible(rules.not_now())
        row.order, row.difference_won = after, after.amount_won - before.amount_won
        row.explanation, row.explained_by_id = words.strip(), by.user_id
        row.save(update_fields=["order", "difference_won", "explanation", "explained_by"])
        audit.changed(by, "box_count", [row.pk], "box_difference", owners=[row.provider_id], won=row.difference_won)
        return row
