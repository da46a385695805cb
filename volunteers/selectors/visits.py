"""What a volunteer may see: her own offer by its link, her own visits when logged in. No grid, no money, no name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cases.selectors.rooms import rooms_wanted
from cases.selectors.tasks import TaskPlace, task_places_after_yes
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.kernel.models import Service, Town
from volunteers import access
from volunteers.access import visible_to
from volunteers.models import DayOff, Escort, Hours, Offer, Parting
from volunteers.rules import calendar, matching, recognition, safety
from volunteers.rules.recognition import Line, Thanks
from volunteers.selectors.standby import of_volunteer
from volunteers.states import Ending, OfferState, StandByState, VolunteerState

MOST_DAYS = 5

_THERE = (OfferState.SCHEDULED, OfferState.DONE, OfferState.CONFIRMED)
_PROMISED = (OfferState.SCHEDULED, OfferState.ACCEPTED, OfferState.DONE)


@dataclass(frozen=True)
class VisitCard:
    """One offer as its volunteer may see it; `place` only after the yes and with consent, `page` says which words."""

    uuid: str
    page: str
    name: str
    service: Service
    town: Town
    quarter: str
    stairs: bool
    starts: datetime
    ends: datetime
    minutes: int
    answer_by: datetime | None
    contact_name: str
    contact_phone: str
    place: TaskPlace | None
    together: bool
    may_report: bool
    early: bool
    confirmed_minutes: int | None
    token: str
    may_arrive: bool = False
    arrived_at: datetime | None = None
    arrive_from: datetime | None = None  # from when to when, and from when on, it may be told; None without a promise
    arrive_until: datetime | None = None
    report_from: datetime | None = None
    reserve: bool = False
    resting: str = ""  # "paused", "left" or "" for somebody who may be asked
    paused_until: date | None = None
    terms: tuple[str, ...] = ()
    beside: str = ""  # who goes along the first time
    parted: bool = False
    on_call: bool = False  # may be rung at short notice this week
    days_off: tuple[DayOff, ...] = ()
    rooms: int | None = None  # pictures of rooms that are there; None where none may be sent (D9)
    thanks: Thanks | None = None  # what all confirmed hours come to, once this one is confirmed


def visit_by_token(token: str) -> VisitCard:
    """The visit of a signed link; reading changes nothing. Raises NotFound for a link that is not ours or is over."""
    with acting_as(system(Principal.OFFERS)) as machine:
        if not access.token_is_ours(token):
            raise errors.NotFound("offer_link", "")
        rows = rows_of(machine).filter(token_hash__in=access.token_candidates(token), token_until__gt=clock.now())
        offer = rows.first()
        if offer is None:
            raise errors.NotFound("offer_link", "")
        line = of_volunteer(machine, offer.volunteer)
        off = visible_to(machine, DayOff).filter(volunteer=offer.volunteer, last__gte=clock.today()).order_by("first")
        on_call = line is not None and line.state == StandByState.ON
        rooms = rooms_wanted(machine, offer.request.action_id) if may_show_rooms(offer) else None
        return replace(cards(machine, [offer])[0], on_call=on_call, days_off=tuple(off[:MOST_DAYS]), rooms=rooms)


def may_show_rooms(offer: Offer) -> bool:
    """Whoever goes there or was there, until a day after; never at a visit with a minor (D9)."""
    during = offer.request.during
    there = matching.may_arrive(clock.now(), during.lower, during.upper, demo=settings.HOPECARE_DEMO)
    return there and offer.state in _THERE and not offer.request.with_minor


def visits_of(viewer: Viewer) -> list[VisitCard]:
    """The promised visits of the volunteer who is logged in, soonest first."""
    if viewer.user_id is None:
        return []
    own = visible_to(viewer, Offer).filter(user_id=viewer.user_id, state__in=_PROMISED).values_list("pk", flat=True)
    ids = list(own.order_by("during")[:20])
    if not ids:
        return []
    with acting_as(system(Principal.OFFERS)) as machine:
        return cards(machine, rows_of(machine).filter(pk__in=ids).order_by("during"))


def calendar_file(visits: Iterable[VisitCard]) -> str:
    """For the volunteer's own calendar, which may lie in somebody's cloud: town and contact, no address."""
    words = _("Contact: %(name)s %(phone)s. The address stands in the app or behind the link in your message.")
    entries = [
        calendar.Entry(
            uid=f"{visit.uuid}@hopecare",
            starts=visit.starts,
            ends=visit.ends,
            title=_("Volunteering: %(service)s") % {"service": visit.service.name},
            place=visit.town.name,
            words=words % {"name": visit.contact_name, "phone": visit.contact_phone},
        )
        for visit in visits
    ]
    return calendar.file(entries, made=clock.now())


def rows_of(machine: Viewer) -> "QuerySet[Offer]":
    """Offers with all that a card tells; `machine` is the principal `offers`."""
    return visible_to(machine, Offer).select_related("volunteer", "request__service", "request__town")


def cards(machine: Viewer, offers: Iterable[Offer]) -> list[VisitCard]:
    """Cards in the given order; what stands around them is asked for together."""
    rows = list(offers)
    around = _around(machine, rows)
    return [_card(offer, around) for offer in rows]


@dataclass(frozen=True)
class _Around:
    """By action, offer, (volunteer, case) and volunteer."""

    places: dict[int, TaskPlace]
    escorts: dict[int, str]
    parted: set[tuple[int, int]]
    thanks: dict[int, Thanks]


def _around(machine: Viewer, offers: list[Offer]) -> _Around:
    promised = [one for one in offers if one.state == OfferState.SCHEDULED]
    escorts = visible_to(machine, Escort).filter(offer__in=promised).values_list("offer_id", "user__name")
    partings = visible_to(machine, Parting).filter(volunteer_id__in={one.volunteer_id for one in offers})
    return _Around(
        places=task_places_after_yes(machine, [one.request.action_id for one in promised]) if promised else {},
        escorts=dict(escorts) if promised else {},
        parted=set(partings.values_list("volunteer_id", "case_id")),
        thanks=_thanks(machine, {one.volunteer_id for one in offers if one.state == OfferState.CONFIRMED}),
    )


def _thanks(machine: Viewer, volunteers: set[int]) -> dict[int, Thanks]:
    """What all confirmed hours come to, for each of them."""
    if not volunteers:
        return {}
    lines = defaultdict[int, list[Line]](list)
    rows = visible_to(machine, Hours).filter(volunteer_id__in=volunteers)
    for volunteer, on, minutes, risk in rows.values_list("volunteer_id", "on", "minutes", "service__volunteer_risk"):
        lines[volunteer].append(Line(on, minutes, risk or 0))
    return {volunteer: recognition.thanks(found, clock.today()) for volunteer, found in lines.items()}


def _card(offer: Offer, around: _Around) -> VisitCard:
    request = offer.request
    starts = request.during.lower.astimezone(clock.SEOUL)
    ends = request.during.upper.astimezone(clock.SEOUL)
    promised = offer.state == OfferState.SCHEDULED
    asked = offer.asked_at or starts  # the demo walks through a week in ten minutes
    return VisitCard(
        uuid=str(offer.uuid),
        page=_page(offer),
        name=offer.volunteer.name,
        service=request.service,
        town=request.town,
        quarter=request.quarter,
        stairs=request.stairs,
        starts=starts,
        ends=ends,
        minutes=int((ends - starts).total_seconds() // 60),
        answer_by=offer.answer_by,
        contact_name=request.contact_name,
        contact_phone=request.contact_phone,
        place=around.places.get(request.action_id),
        together=request.seats > 1,
        may_report=promised and matching.may_report(clock.now(), starts, demo=settings.HOPECARE_DEMO),
        early=clock.now() < starts,
        confirmed_minutes=offer.confirmed_minutes,
        token=offer.token,
        may_arrive=promised
        and offer.arrived_at is None
        and matching.may_arrive(clock.now(), starts, ends, demo=settings.HOPECARE_DEMO),
        arrived_at=offer.arrived_at,
        arrive_from=(asked if settings.HOPECARE_DEMO else starts - matching.EARLY) if promised else None,
        arrive_until=ends + matching.LATE if promised else None,
        report_from=(asked if settings.HOPECARE_DEMO else starts) if promised else None,
        reserve=offer.reserve,
        resting=offer.volunteer.state if offer.volunteer.state in (VolunteerState.PAUSED, VolunteerState.LEFT) else "",
        paused_until=offer.volunteer.paused_until,
        terms=safety.terms(get_language() or "ko"),
        beside=around.escorts.get(offer.pk, ""),
        thanks=around.thanks.get(offer.volunteer_id) if offer.state == OfferState.CONFIRMED else None,
        parted=(offer.volunteer_id, offer.case_id) in around.parted,
    )


def _page(offer: Offer) -> str:
    """Which words the page speaks; one template part each."""
    match offer.state:
        case OfferState.OFFERED | OfferState.PROPOSED:
            return "ask" if offer.request.during.lower > clock.now() else "gone"
        case OfferState.ACCEPTED:
            return "waiting"
        case OfferState.SCHEDULED:
            return "visit"
        case OfferState.DONE | OfferState.CONFIRMED:
            return "nobody" if offer.nobody_home else "done"
        case OfferState.DECLINED:
            return {Ending.CLASH: "clash", Ending.PAPERS: "papers"}.get(Ending(offer.ending or Ending.SELF), "declined")
        case OfferState.EXPIRED:
            return "expired"
        case OfferState.WITHDRAWN:
            return "settled" if offer.ending == Ending.FILLED else "gone"
        case OfferState.CANCELLED if offer.ending == Ending.SELF:
            return "cannot"
    return "gone"
