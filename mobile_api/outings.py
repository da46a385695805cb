"""The mobile unit's day and events by tablet: stops, people to see, results and intakes written without signal.

For whoever goes along, and of the people those whom they may see. Results end in the service of the desk: two of the
crew who differ both keep their words, and one who has seen both says which stands.
"""

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from cases.facts import seen_version
from cases.selectors import outings as selectors
from cases.services import intake as intakes
from cases.services import late_results
from cases.services import outings as services
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.permissions import Permission
from mobile_api.answers import private
from mobile_api.field import (
    ERRORS_OF_EDITS,
    ERRORS_OF_ONE,
    ERRORS_OF_READING,
    ERRORS_OF_WRITING,
    Match,
    colleague,
    day_in,
    number_in,
    seoul,
    version_in,
    warned,
)
from mobile_api.keys import NEEDED, worker
from mobile_api.outing_schemas import (
    IntakeTaken,
    MoreOutcome,
    NewIntake,
    NewOutcome,
    OutingsTold,
    OutingTold,
    TakenLate,
)
from mobile_api.schemas import Problem

router = Router(auth=NEEDED)


@router.get(
    "",
    response={200: OutingsTold, ERRORS_OF_READING: Problem},
    operation_id="read_outings",
    summary="Days of the mobile unit and events on which I go along",
)
def read_outings(
    request: HttpRequest,
    on: Annotated[str | None, Query(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="today by default")] = None,
) -> HttpResponse:
    """Kept on the tablet for the day; the look at the people is written down as on the desk."""
    by, wanted = worker(request), day_in(on)
    with acting_as(by):
        found = selectors.days_of(by, wanted)
        return private({"on": str(wanted), "items": [_outing(by, day) for day in found]})


@router.get(
    "/{outing}",
    response={200: OutingTold, ERRORS_OF_ONE: Problem},
    operation_id="read_outing",
    summary="One of them",
)
def read_outing(request: HttpRequest, outing: str) -> HttpResponse:
    """Each of the people with the ETag that a result asks for."""
    by, key = worker(request), number_in(outing)
    with acting_as(by):
        return private(_outing(by, selectors.day_of(by, outing_id=key)))


@router.put(
    "/people/{person}/result",
    response={200: OutingTold, 202: TakenLate, ERRORS_OF_EDITS: Problem},
    operation_id="record_outcome",
    summary="What came of seeing somebody at a stop",
)
def record_outcome(request: HttpRequest, person: str, new: NewOutcome, if_match: Match = None) -> HttpResponse:
    """It stands on the case at once. When another of the crew was quicker and found otherwise, 412 with the ETag of
    what stands: nothing is overwritten. Whoever has seen both may send theirs again on top of it — the other one stays
    in the case's history — or add words to it. Sent again after a lost answer it is the same result.

    With `written_at` a result of the day is taken for a week when the day's access has ended: 202, and nothing is told
    of what stands; a colleague's stays, and the lead sees both."""
    by, version, key = worker(request), version_in(if_match), number_in(person)
    told: dict[str, Any] = {"by": by, "person_id": key, **new.model_dump(exclude={"written_at"})}
    if not _mine(by, key):
        late_results.take_result(**told, written=new.written_at)
        return private({"taken": True}, 202)
    services.record_result(**told, version=version, written=new.written_at)
    return _with(by, key)


@router.post(
    "/people/{person}/words",
    response={200: OutingTold, 202: TakenLate, ERRORS_OF_EDITS: Problem},
    operation_id="add_to_outcome",
    summary="Add to what another of the crew recorded",
)
def add_to_outcome(request: HttpRequest, person: str, more: MoreOutcome, if_match: Match = None) -> HttpResponse:
    """Appended with one's name; what stood there stays. Sent again after a lost answer it is added once. With
    `written_at` it is taken when the day's access has ended, as a result is."""
    by, version, key = worker(request), version_in(if_match), number_in(person)
    told: dict[str, Any] = {"by": by, "person_id": key, **more.model_dump(exclude={"written_at"})}
    if not _mine(by, key):
        late_results.take_words(**told, written=more.written_at)
        return private({"taken": True}, 202)
    services.add_words(**told, version=version, written=more.written_at)
    return _with(by, key)


@router.post(
    "/stops/{stop}/intakes",
    response={200: IntakeTaken, ERRORS_OF_WRITING: Problem},
    operation_id="take_intake",
    summary="Somebody new at a stop",
)
def take_intake(request: HttpRequest, stop: str, new: NewIntake) -> HttpResponse:
    """Taken once for each `client_id`, with its number; there is no refusing. The team of the town has it at once."""
    by, key = worker(request), number_in(stop)
    with acting_as(by):
        door = selectors.day_of(by, stop_id=key).outing.kind
    told = new.model_dump(exclude={"birth"})
    if not new.for_another:
        told |= {"caller_name": "", "caller_phone": ""}
    arrival = intakes.Arrival(door=door, stop_id=key, born=_birth(new.birth), year_only=len(new.birth) == 4, **told)
    row = intakes.take(by=by, arrival=arrival)
    return private({"id": str(new.client_id), "number": row.number, "stop": key, "name": row.name})


def _birth(text: str) -> date | None:
    try:
        born = date.fromisoformat(f"{text}-01-01" if len(text) == 4 else text) if text else None
    except ValueError:
        born = date.max
    if born and not (born.year >= 1900 and born <= clock.today()):
        words = _("Write it like 1948-03-02, or the year alone.")
        raise errors.Impossible(errors.Problem("birth", words, "birth"))
    return born


def _mine(by: Viewer, key: int) -> bool:
    """Over the telephone only one of the crew writes, about somebody whom they still see."""
    with acting_as(by):
        return selectors.is_mine(by, key)


def _with(by: Viewer, key: int) -> HttpResponse:
    """The whole outing, as the tablet keeps it, with the state of the one who was written about."""
    with acting_as(by):
        day = selectors.day_of(by, person_id=key)
        response = private(_outing(by, day))
    rows = [row for halt in day.halts for row in halt.people if row.pk == key]
    if rows:
        response["ETag"] = _etag(rows[0])
    return response


def _etag(row: Any) -> str:
    return f'"{seen_version(row.result, row.words)}"'


def _outing(by: Viewer, day: selectors.Day) -> dict[str, Any]:
    outing, off = day.outing, day.outing.cancelled_at is not None
    return {
        "id": outing.pk,
        "kind": outing.kind,
        "on": str(outing.on),
        "name": outing.name,
        "vehicle": outing.vehicle,
        "start": outing.start.name,
        "leaves_at": f"{outing.leaves_at:%H:%M}",
        "back_at": seoul(day.back_at),
        "cancelled": off,
        "may_take": by.may(Permission.REPORT_TYPE),
        "crew": [colleague(by, user) for user in day.crew],
        "stops": [] if off else [_stop(by, halt) for halt in day.halts],
    }


def _stop(by: Viewer, halt: selectors.Halt) -> dict[str, Any]:
    return {
        "id": halt.stop.pk,
        "at": seoul(halt.at),
        "drive": halt.drive,
        "minutes": halt.stop.minutes,
        "town": halt.stop.town.name,
        "town_code": halt.stop.town.code,
        "place": halt.stop.place,
        "people": [_person(by, row) for row in halt.people],
        "intakes": [intake.number for intake in halt.intakes],
    }


def _person(by: Viewer, row: Any) -> dict[str, Any]:
    case, person = row.case, row.case.main_person
    contact = getattr(person, "safe_contact", None)
    recorded = {
        "result": row.result,
        "label": row.get_result_display(),
        "words": row.words,
        "by": row.recorded_by.name if row.recorded_by else "",
        "me": row.recorded_by_id == by.user_id,
        "at": seoul(row.recorded_at),
    }
    return {
        "id": row.pk,
        "case": case.number,
        "person": person.name,
        "purpose": row.purpose,
        "away": "" if person.state == "here" else person.state,
        "neutral": contact is None or contact.neutral_sender,
        "warnings": [warned(one) for one in row.warnings.told],
        "ring_lead": colleague(by, case.lead) if row.warnings.ring else None,
        "lead": colleague(by, case.lead),
        "recorded": recorded if row.result else None,
        "etag": _etag(row),
    }
