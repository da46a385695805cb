"""A volunteer's day on the telephone: offers, answers, the way there, arrival and end, hours, rests.

Whoever holds a telephone with the number may do what the number may do by text message, no more. Each change may be
sent again: a state that stands already answers as it did, so that nothing needs a key to be done once.
"""

from datetime import date, datetime
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router

from hopecare.kernel import clock, codes
from hopecare.kernel.web import source_address
from mobile_api.answers import private, uuid_of
from mobile_api.keys import NEEDED, own
from mobile_api.schemas import Problem
from mobile_api.volunteer_schemas import (
    Answer,
    Answered,
    Arrival,
    CertificateTold,
    DaysOff,
    End,
    HoursTold,
    OffersTold,
    OfferTold,
    OnCall,
    PeopleTold,
    PersonTold,
    Rest,
)
from volunteers.selectors import by_app as selectors
from volunteers.selectors.by_app import Person
from volunteers.selectors.visits import VisitCard, calendar_file
from volunteers.services import by_app as services

router = Router(auth=NEEDED)
ERRORS_OF_READING = frozenset({401, 405, 429, 503})
ERRORS_OF_ONE = ERRORS_OF_READING | {404}
ERRORS_OF_DOING = ERRORS_OF_ONE | {422}
ERRORS_OF_LINES = ERRORS_OF_DOING | {400}
ERRORS_OF_TELLING = ERRORS_OF_DOING | {400, 413, 415}


@router.get(
    "/people",
    response={200: PeopleTold, ERRORS_OF_READING: Problem},
    operation_id="list_volunteers",
    summary="Who helps under this number",
)
def list_volunteers(request: HttpRequest) -> HttpResponse:
    """With the confirmed hours of this year. Nobody for a number that no volunteer has given."""
    return private({"items": [_person(one) for one in selectors.people_of(own(request).phone)]})


@router.get(
    "/people/{person}/hours",
    response={200: HoursTold, ERRORS_OF_LINES: Problem},
    operation_id="list_hours",
    summary="The ledger of hours",
)
def list_hours(request: HttpRequest, person: str, after: Annotated[str, Query(max_length=200)] = "") -> HttpResponse:
    """Confirmed hours, with every correction as a line of its own."""
    found = selectors.hours_of(own(request).phone, uuid_of(person), after=after)
    items = [
        {"on": str(line.on), "service": line.service, "minutes": line.minutes, "corrects": line.corrects}
        for line in found.items
    ]
    return private({"items": items, "next": found.next})


@router.post(
    "/people/{person}/certificate",
    response={200: CertificateTold, ERRORS_OF_DOING: Problem},
    operation_id="certify_hours",
    summary="A certificate of this year",
)
def certify_hours(request: HttpRequest, person: str) -> HttpResponse:
    """The same hours twice are the same certificate."""
    row = services.certify(phone=own(request).phone, person=uuid_of(person), source_address=source_address(request))
    url = f"{settings.PUBLIC_URL}{reverse('certificate', args=[row.code])}"
    return private({"code": codes.shown(row.code), "url": url, "minutes": row.minutes, "visits": row.visits})


@router.post(
    "/people/{person}/rest",
    response={200: PersonTold, ERRORS_OF_TELLING: Problem},
    operation_id="rest",
    summary="Do not ask me for a while",
)
def rest(request: HttpRequest, person: str, wanted: Rest) -> HttpResponse:
    """Nobody asks until then; what was promised stands. Begins once: asked again it stays as it is."""
    phone, uuid = own(request).phone, uuid_of(person)
    services.pause(phone=phone, person=uuid, days=wanted.days, source_address=source_address(request))
    return _one_person(phone, str(uuid))


@router.delete(
    "/people/{person}/rest",
    response={200: PersonTold, ERRORS_OF_ONE: Problem},
    operation_id="end_rest",
    summary="Ask me again",
)
def end_rest(request: HttpRequest, person: str) -> HttpResponse:
    phone, uuid = own(request).phone, uuid_of(person)
    services.resume(phone=phone, person=uuid, source_address=source_address(request))
    return _one_person(phone, str(uuid))


@router.post(
    "/people/{person}/stand-by",
    response={200: PersonTold, ERRORS_OF_TELLING: Problem},
    operation_id="stand_by",
    summary="Ring me this week when it is urgent",
)
def stand_by(request: HttpRequest, person: str, wanted: OnCall) -> HttpResponse:
    """For this week, rung once at the most; taken back at any time. What was pressed without signal in a week that is
    over by now changes nothing."""
    phone, uuid = own(request).phone, uuid_of(person)
    services.on_call(phone=phone, person=uuid, on=wanted.on, at=wanted.at, source_address=source_address(request))
    return _one_person(phone, str(uuid))


@router.post(
    "/people/{person}/days-off",
    response={200: PersonTold, ERRORS_OF_TELLING: Problem},
    operation_id="take_days_off",
    summary="I cannot on these days",
)
def take_days_off(request: HttpRequest, person: str, wanted: DaysOff) -> HttpResponse:
    """Nobody asks for them; what was promised stands. The same days twice are the same days."""
    phone, uuid = own(request).phone, uuid_of(person)
    first, last = _day(wanted.first), _day(wanted.last or wanted.first)
    first = first if last is not None else None
    services.not_on(phone=phone, person=uuid, first=first, last=last, source_address=source_address(request))
    return _one_person(phone, str(uuid))


@router.get(
    "/offers",
    response={200: OffersTold, ERRORS_OF_READING: Problem},
    operation_id="list_offers",
    summary="Questions, promises, and what is over",
)
def list_offers(request: HttpRequest) -> HttpResponse:
    """At most sixty, soonest first, until a fortnight after their hour."""
    return private({"items": [_offer(card) for card in selectors.offers_of(own(request).phone)]})


@router.get(
    "/offers/{offer}",
    response={200: OfferTold, ERRORS_OF_ONE: Problem},
    operation_id="read_offer",
    summary="One offer",
)
def read_offer(request: HttpRequest, offer: str) -> HttpResponse:
    return _one_offer(request, offer)


@router.post(
    "/offers/{offer}/answer",
    response={200: Answered, ERRORS_OF_TELLING: Problem},
    operation_id="answer_offer",
    summary="Yes or no",
)
def answer_offer(request: HttpRequest, offer: str, answer: Answer) -> HttpResponse:
    """One transaction with answers by text message, link and call: a place is promised once, whoever is first. A no
    has no consequences."""
    phone, uuid = own(request).phone, uuid_of(offer)
    outcome = services.answer(phone=phone, offer=uuid, yes=answer.yes, source_address=source_address(request))
    return private({"outcome": str(outcome), "offer": _offer(selectors.offer_of(phone, uuid))})


@router.post(
    "/offers/{offer}/withdrawal",
    response={200: OfferTold, ERRORS_OF_ONE: Problem},
    operation_id="withdraw_promise",
    summary="I cannot come",
)
def withdraw_promise(request: HttpRequest, offer: str) -> HttpResponse:
    """Takes a promise back; others are asked at once."""
    services.cannot_come(phone=own(request).phone, offer=uuid_of(offer), source_address=source_address(request))
    return _one_offer(request, offer)


@router.post(
    "/offers/{offer}/arrival",
    response={200: OfferTold, ERRORS_OF_TELLING: Problem},
    operation_id="check_in",
    summary="I am here",
)
def check_in(request: HttpRequest, offer: str, arrival: Arrival) -> HttpResponse:
    """From an hour before the visit on. With `at`, what a telephone noted without signal is told later as it was."""
    return _told(request, offer, "arrived", arrival.at)


@router.post(
    "/offers/{offer}/end",
    response={200: OfferTold, ERRORS_OF_TELLING: Problem},
    operation_id="check_out",
    summary="I was there",
)
def check_out(request: HttpRequest, offer: str, end: End) -> HttpResponse:
    """Or nobody opened: then the lead hears of it at once, and the time counts all the same."""
    return _told(request, offer, "nobody" if end.nobody_home else "done", end.at)


@router.get(
    "/calendar",
    response={200: str, ERRORS_OF_READING: Problem},
    operation_id="read_calendar",
    summary="Coming visits for one's own calendar",
)
def read_calendar(request: HttpRequest) -> HttpResponse:
    """A file of the kind text/calendar (RFC 5545), without any address, as calendars lie in somebody's cloud."""
    text = calendar_file(selectors.coming_of(own(request).phone))
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="visits.ics"'}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told)
    except ValueError:  # the thirty-first of February
        return None


def _told(request: HttpRequest, offer: str, what: str, at: datetime | None) -> HttpResponse:
    address = source_address(request)
    services.tell(phone=own(request).phone, offer=uuid_of(offer), what=what, at=at, source_address=address)
    return _one_offer(request, offer)


def _one_offer(request: HttpRequest, offer: str) -> HttpResponse:
    return private(_offer(selectors.offer_of(own(request).phone, uuid_of(offer))))


def _one_person(phone: str, person: str) -> HttpResponse:
    return private(next(_person(one) for one in selectors.people_of(phone) if one.uuid == person))


def _person(person: Person) -> dict[str, object]:
    return {
        "id": person.uuid,
        "name": person.name,
        "state": person.state,
        "paused_until": str(person.paused_until) if person.paused_until else None,
        "year": person.year,
        "minutes": person.minutes,
        "visits": person.visits,
        "on_call": person.on_call,
        "days_off": [{"first": str(first), "last": str(last)} for first, last in person.days_off],
    }


def _offer(card: VisitCard) -> dict[str, object]:
    return {
        "id": card.uuid,
        "who": card.name,
        "standing": card.page,
        "service": {"code": card.service.code, "name": card.service.name},
        "town": {"code": card.town.code, "name": card.town.name},
        "quarter": card.quarter,
        "stairs": card.stairs,
        "together": card.together,
        "starts": _moment(card.starts),
        "ends": _moment(card.ends),
        "answer_by": _moment(card.answer_by),
        "contact": {"name": card.contact_name, "phone": card.contact_phone},
        "way": {"directions": card.place.directions, "address": card.place.line} if card.place else None,
        "arrive_from": _moment(card.arrive_from),
        "arrive_until": _moment(card.arrive_until),
        "report_from": _moment(card.report_from),
        "arrived_at": _moment(card.arrived_at),
        "confirmed_minutes": card.confirmed_minutes,
        "in_reserve": card.reserve,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.SEOUL).isoformat(timespec="seconds") if moment else None
