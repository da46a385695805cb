"""Field workers on the telephone: the visits of the day, a household's card, results and notes written without signal.

The telephone became a key at the desk, behind the second factor, for a week; every call asks anew what its owner may
see by now. Edits name the state they were written on, so that two who were at the same door both keep their words.
"""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Query, Router

from cases.selectors import field as selectors
from cases.selectors.field import Card, FieldVisit
from cases.selectors.warnings import Warned
from cases.services import notes, presence, visits
from hopecare.kernel import clock, errors, phones
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.models import User
from mobile_api.answers import private
from mobile_api.field_schemas import (
    ComesOut,
    ContactNoted,
    DayTold,
    FieldVisitTold,
    GoesIn,
    HouseholdTold,
    MoreNote,
    NewContact,
    NewResult,
)
from mobile_api.keys import NEEDED, worker
from mobile_api.problems import Unconditional
from mobile_api.schemas import KEY_PATTERN, Problem

router = Router(auth=NEEDED)
ERRORS_OF_READING = frozenset({400, 401, 404, 405, 422, 429, 503})
ERRORS_OF_ONE = frozenset({401, 404, 405, 429, 503})
ERRORS_OF_WRITING = ERRORS_OF_READING | {413, 415}
ERRORS_OF_EDITS = ERRORS_OF_WRITING | {412, 428}
Match = Annotated[str | None, Header(alias="If-Match", description="the ETag of the state that was read")]
Key = Annotated[
    str,
    Header(alias="Idempotency-Key", pattern=KEY_PATTERN, description="at least 128 random bits, made with the note"),
]
LONGEST_ID = 15


@router.get(
    "/day",
    response={200: DayTold, ERRORS_OF_READING: Problem},
    operation_id="read_day",
    summary="My visits of a day",
)
def read_day(
    request: HttpRequest,
    on: Annotated[str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="today by default")] = None,
) -> HttpResponse:
    """The visits one makes oneself, in order of time; they are kept on the telephone for the day."""
    by, wanted = worker(request), day_in(on)
    with acting_as(by):
        found = selectors.visits_of(by, wanted)
    return private({"on": str(wanted), "items": [_visit(by, visit) for visit in found]})


@router.get(
    "/visits/{visit}",
    response={200: FieldVisitTold, ERRORS_OF_ONE: Problem},
    operation_id="read_visit",
    summary="One visit",
)
def read_visit(request: HttpRequest, visit: str) -> HttpResponse:
    """One's own alone. With the ETag that an edit asks for."""
    return _one(worker(request), number_in(visit))


@router.put(
    "/visits/{visit}/result",
    response={200: FieldVisitTold, ERRORS_OF_EDITS: Problem},
    operation_id="record_result",
    summary="What came of a visit",
)
def record_result(request: HttpRequest, visit: str, result: NewResult, if_match: Match = None) -> HttpResponse:
    """Recorded once, told alike to every reporter (D2). When the other of the two was quicker, 412 with the ETag of
    what stands now: nothing is overwritten, and `POST …/words` adds what is missing. Sent again after a lost answer
    it is the same result."""
    by, version = worker(request), version_in(if_match)
    outcome = visits.Outcome(
        result=result.result,
        note=result.note,
        again_at=result.again_at,
        ask_again_on=day_in(result.ask_again_on) if result.ask_again_on else None,
        told_whom=result.told_whom,
        told_at=result.told_at,
    )
    key = number_in(visit)
    _mine(by, key)
    visits.record(by=by, visit_id=key, outcome=outcome, version=version)
    return _one(by, key)


@router.post(
    "/visits/{visit}/words",
    response={200: FieldVisitTold, ERRORS_OF_EDITS: Problem},
    operation_id="add_words",
    summary="Add to what a colleague recorded",
)
def add_words(request: HttpRequest, visit: str, more: MoreNote, if_match: Match = None) -> HttpResponse:
    """Appended with one's name; what stood there stays. Sent again after a lost answer it is added once."""
    by, version, key = worker(request), version_in(if_match), number_in(visit)
    _mine(by, key)
    visits.add_words(by=by, visit_id=key, words=more.words, version=version)
    return _one(by, key)


@router.post(
    "/visits/{visit}/in",
    response={200: FieldVisitTold, ERRORS_OF_WRITING: Problem},
    operation_id="go_in",
    summary="I go in",
)
def go_in(request: HttpRequest, visit: str, going: GoesIn) -> HttpResponse:
    """On the day of the visit, by one of the two for themselves. Whoever is not out in time is looked for, but only
    from the moment this arrived here: without signal nobody watches. The same `at` sent again is one going in."""
    by, key = worker(request), number_in(visit)
    _mine(by, key)
    presence.arrive(by=by, visit_id=key, minutes=going.minutes, told_at=going.at)
    return _one(by, key)


@router.post(
    "/visits/{visit}/out",
    response={200: FieldVisitTold, ERRORS_OF_WRITING: Problem},
    operation_id="come_out",
    summary="I am out",
)
def come_out(request: HttpRequest, visit: str, coming: ComesOut) -> HttpResponse:
    """Ends the watch. Sent again, or when a colleague said so before, it is the same answer."""
    by, key = worker(request), number_in(visit)
    _mine(by, key)
    presence.leave(by=by, visit_id=key, told_at=coming.at)
    return _one(by, key)


@router.get(
    "/households/{number}",
    response={200: HouseholdTold, ERRORS_OF_ONE: Problem},
    operation_id="read_household",
    summary="The card of a household",
)
def read_household(request: HttpRequest, number: str) -> HttpResponse:
    """By the number of its case: who lives there, how they may be reached, the way. What the role may not see is left
    out, a case out of reach is missing. The look is written down as on the desk."""
    by = worker(request)
    with acting_as(by):
        return private(_card(by, selectors.card_of(by, number[:11])))


@router.post(
    "/households/{number}/contacts",
    response={200: ContactNoted, ERRORS_OF_WRITING: Problem},
    operation_id="note_contact",
    summary="A contact or a note in the case",
)
def note_contact(request: HttpRequest, number: str, contact: NewContact, idempotency_key: Key) -> HttpResponse:
    """Appended to the case's timeline, once for each key. `noted` false: it had been before. 422 at `/person` where
    somebody does not belong to the household any more: nothing is written, and never about the household instead."""
    by = worker(request)
    entry = notes.record_contact(
        by=by,
        number=number[:11],
        way=contact.way,
        words=contact.words,
        token=f"app:{idempotency_key}"[:200],
        person_id=contact.person,
    )
    return private({"case": number, "noted": entry is not None})


def _mine(by: Viewer, key: int) -> None:
    """Over the telephone only one of the two writes."""
    with acting_as(by):
        selectors.visit_of(by, key)


def _one(by: Viewer, key: int) -> HttpResponse:
    with acting_as(by):
        found = selectors.visit_of(by, key)
    response = private(_visit(by, found))
    response["ETag"] = f'"{found.version}"'
    return response


def version_in(if_match: str | None) -> str:
    if not if_match:
        raise Unconditional
    return if_match.strip('"') or "none"


def number_in(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise errors.NotFound
    return int(text)


def day_in(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else clock.today()
    except ValueError as error:
        raise errors.Impossible(errors.required("on")) from error


def colleague(by: Viewer, user: User) -> dict[str, Any]:
    return {"name": user.name, "phone": user.phone, "me": user.pk == by.user_id}


def seoul(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.SEOUL).isoformat(timespec="seconds") if moment else None


def warned(one: Warned) -> dict[str, Any]:
    check_on = str(one.check_on) if one.check_on else None
    return {"label": one.label, "words": one.words, "since": str(one.since), "by": one.by, "check_on": check_on}


def _visit(by: Viewer, visit: FieldVisit) -> dict[str, Any]:
    recorded = {
        "result": visit.result,
        "label": visit.result_words,
        "note": visit.note,
        "by": visit.recorded_by,
        "at": seoul(visit.recorded_at),
    }
    inside = {"since": seoul(visit.inside_since), "until": seoul(visit.inside_until)}
    return {
        "id": visit.id,
        "kind": visit.kind,
        "at": visit.at.isoformat(timespec="seconds"),
        "case": visit.number,
        "report": visit.report,
        "town": visit.town,
        "place": visit.place,
        "person": visit.person,
        "away": "" if visit.away == "here" else visit.away,
        "neutral": visit.neutral,
        "seen": list(visit.seen),
        "words": visit.words,
        "danger": visit.danger,
        "warnings": [warned(one) for one in visit.warnings.told],
        "ring_lead": colleague(by, visit.lead) if visit.lead and visit.warnings.ring else None,
        "two": [colleague(by, user) for user in (visit.official, visit.worker)],
        "recorded": recorded if visit.result else None,
        "inside": inside if visit.inside_until else None,
        "etag": f'"{visit.version}"',
    }


def _card(by: Viewer, card: Card) -> dict[str, Any]:
    contact, main = card.contact, next((one for one in card.members if one.person.pk == card.case.main_person_id), None)
    return {
        "case": card.case.number,
        "person": main.person.name if main else "",
        "phone": phones.shown(main.person.phone) if main and contact.phone_ok else "",
        "town": card.case.town.name,
        "directions": card.directions,
        "address": card.line,
        "lead": colleague(by, card.case.lead),
        "safe": {
            "phone_ok": contact.phone_ok,
            "sms_ok": contact.sms_ok,
            "letter_ok": contact.letter_ok,
            "from_hour": contact.from_hour,
            "to_hour": contact.to_hour,
            "neutral": contact.neutral_sender,
            "number": phones.shown(contact.number) if contact.phone_ok else "",
            "note": contact.note,
        },
        "warnings": [warned(one) for one in card.warnings.told],
        "ring_lead": colleague(by, card.case.lead) if card.warnings.ring else None,
        "members": [
            {
                "name": one.person.name,
                "relation": one.relation,
                "age": one.person.age,
                "lives_here": one.lives_here,
            }
            for one in card.members
        ],
        "about": [{"id": person.pk, "name": person.name} for person in card.about],
        "actions": [
            {"title": action.title, "due_on": str(action.due_on), "state": action.state} for action in card.actions
        ],
    }
