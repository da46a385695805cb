"""What the desk does with a report: join, assign two people, hand over, close without a visit (D2, D3, R27).

Every step locks the report and looks at its state again, so that of two colleagues who press at once one wins and
the other learns what was decided.
"""

from datetime import datetime
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.models import Report, ReportPhoto, Visit, VisitKind
from cases.rules import visits as rules
from cases.selectors.colleagues import Colleague, colleagues
from cases.selectors.inbox import may_join
from cases.states import REPORT_STEPS, ReportState, demand_step
from hopecare.kernel import audit, clock, errors, events
from hopecare.kernel.access import Viewer, acting_as, check, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.models import Document, Organisation, Team, Zone
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import queueing

MOVED_ON = _("Somebody was quicker: this report has moved on. Please look at it again.")
ASSIGNED = gettext_noop("First visit by two: %(town)s, %(when)s.")
OFFERED = gettext_noop(
    "A report from %(town)s is handed over to your team. Until you accept, the sender stays responsible."
)
ACCEPTED = gettext_noop("%(who)s took over the report from %(town)s.")


def locked(by: Viewer, code: str, permission: Permission) -> Report:
    """The visible report under a row lock; NotFound otherwise."""
    check(by, permission)
    rows = visible_to(by, Report).select_for_update(of=("self",)).select_related("town")
    report = rows.filter(code=code).first()
    if report is None:
        raise errors.NotFound("report", code)
    return report


def town_name(report: Report) -> str:
    """For notices; a report whose place nobody knew yet lies with the central team."""
    return report.town.name_ko if report.town else "?"


def changed(by: Viewer, report: Report, what: str, **details: Any) -> None:
    audit.changed(by, "report", [report.pk], what, owners=[report.provider_id], **details)


def step(report: Report, after: ReportState, **values: Any) -> None:
    """One step of the state table with what belongs to it; Impossible when the table has no such step."""
    demand_step(REPORT_STEPS, report.state, after, MOVED_ON)
    for name, value in {"state": after, **values}.items():
        setattr(report, name, value)
    report.save(update_fields=["state", *values])


def join(*, by: Viewer, code: str, near_code: str) -> Report:
    """The near report joins this one; both reporters keep their own code and status (D2). Open visits move along."""
    with acting_as(by):
        pair = {one: locked(by, one, Permission.REPORT_TRIAGE) for one in sorted({code, near_code})}
        report, near = pair[code], pair[near_code]
        problems = _join_problems(report, near)
        if problems:
            raise errors.Impossible(*problems)
        planned = Visit.objects.filter(report=near, result="")
        if planned.exists():
            planned.update(report=report)
            step(report, ReportState.ASSIGNED, assigned_at=report.assigned_at or near.assigned_at)
        step(near, ReportState.JOINED, joined_to=report)
        Report.objects.filter(joined_to=near).update(joined_to=report)
        _told_alike(report)
        changed(by, report, "joined", near=near.pk)
        changed(by, near, "joined_to", other=report.pk)
    return report


def _join_problems(report: Report, near: Report) -> list[Problem]:
    if report.pk == near.pk or not report.is_open or not may_join(near):
        return [Problem("wrong_state", MOVED_ON)]
    open_visits = Visit.objects.filter(report__in=[report, near], result="").values_list("report_id", flat=True)
    if len(set(open_visits)) == 2:
        words = _("Both reports have a visit planned. Record one of the visits first.")
        return [Problem("two_visits", words)]
    return []


def _told_alike(report: Report) -> None:
    """Those who joined read the same three words at the same time as the first (D2)."""
    joined = Report.objects.filter(joined_to=report)
    if report.assigned_at:
        joined.filter(assigned_at=None).update(assigned_at=Greatest(F("received_at"), Value(report.assigned_at)))
    if report.looked_at:
        joined.filter(looked_at=None).update(looked_at=clock.now())


def other_house(*, by: Viewer, code: str, near_code: str) -> None:
    """Near, but not the same house: neither is shown beside the other again."""
    with acting_as(by):
        pair = {one: locked(by, one, Permission.REPORT_TRIAGE) for one in sorted({code, near_code})}
        report, near = pair[code], pair[near_code]
        for one, other in ((report, near), (near, report)):
            one.not_same = sorted({*one.not_same, other.pk})
            one.save(update_fields=["not_same"])
        changed(by, report, "other_house", near=near.pk)


def assign(
    *,
    by: Viewer,
    code: str,
    official_id: int | None,
    worker_id: int | None,
    at: datetime,
    expected_visit: int | None = None,
) -> tuple[Visit, list[Problem]]:
    """Two people and a time. `expected_visit`: the planned visit that the page showed (None = there was none).

    Returns the visit and warnings. Raises Impossible with every problem, also when a colleague planned meanwhile.
    """
    with acting_as(by):
        report = locked(by, code, Permission.REPORT_TRIAGE)
        team = {colleague.user_id: colleague for colleague in colleagues([report.team_id])}
        official, worker = team.get(official_id or 0), team.get(worker_id or 0)
        problems = rules.pair_problems(_companion(official), _companion(worker))
        problems += rules.time_problems(at, clock.now())
        if problems:
            raise errors.Impossible(*problems)
        assert official is not None and worker is not None
        visit = _plan(report, official, worker, at, expected_visit)
        step(report, ReportState.ASSIGNED, assigned_at=report.assigned_at or clock.now())
        _told_alike(report)
        changed(by, report, "assigned", visit=visit.pk, users=[official.user_id, worker.user_id])
        _tell_both(by, report, visit)
    return visit, rules.hour_warning(clock.is_open(at))


def _companion(colleague: Colleague | None) -> rules.Companion | None:
    if colleague is None:
        return None
    return rules.Companion(colleague.user_id, colleague.is_public, colleague.may(Permission.VISIT_RECORD))


def _plan(report: Report, official: Colleague, worker: Colleague, at: datetime, expected_visit: int | None) -> Visit:
    """The planned visit is changed, else a new one written; a plan that the page did not show is not overwritten."""
    planned = Visit.objects.select_related("official", "worker").filter(report=report, result="").first()
    if (planned.pk if planned else None) != expected_visit:
        raise errors.Impossible(Problem("moved_on", _planned_meanwhile(planned)))
    values = {"official_id": official.user_id, "worker_id": worker.user_id, "at": at}
    if planned is None:
        return Visit.objects.create(
            report=report, kind=VisitKind.FIRST, team_id=report.team_id, provider_id=report.provider_id, **values
        )
    for name, value in values.items():
        setattr(planned, name, value)
    planned.save(update_fields=[*values])
    return planned


def _planned_meanwhile(planned: Visit | None) -> Any:
    if planned is None:
        return MOVED_ON
    who = f"{planned.official.name}, {planned.worker.name} · {planned.at.astimezone(clock.SEOUL):%m/%d %H:%M}"
    return format_lazy("{} {}", _("A colleague was quicker and planned this visit:"), who)


def _tell_both(by: Viewer, report: Report, visit: Visit) -> None:
    when = f"{visit.at.astimezone(clock.SEOUL):%m/%d %H:%M}"
    for user_id in {visit.official_id, visit.worker_id} - {by.user_id}:
        queueing.notify(
            by=by,
            purpose="report.assigned",
            about=("report", report.pk),
            step=f"{visit.pk}:{user_id}:{when}",
            to=Recipient.user(user_id),
            words=ASSIGNED,
            parameters={"town": town_name(report), "when": when},
            link=f"/desk/reports/{report.code}/",
            provider_id=report.provider_id,
        )


def close(*, by: Viewer, code: str, words: str) -> Report:
    """Finish without a case: solved on the telephone, or met and no case wanted. A reason is required."""
    if not words.strip():
        raise errors.Impossible(errors.required("words"))
    with acting_as(by):
        report = locked(by, code, Permission.REPORT_TRIAGE)
        step(report, ReportState.CLOSED, closed_at=clock.now(), offered_team=None, offered_provider=None,
             offered_at=None, offered_by=None, offered_reason="")  # fmt: skip
        look_at(report)
        changed(by, report, "closed", words=words.strip()[:300])
    return report


def look_at(report: Report) -> None:
    """The first result of any kind sets the one time that reporters are told, and no later one moves it (D2)."""
    moment = clock.now()
    first = Report.objects.filter(Q(pk=report.pk) | Q(joined_to=report.pk), looked_at=None).update(
        looked_at=moment, assigned_at=Coalesce(F("assigned_at"), Value(moment))
    )
    if first:
        events.publish("report.looked_at", report_id=report.pk)
    report.refresh_from_db(fields=["looked_at", "assigned_at"])


def hand_over(*, by: Viewer, code: str, zone_code: str, reason: str) -> Report:
    """Ask another zone to take the report over; until it accepts, the sender stays responsible."""
    with acting_as(by):
        report = locked(by, code, Permission.REPORT_TRIAGE)
        zone = Zone.objects.select_related("centre").filter(code=zone_code).first()
        team = Team.objects.filter(zone=zone, kind="mixed").first() if zone else None
        problems = [errors.required("reason")] if not reason.strip() else []
        if zone is None or team is None or team.pk == report.team_id:
            problems.append(Problem("zone", _("Choose another zone than the one that has it."), "zone"))
        if report.state != ReportState.RECEIVED or report.offered_team_id:
            problems.append(Problem("wrong_state", MOVED_ON))
        if problems:
            raise errors.Impossible(*problems)
        assert zone is not None and team is not None
        _offer(report, team, zone.centre, by, reason.strip())
        changed(by, report, "offered", team=team.pk)
        _tell_team(by, report, team.pk, "report.offered", OFFERED, town=town_name(report))
    return report


def _offer(report: Report, team: Team | None, provider: Organisation | None, by: Viewer, reason: str) -> None:
    report.offered_team, report.offered_provider, report.offered_reason = team, provider, reason[:300]
    report.offered_at, report.offered_by_id = (clock.now(), by.user_id) if team else (None, None)
    report.save(update_fields=["offered_team", "offered_provider", "offered_reason", "offered_at", "offered_by"])


def take_back(*, by: Viewer, code: str) -> Report:
    """The sender keeps the report after all."""
    with acting_as(by):
        report = locked(by, code, Permission.REPORT_TRIAGE)
        if not report.offered_team_id or report.team_id not in by.team_ids:
            raise errors.Impossible(Problem("wrong_state", MOVED_ON))
        _offer(report, None, None, by, "")
        changed(by, report, "taken_back")
    return report


def accept(*, by: Viewer, code: str) -> Report:
    """The asked unit takes over: team, provider, photos and their keys move; from now on it answers."""
    with acting_as(by):
        report = locked(by, code, Permission.REPORT_TRIAGE)
        if not report.offered_team_id or report.offered_team_id not in by.team_ids:
            raise errors.Impossible(Problem("wrong_state", MOVED_ON))
        before, former_provider = report.team_id, report.provider_id
        with acting_as(by.also(teams=(before,))):
            keys = [report.offered_team_id, -int(report.offered_provider_id or 0)]
            photos = ReportPhoto.objects.filter(report=report)
            Document.objects.filter(pk__in=list(photos.values_list("document_id", flat=True))).update(scope_keys=keys)
            photos.update(team_id=report.offered_team_id, provider_id=report.offered_provider_id)
            report.team_id, report.provider_id = report.offered_team_id, int(report.offered_provider_id or 0)
            report.save(update_fields=["team", "provider"])
            _offer(report, None, None, by, "")
            audit.changed(
                by, "report", [report.pk], "accepted", owners=[former_provider, report.provider_id], before=before
            )
            _tell_team(
                by, report, before, "report.accepted", ACCEPTED, town=town_name(report), who=by.organisation_name
            )
    return report


def _tell_team(by: Viewer, report: Report, team_id: int, purpose: str, words: str, **parameters: str) -> None:
    queueing.notify(
        by=by,
        purpose=purpose,
        about=("report", report.pk),
        step=f"{team_id}:{clock.now():%Y%m%d%H%M%S}",
        to=Recipient.team(team_id),
        words=words,
        parameters=parameters,
        link=f"/desk/reports/{report.code}/",
        provider_id=report.provider_id,
    )
