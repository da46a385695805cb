"""What a telephone may see that signed in with a volunteer's number: all of that number, as by text message.

Two people may share a number; each is told by name. Everything is read by the principal `offers`.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core import signing
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from hopecare.kernel import clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from volunteers.access import visible_to
from volunteers.models import DayOff, Hours, Offer, StandBy, Volunteer
from volunteers.selectors.standby import week_of
from volunteers.selectors.visits import MOST_DAYS, VisitCard, cards, rows_of
from volunteers.states import BOOKED, OfferState, StandByState

#: How long an offer stays in sight after its hour; how many there are at most.
SHOWN_AFTER, MOST = timedelta(days=14), 60
LINES = 50
_SALT = "volunteers.hours.cursor"


@dataclass(frozen=True)
class Person:
    """Somebody who helps, and what this year's ledger holds of theirs."""

    uuid: str
    name: str
    state: str
    paused_until: date | None
    year: int
    minutes: int
    visits: int
    on_call: bool
    days_off: tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class Line:
    """One line of the ledger; `corrects`: it takes away from, or adds to, an earlier one."""

    on: date
    service: str
    minutes: int
    corrects: bool


@dataclass(frozen=True)
class Lines:
    items: list[Line]
    next: str | None


def people_of(phone: str) -> list[Person]:
    """The volunteers of a number in E.164, by name. Two queries."""
    today = clock.today()
    year, called = today.year, StandBy.objects.filter(week=week_of(today), state=StandByState.ON)
    this_year = Q(hours__on__year=year)
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = own(machine, phone).annotate(
            minutes=Sum("hours__minutes", filter=this_year),
            made=Count("hours", filter=this_year & Q(hours__corrects=None)),
            called=Exists(called.filter(volunteer=OuterRef("pk"))),
        )
        people = list(rows.order_by("name"))
        off = defaultdict[int, list[tuple[date, date]]](list)
        days = visible_to(machine, DayOff).filter(volunteer__in=people, last__gte=today).order_by("first")
        for one in days if people else ():
            off[one.volunteer_id].append((one.first, one.last))
        return [
            Person(
                uuid=str(row.uuid),
                name=row.name,
                state=row.state,
                paused_until=row.paused_until,
                year=year,
                minutes=row.minutes or 0,
                visits=row.made,
                on_call=row.called,
                days_off=tuple(off[row.pk][:MOST_DAYS]),
            )
            for row in people
        ]


def offers_of(phone: str) -> list[VisitCard]:
    """Questions that are open, visits that are promised, and what is over since a fortnight; soonest first."""
    with acting_as(system(Principal.OFFERS)) as machine:
        return cards(machine, rows_of(machine).filter(_in_sight(machine, phone)).order_by("-during")[:MOST])[::-1]


def offer_of(phone: str, offer: UUID) -> VisitCard:
    """One of them. Raises NotFound for an offer of another number, too."""
    with acting_as(system(Principal.OFFERS)) as machine:
        return cards(machine, rows_of(machine).filter(pk=offer_id_of(machine, phone, offer)))[0]


def coming_of(phone: str) -> list[VisitCard]:
    """The promised visits that are not over, soonest first."""
    with acting_as(system(Principal.OFFERS)) as machine:
        mine = Q(volunteer__in=own(machine, phone), state__in=[*BOOKED], during__endswith__gt=clock.now())
        return cards(machine, rows_of(machine).filter(mine).order_by("during")[:MOST])


def hours_of(phone: str, person: UUID, *, after: str = "") -> Lines:
    """The ledger of one volunteer, newest first, fifty lines at a time; `after` is what the page before told as next.

    Raises NotFound for a volunteer of another number and for an `after` that is not ours.
    """
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Hours).filter(volunteer_id=volunteer_id_of(machine, phone, person))
        if after:
            on, last = _read(after)
            rows = rows.filter(Q(on__lt=on) | Q(on=on, pk__lt=last))
        found = list(rows.select_related("service").order_by("-on", "-pk")[: LINES + 1])
        items = [Line(row.on, row.service.name, row.minutes, row.corrects_id is not None) for row in found[:LINES]]
        return Lines(items, _written(found[LINES - 1]) if len(found) > LINES else None)


def own(machine: Viewer, phone: str) -> "QuerySet[Volunteer]":
    return visible_to(machine, Volunteer).filter(phone_hash__in=phones.candidates(phone))


def offer_id_of(machine: Viewer, phone: str, offer: UUID) -> int:
    """Inside `acting_as(machine)`."""
    rows = visible_to(machine, Offer).filter(_in_sight(machine, phone), uuid=offer)
    found = rows.values_list("pk", flat=True).first()
    if found is None:
        raise errors.NotFound("offer", "")
    return found


def volunteer_id_of(machine: Viewer, phone: str, person: UUID) -> int:
    """Inside `acting_as(machine)`."""
    found = own(machine, phone).filter(uuid=person).values_list("pk", flat=True).first()
    if found is None:
        raise errors.NotFound("volunteer", "")
    return found


def _in_sight(machine: Viewer, phone: str) -> Q:
    recent = Q(during__endswith__gte=clock.now() - SHOWN_AFTER)
    return Q(volunteer__in=own(machine, phone)) & recent & ~Q(state=OfferState.PROPOSED)


def _written(row: Hours) -> str:
    return signing.Signer(salt=_SALT).sign_object([row.on.isoformat(), row.pk])


def _read(after: str) -> tuple[date, int]:
    try:
        on, last = signing.Signer(salt=_SALT).unsign_object(after)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise errors.NotFound("hours", "") from error
    return date.fromisoformat(on), last
