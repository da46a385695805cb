"""From every door one intake with one number (R7, R17): taken once, then a case, or an answer that was enough."""

import json
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cases.models import Case, EntryKind, Intake, IntakeDoor, OutingStop, Report, UrgentRequest
from cases.rules import intakes as rules
from cases.rules import reports as words
from cases.selectors.routing import Route, routes
from cases.services import timeline
from cases.services.locking import actor, born_once, first_time
from cases.states import INTAKE_STEPS, IntakeState, demand_step
from eligibility.services import answers
from hopecare.kernel import audit, clock, errors, events, names, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, get_visible, system, visible_to
from hopecare.kernel.models import IdempotencyKey
from hopecare.kernel.permissions import Permission

_MOVED_ON = _("Somebody else has taken this intake on in the meantime.")
#: A report's door → the intake's.
_DOORS = {"web": IntakeDoor.WEB, "phone": IntakeDoor.PHONE, "app": IntakeDoor.APP, "partner": IntakeDoor.PARTNER}


@dataclass(frozen=True)
class Arrival:
    """Somebody at a door. Telephones as typed; `told`: answers of the benefit check; `client_id`: born offline."""

    door: str
    name: str = ""
    born: date | None = None
    year_only: bool = False
    sex: str = "U"
    phone: str = ""
    town: str = ""
    directions: str = ""
    caller_name: str = ""
    caller_phone: str = ""
    caller_kind: str = ""
    for_another: bool = False
    words: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    consent_version: str = ""
    stop_id: int | None = None
    client_id: UUID | None = None
    token: str = ""


def take(*, by: Viewer, arrival: Arrival) -> Intake:
    """The intake with its number, promised like a report; the team of the town has it at once.

    `by`: staff who may open cases or type reports, or the principal `intake` for somebody at a public page. The same
    form or `client_id` a second time gives the first intake. Raises Impossible with every problem.
    """
    if by.principal != Principal.INTAKE:
        check(by, Permission.REPORT_TYPE)
    number_of_phone, caller_phone = _checked(arrival)
    if arrival.stop_id is not None and not OutingStop.objects.filter(pk=arrival.stop_id).exists():
        raise errors.NotFound("stop", str(arrival.stop_id))
    route = _route(arrival)
    with born_once(), acting_as(by):
        number = next_number()
        writer = system(Principal.INTAKE, subject=number, source_address=by.source_address)
        before = _taken_before(by, arrival, number)
        if before is not None:
            return before
        with acting_as(writer):
            intake = _write(by, arrival, route, number, number_of_phone, caller_phone)
            author = writer if by.principal else by
            audit.changed(author, "intake", [intake.pk], "received", owners=[route.provider_id], door=arrival.door)
            events.publish("intake.received", intake_id=intake.pk)
    return intake


def take_handed_over(*, by: Viewer, key: str, arrival: Arrival) -> Intake:
    """An intake with the answers of a benefit check filled in, under its one-time key; both or neither.

    Raises Impossible when the key is used, old or wrong, or something is missing.
    """
    with acting_as(by):
        handed = answers.take_over(by=by, key=key)
        if handed is None:
            words_gone = _("These answers were given already, or an hour has gone by. Please ring us.")
            raise errors.Impossible(errors.Problem("gone", words_gone))
        told = {**handed.facts, "lines": [list(line) for line in handed.lines], "verdicts": handed.verdicts}
        filled = replace(arrival, town=arrival.town or handed.town, told=told, consent_version=handed.consent_version)
        return take(by=by, arrival=filled)


def take_from_list(*, arrival: Arrival, town_id: int | None) -> Intake:
    """Somebody on a list of another system, for the central desk; what a form asks for is not demanded here."""
    route = replace(routes().central, town_id=town_id)
    number = next_number()
    with acting_as(system(Principal.INTAKE, subject=number)) as writer:
        intake = _write(writer, arrival, route, number, arrival.phone, "")
        audit.changed(writer, "intake", [intake.pk], "received", owners=[route.provider_id], door=arrival.door)
        events.publish("intake.received", intake_id=intake.pk)
    return intake


def take_urgent(by: Viewer, row: UrgentRequest) -> Intake:
    """A partner's request that a colleague took: whoever it concerns stands in the inbox under the same promise."""
    need = f"{row.category.name_ko} · {row.words}".strip(" ·")
    intake = Intake.objects.create(
        number=next_number(),
        door=IntakeDoor.PARTNER,
        team_id=row.team_id,
        provider_id=row.provider_id,
        received_at=row.asked_at,
        promised_at=row.promised_at,
        town_id=row.town_id,
        caller_name=f"{row.asked_by.name} ({names.shown(None, row.from_organisation)})"[:80],
        caller_phone=row.call_back,
        words=need,
        typed_by_id=actor(by),
    )
    audit.changed(by, "intake", [intake.pk], "received", owners=[row.provider_id], door=intake.door, urgent=row.pk)
    events.publish("intake.received", intake_id=intake.pk)
    return intake


def _checked(arrival: Arrival) -> tuple[str, str]:
    """Both telephones in E.164; raises Impossible with everything that is missing."""
    found = rules.problems(
        rules.Arrived(
            arrival.door,
            arrival.name,
            arrival.words,
            bool(arrival.name.strip() or arrival.phone.strip() or arrival.caller_phone.strip()),
            arrival.for_another,
            arrival.caller_name,
        )
    )
    numbers = []
    for name in ("phone", "caller_phone"):
        try:
            numbers.append(phones.normal(getattr(arrival, name)))
        except phones.BadPhone:
            numbers.append("")
            found.append(errors.bad_phone(name))
    if found:
        raise errors.Impossible(*found)
    return numbers[0], numbers[1]


def _route(arrival: Arrival) -> Route:
    known = routes()
    return known.towns.get(arrival.town) or known.by_words(arrival.directions) or known.central


def _taken_before(by: Viewer, arrival: Arrival, number: str) -> Intake | None:
    if arrival.client_id is not None:
        return _born_before(by, arrival.client_id, number)
    if by.user_id is not None and not first_time(by, arrival.token):
        return visible_to(by, Intake).filter(typed_by=by.user_id).order_by("-pk").first()
    return None


def _born_before(by: Viewer, client_id: UUID, number: str) -> Intake | None:
    """The key remembers the number: the team of the town has the intake, and who typed it may not see it any more."""
    key, fresh = IdempotencyKey.objects.get_or_create(
        client=f"desk:{by.user_id}", key=f"intake:{client_id}", defaults={"body": {"number": number}}
    )
    if fresh or not key.body:
        return None
    known = str(key.body["number"])
    with acting_as(system(Principal.INTAKE, subject=known, source_address=by.source_address)):
        return Intake.objects.get(number=known)


def next_number() -> str:
    """`YYYY-I-NNNNN`, counted inside the transaction: never twice, never reused."""
    year = clock.today().year
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into cases_intakenumber as n (year, last) values (%s, 1)"
            " on conflict (year) do update set last = n.last + 1 returning last",
            [year],
        )
        return f"{year}-I-{cursor.fetchone()[0]:05d}"


def _write(by: Viewer, arrival: Arrival, route: Route, number: str, phone: str, caller_phone: str) -> Intake:
    now = clock.now()
    return Intake.objects.create(
        number=number,
        door=arrival.door,
        team_id=route.team_id,
        provider_id=route.provider_id,
        received_at=now,
        promised_at=words.promise(
            now, words.SOON, open_now=clock.is_open(now), next_working_day=clock.next_working_day(now.date())
        ),
        name=words.clean(arrival.name)[:80],
        birth_date=arrival.born,
        birth_year_only=arrival.year_only,
        sex=arrival.sex,
        phone=phone,
        phone_hash=phones.hashed(phone),
        town_id=route.town_id,
        directions=words.clean(arrival.directions)[:200],
        caller_name=words.clean(arrival.caller_name)[:80],
        caller_phone=caller_phone,
        caller_kind=arrival.caller_kind,
        words=words.clean(arrival.words)[: words.WORDS_LIMIT],
        told=json.dumps(arrival.told, ensure_ascii=False, default=str) if arrival.told else "",
        consent_version=arrival.consent_version,
        typed_by_id=by.user_id,
        stop_id=arrival.stop_id,
        client_id=arrival.client_id,
    )


def _locked(by: Viewer, number: str) -> Intake:
    check(by, Permission.CASE_OPEN)
    rows = visible_to(by, Intake).select_for_update(of=("self",))
    intake = rows.filter(number=number).first()
    if intake is None:
        raise errors.NotFound("intake", number)
    return intake


def join_case(*, by: Viewer, number: str, case_number: str) -> Case:
    """The intake belongs to a case that is open already: its words go there, the number stays on both."""
    with acting_as(by):
        intake = _locked(by, number)
        case = get_visible(by, Case, named="case", number=case_number.strip(), select=("main_person",))
        if intake.case_id == case.pk:
            return case
        if not case.is_open:
            words_closed = _("This case is closed. Open it again first, or open a new one.")
            raise errors.Impossible(errors.Problem("closed", words_closed, "number"))
        _to_case(by, intake, case)
        timeline.append(by, case, EntryKind.NOTE, words=intake.words, way="intake", number=intake.number)
    return case


def _to_case(by: Viewer, intake: Intake, case: Case) -> None:
    demand_step(INTAKE_STEPS, intake.state, IntakeState.CASE, _MOVED_ON)
    intake.state, intake.case, intake.done_at, intake.done_by_id = IntakeState.CASE, case, clock.now(), actor(by)
    intake.team_id, intake.provider_id = case.team_id, case.provider_id
    intake.save(update_fields=["state", "case", "done_at", "done_by", "team", "provider"])
    audit.changed(by, "intake", [intake.pk], "case", owners=[case.provider_id], case=case.pk)


def case_opened(by: Viewer, case: Case, *, number: str = "", report: Report | None = None) -> Intake:
    """Called while a case opens: the intake it came from, or a new one, so that no case is without its door (R7)."""
    if number:
        intake = _locked(by, number)
        _to_case(by, intake, case)
        return intake
    door = _DOORS.get(report.door, IntakeDoor.WEB) if report else IntakeDoor.COUNTER
    now = clock.now()
    return Intake.objects.create(
        number=next_number(),
        door=door,
        team_id=case.team_id,
        provider_id=case.provider_id,
        received_at=report.received_at if report else now,
        promised_at=report.promised_at if report else now,
        name=case.main_person.name,
        town_id=case.town_id,
        words=report.words if report else "",
        typed_by_id=by.user_id,
        report=report,
        state=IntakeState.CASE,
        case=case,
        done_at=now,
        done_by_id=by.user_id,
    )


def answer(*, by: Viewer, number: str, words_said: str, agreed: bool) -> Intake:
    """A question was answered and that was enough for the person; without their agreement it stays open (R17)."""
    with acting_as(by):
        intake = _locked(by, number)
        found = rules.answer_problems(words_said, agreed=agreed)
        if found:
            raise errors.Impossible(*found)
        demand_step(INTAKE_STEPS, intake.state, IntakeState.ANSWERED, _MOVED_ON)
        intake.state, intake.answer = IntakeState.ANSWERED, words_said.strip()
        intake.done_at, intake.done_by_id = clock.now(), actor(by)
        intake.save(update_fields=["state", "answer", "done_at", "done_by"])
        audit.changed(by, "intake", [intake.pk], "answered", owners=[intake.provider_id])
    return intake


def open_again(*, by: Viewer, number: str) -> Intake:
    """They came back: the answered intake is open again, with a new promise."""
    with acting_as(by):
        intake = _locked(by, number)
        demand_step(INTAKE_STEPS, intake.state, IntakeState.OPEN, _MOVED_ON)
        intake.state, intake.done_at, intake.done_by = IntakeState.OPEN, None, None
        intake.words = f"{intake.words}\n\n{intake.answer}".strip()
        intake.answer, intake.promised_at = "", clock.now() + timedelta(days=1)
        intake.save(update_fields=["state", "done_at", "done_by", "words", "answer", "promised_at"])
        audit.changed(by, "intake", [intake.pk], "again", owners=[intake.provider_id])
    return intake


def told_of(intake: Intake) -> dict[str, Any]:
    """The answers of the benefit check, in the shape of a simulation; empty when there are none."""
    return dict(json.loads(intake.told)) if intake.told else {}
