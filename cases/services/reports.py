"""Taking reports: from the page, the phone app, or typed by staff for a caller (R27, D2, D3, D11, D13, D14).

One report costs two statements: the key with the report; audit, event and notice. No reward is promised or recorded
anywhere (D14).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from cases.facts import Told
from cases.models import Report, ReportPhoto
from cases.rules import reports as rules
from cases.selectors import routing
from cases.selectors.report_status import CLOSED, VISITED, status_of
from cases.selectors.routing import Route
from cases.states import REPORT_STEPS, ReportState
from hopecare.kernel import audit, clock, codes, errors, events, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services import documents, once
from hopecare.kernel.services.documents import Draft
from hopecare.kernel.statements import add, at_once
from hopecare.messaging import services as messaging
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services.notices import post_to_teams

RECEIVED = gettext_noop("New report from %(town)s: somebody looks until %(until)s.")
RECEIVED_IN_WORDS = gettext_noop("New report without a town: somebody looks until %(until)s.")
DANGER = gettext_noop("A report speaks of danger. Please look at it now.")
ADDED = gettext_noop("A reporter added something.")
NOT_BETTER = gettext_noop("Somebody who asked for help says that it is not better. Please look again.")
WITHDRAWN = gettext_noop("A reporter took a report back. You decide whether to look all the same.")
#: What the duty telephone reads: nothing about anybody (K20, D4).
DUTY_WORDS = "[희망케어] 급한 알림이 들어왔습니다. 업무 화면의 알림을 지금 봐 주세요."


@dataclass(frozen=True)
class Receipt:
    """What the reporter gets. `answer` is the API's body; `again` when it had been given before."""

    code: str
    answer: dict[str, Any]
    again: bool = False


def checked(told: Told, *, photos: int = 0) -> tuple[Told, Route, str]:
    """The report without untypable signs, its route, the telephone in E.164. Raises Impossible with every problem."""
    told = replace(
        told,
        directions=rules.clean(told.directions),
        words=rules.clean(told.words),
        reporter_name=rules.clean(told.reporter_name),
        seen=tuple(dict.fromkeys(told.seen)),
    )
    routes = routing.routes()
    near, distance = (None, 0.0) if told.lat is None or told.lon is None else routes.nearest(told.lat, told.lon)
    found = rules.problems(told, towns=routes.towns, in_city=distance <= routing.REACH_KM, photos=photos)
    phone = ""
    try:
        phone = phones.normal(told.reporter_phone)
    except phones.BadPhone:
        found.append(errors.bad_phone("reporter_phone"))
    if found:
        raise errors.Impossible(*found)
    route = routes.towns.get(told.town) or near or routes.by_words(told.directions) or routes.central
    return told, route, phone


def receive(*, by: Viewer, told: Told, key: str = "", client: str = "", photos: Sequence[Draft] = ()) -> Receipt:
    """Take a report and tell the team of its town, office and centre alike, in one transaction.

    `by`: the intake, or a member of staff who types for a caller. With a `key` the same report is taken once.
    Raises Impossible, once.OtherBody, once.StillRunning.
    """
    if by.principal != Principal.INTAKE:
        check(by, Permission.REPORT_TYPE)
    told, route, phone = checked(told, photos=len(photos))
    now = clock.now()
    report = _row(by, told, route, phone, now)
    answer: dict[str, Any] = {
        "code": codes.shown(report.code),
        "status": "received",
        "promised_by": report.promised_at.isoformat(timespec="seconds"),
        "status_url": f"{settings.PUBLIC_URL}/report/{codes.shown(report.code)}/",
        "ring_first": report.danger_words or report.urgency == rules.DANGER,
    }
    # An anonymous report keeps no address; staff are named by the audit and on the report.
    intake = system(Principal.INTAKE, subject=report.code)
    with acting_as(intake):
        if key:
            body = json.dumps([vars(told), [photo.sha256 for photo in photos]], sort_keys=True)
            given = once.take(once.Once.of(key, body, client=client), status=201, body=answer, row=report)
            if given is not None:
                return Receipt(codes.read(str(given.body["code"])) or "", given.body, again=True)
        else:
            add(report)
        _keep_photos(report, route, photos)
        with at_once():
            author = intake if by.principal else by
            audit.changed(author, "report", [report.pk], "received", owners=[route.provider_id], door=told.door)
            events.publish("report.received", report=report.pk)
            _tell_team(report, route)
        if answer["ring_first"]:
            _ring(intake, report)
    return Receipt(report.code, answer)


def _row(by: Viewer, told: Told, route: Route, phone: str, now: datetime) -> Report:
    promised = rules.promise(
        now, told.urgency, open_now=clock.is_open(now), next_working_day=clock.next_working_day(now.date())
    )
    return Report(
        code=codes.new_code(),
        about=told.about,
        door=told.door,
        reporter_kind=told.reporter_kind,
        town_id=route.town_id,
        team_id=route.team_id,
        provider_id=route.provider_id,
        directions=told.directions,
        lat=told.lat,
        lon=told.lon,
        seen=list(told.seen),
        words=told.words,
        urgency=told.urgency,
        danger_words=rules.sounds_dangerous(f"{told.words}\n{told.directions}"),
        language=told.language,
        reporter_name=told.reporter_name,
        reporter_phone=phone,
        reporter_phone_hash=phones.hashed(phone),
        typed_by_id=None if by.principal else by.user_id,
        received_at=now,
        promised_at=promised,
    )


def _keep_photos(report: Report, route: Route, photos: Sequence[Draft]) -> None:
    rows = [
        ReportPhoto(
            report=report,
            document=documents.adopt(photo, scope_keys=route.scope_keys),
            look=photo.look,
            team_id=route.team_id,
            provider_id=route.provider_id,
        )
        for photo in photos
    ]
    if rows:
        ReportPhoto.objects.bulk_create(rows)


def _tell_team(report: Report, route: Route) -> None:
    """The mixed team is the town office and the centre together, so one notice reaches both at once."""
    post_to_teams(
        team_ids=[route.team_id],
        purpose="report.received",
        about=("report", report.pk),
        step="received",
        words=RECEIVED if route.town_id else RECEIVED_IN_WORDS,
        parameters={"town": route.name_ko, "until": f"{report.promised_at.astimezone(clock.SEOUL):%m/%d %H:%M}"},
        link=_desk(report),
        provider_id=route.provider_id,
    )


def _desk(report: Report) -> str:
    return f"/desk/reports/{report.code}/"


def _ring(by: Viewer, report: Report, step: str = "first") -> None:
    """D13: the team, the central team and the duty telephone, at any hour. The message says nothing about anybody."""
    central = routing.routes().central
    events.publish("report.danger", report=report.pk)
    post_to_teams(
        team_ids={report.team_id, central.team_id},
        purpose="report.danger",
        about=("report", report.pk),
        step=step,
        words=DANGER,
        link=_desk(report),
        provider_id=report.provider_id,
    )
    if settings.DUTY_PHONE:
        messaging.queue(
            by=by,
            purpose="report.danger",
            about=("report", report.pk),
            step=f"duty:{step}",
            to=Recipient.number(settings.DUTY_PHONE),
            body=DUTY_WORDS,
            duty=True,
            provider_id=central.provider_id,
        )


def _locked(code: str) -> tuple[Viewer, Report]:
    """The report of this code under a row lock; call inside `acting_as` of the returned viewer's kind."""
    by = system(Principal.INTAKE, subject=code)
    report = visible_to(by, Report).select_for_update().filter(code=code).first()
    if report is None:
        raise errors.NotFound()
    return by, report


def add_words(*, code: str, words: str, key: str) -> bool:
    """Somebody who holds the code adds what they saw since; True when the new words speak of danger.

    Possible at any time and answered alike, whatever was done since (D2). Raises NotFound, Impossible.
    """
    words = rules.clean(words)
    with acting_as(system(Principal.INTAKE, subject=code)):
        by, report = _locked(code)
        found = rules.problems_of_addition(report.about, report.words, words)
        if found:
            raise errors.Impossible(*found)
        dangerous = rules.sounds_dangerous(words)
        if once.take(once.Once.of(key, words, client=f"add:{code}"), status=200, body={}) is not None:
            return dangerous
        report.words = f"{report.words}\n\n[+ {clock.now():%Y-%m-%d %H:%M}]\n{words}".strip()
        report.danger_words = report.danger_words or dangerous
        report.save(update_fields=["words", "danger_words"])
        audit.changed(by, "report", [report.pk], "added", owners=[report.provider_id])
        _post(report, "report.added", once.digest(key)[:16], ADDED)
        if dangerous:
            _ring(by, report, once.digest(key)[:16])
    return dangerous


def withdraw(*, code: str) -> None:
    """Take a report back. The wish is kept and answered alike whatever was done since (D2); the state follows where
    nobody has been there yet. The team may look all the same: somebody else may have found the code.
    """
    with acting_as(system(Principal.INTAKE, subject=code)):
        by, report = _locked(code)
        if report.withdrawn_at is not None:
            return
        report.withdrawn_at = clock.now()
        if any(step.before == report.state and step.after == ReportState.WITHDRAWN for step in REPORT_STEPS):
            report.state = ReportState.WITHDRAWN
        report.save(update_fields=["withdrawn_at", "state"])
        audit.changed(by, "report", [report.pk], "withdrawn", owners=[report.provider_id])
        events.publish("report.withdrawn", report=report.pk)
        _post(report, "report.withdrawn", "withdrawn", WITHDRAWN)


def echo(*, code: str, better: bool) -> None:
    """Whoever asked for help for themselves says whether it is better. "Not better" opens again what was finished, with
    a new promise, and is told to the team; where a case came of it the team hears of it alike.

    Said twice it is said once. Raises NotFound for a report about somebody else, and before anybody was there (D2).
    """
    status, word = status_of(code), "better" if better else "not_better"
    if not status.about_self or status.name not in (VISITED, CLOSED):
        raise errors.NotFound()
    with acting_as(system(Principal.INTAKE, subject=status.code)):
        by, report = _locked(status.code)
        seen = max((moment for moment in (report.looked_at, report.closed_at) if moment), default=report.received_at)
        if report.echo == word and report.echo_at is not None and report.echo_at >= seen:
            return
        report.echo, report.echo_at = word, clock.now()
        if not better and report.state == ReportState.CLOSED and report.case_id is None:
            _open_again(report)
        report.save()
        audit.changed(by, "report", [report.pk], word, owners=[report.provider_id])
        if not better:
            _post(report, "report.not_better", f"{report.echo_at:%Y%m%d%H%M%S}", NOT_BETTER)


def _open_again(report: Report) -> None:
    now = clock.now()
    report.state = ReportState.RECEIVED
    report.assigned_at = report.looked_at = report.closed_at = None
    report.promised_at = rules.promise(
        now, rules.TODAY, open_now=clock.is_open(now), next_working_day=clock.next_working_day(now.date())
    )


def _post(report: Report, purpose: str, step: str, words: str) -> None:
    post_to_teams(
        team_ids=[report.team_id],
        purpose=purpose,
        about=("report", report.pk),
        step=step,
        words=words,
        link=_desk(report),
        provider_id=report.provider_id,
    )
