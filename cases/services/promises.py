"""Promises to reporters, callers and intakes: pressing, broken, climbing; what nobody has (R17, R27, D10).

Runs every minute as the principal `sweep`. Each step of each report is told once, however often this runs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_noop

from cases.models import CallBack, Report, Visit
from cases.rules import deadlines
from cases.rules import reports as rules
from cases.selectors.colleagues import heads_of
from cases.services import triage
from cases.states import ReportState
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Principal, Viewer, acting_as, check, get_visible, system
from hopecare.kernel.models import Team, TeamKind
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.selectors import steps_told
from hopecare.messaging.services import queueing

PRESSING = gettext_noop("Promise until %(until)s: report from %(town)s.")
BROKEN = gettext_noop("Promise broken since %(until)s: report from %(town)s.")
CLIMBED = gettext_noop("Still not looked at, promised until %(until)s: report from %(town)s.")
UNOWNED = gettext_noop("Nobody has this report from %(town)s, promised until %(until)s.")
INTAKE_PRESSING = gettext_noop("Promise until %(until)s: intake %(number)s, %(town)s.")
INTAKE_BROKEN = gettext_noop("Promise broken since %(until)s: intake %(number)s, %(town)s.")
INTAKE_CLIMBED = gettext_noop("Nobody has taken on intake %(number)s, %(town)s, promised until %(until)s.")
CALL_LATE = gettext_noop("Call-back promised until %(until)s is still open.")
#: Nothing presses earlier than this before its promise (rules: soon_before).
_AHEAD = timedelta(hours=4)
#: A hand-over that nobody accepts is unowned after this long.
_OFFER_WAITS = timedelta(hours=8)


#: Who heads an organisation, asked once in a run.
Heads = Callable[[int], list[int]]


@dataclass(frozen=True)
class Step:
    """One notice that is due: its name (told once), its words and to whom."""

    name: str
    words: str
    to: Recipient


def watch() -> int:
    """Tell what is due; returns how many notices were new."""
    viewer, heads = system(Principal.SWEEP), cache(heads_of)
    with acting_as(viewer):
        return _watch_reports(viewer, heads) + _watch_intakes(viewer, heads) + _watch_calls(viewer, heads)


def _watch_reports(viewer: Viewer, heads: Heads) -> int:
    now = clock.now()
    open_ones = (
        Report.objects.filter(state__in=[ReportState.RECEIVED, ReportState.ASSIGNED], looked_at=None)
        .filter(Q(promised_at__lte=now + _AHEAD) | Q(offered_at__lte=now - _OFFER_WAITS))
        .select_related("town")
        .order_by("promised_at")
    )
    reports = list(open_ones)
    pairs = _assigned([report.pk for report in reports])
    central = _central()
    known = steps_told("report.promise", "report", [report.pk for report in reports])
    due = (
        (report, step) for report in reports for step in _steps(report, pairs.get(report.pk, ()), central, now, heads)
    )
    return sum(_tell(viewer, report, step) for report, step in due if (str(report.pk), step.name) not in known)


def _central() -> int | None:
    return Team.objects.filter(kind=TeamKind.CENTRAL).values_list("pk", flat=True).first()


def _assigned(report_ids: list[int]) -> dict[int, tuple[int, int]]:
    rows = Visit.objects.filter(report__in=report_ids, result="").values_list("report_id", "official_id", "worker_id")
    return {report_id: (official, worker) for report_id, official, worker in rows if report_id}


def _steps(report: Report, pair: tuple[int, ...], central: int | None, now: datetime, heads: Heads) -> Iterator[Step]:
    """What is due for one report: first those who have it, then the head, then, where nobody has it, the centre."""
    promised, urgency = report.promised_at, report.urgency
    owners = [Recipient.user(user_id) for user_id in pair] or [Recipient.team(report.team_id)]
    if now >= promised:
        yield from (Step(f"broken:{owner.kind}:{owner.id}", BROKEN, owner) for owner in owners)
    elif now >= deadlines.presses_at(promised, urgency):
        yield from (Step(f"pressing:{owner.kind}:{owner.id}", PRESSING, owner) for owner in owners)
    if now >= deadlines.climbs_at(promised, urgency):
        for head in heads(report.provider_id):
            yield Step(f"climbed:{head}", CLIMBED, Recipient.user(head))
    if central is not None and _is_unowned(report, now):
        yield Step("unowned", UNOWNED, Recipient.team(central))


def _is_unowned(report: Report, now: datetime) -> bool:
    """Nobody was assigned long after the promise, or another unit was asked and does not answer."""
    if report.offered_at is not None and now >= report.offered_at + _OFFER_WAITS:
        return True
    return report.state == ReportState.RECEIVED and now >= deadlines.unowned_at(report.promised_at, report.urgency)


def _tell(viewer: Viewer, report: Report, step: Step) -> bool:
    return queueing.notify(
        by=viewer,
        purpose="report.promise",
        about=("report", report.pk),
        step=step.name,
        to=step.to,
        words=step.words,
        parameters={"town": triage.town_name(report), "until": _told_time(report.promised_at)},
        link=f"/desk/reports/{report.code}/",
        provider_id=report.provider_id,
    ).fresh


@dataclass(frozen=True)
class _Intake:
    """An open intake as the sweep may know it: without a name."""

    pk: int
    number: str
    town: str
    team_id: int
    provider_id: int
    promised_at: datetime


def _watch_intakes(viewer: Viewer, heads: Heads) -> int:
    """An intake ends in a case or an answer alone (R17): until then its promise climbs as a report's does."""
    now, central = clock.now(), _central()
    with connection.cursor() as cursor:
        cursor.execute("select * from hc_waiting_intakes(%s)", [now + _AHEAD])
        intakes = [_Intake(*row) for row in cursor.fetchall()]
    known = steps_told("intake.promise", "intake", [intake.pk for intake in intakes])
    due = ((intake, step) for intake in intakes for step in _intake_steps(intake, central, now, heads))
    return sum(_tell_intake(viewer, intake, step) for intake, step in due if (str(intake.pk), step.name) not in known)


def _intake_steps(intake: _Intake, central: int | None, now: datetime, heads: Heads) -> Iterator[Step]:
    """First the team that has it, then its head, then, while still nobody has taken it on, the centre."""
    promised, team = intake.promised_at, Recipient.team(intake.team_id)
    # A promise may be given anew when they come back: each is told on its own.
    given = f"{promised.astimezone(clock.SEOUL):%y%m%d%H%M}"
    if now >= promised:
        yield Step(f"broken:{team.id}:{given}", INTAKE_BROKEN, team)
    elif now >= deadlines.presses_at(promised, rules.SOON):
        yield Step(f"pressing:{team.id}:{given}", INTAKE_PRESSING, team)
    if now >= deadlines.climbs_at(promised, rules.SOON):
        for head in heads(intake.provider_id):
            yield Step(f"climbed:{head}:{given}", INTAKE_CLIMBED, Recipient.user(head))
    if central is not None and now >= deadlines.unowned_at(promised, rules.SOON):
        yield Step(f"unowned:{given}", INTAKE_CLIMBED, Recipient.team(central))


def _tell_intake(viewer: Viewer, intake: _Intake, step: Step) -> bool:
    return queueing.notify(
        by=viewer,
        purpose="intake.promise",
        about=("intake", intake.pk),
        step=step.name,
        to=step.to,
        words=step.words,
        parameters={"number": intake.number, "town": intake.town or "?", "until": _told_time(intake.promised_at)},
        link=f"/desk/intake/{intake.number}/",
        provider_id=intake.provider_id,
    ).fresh


def _watch_calls(viewer: Viewer, heads: Heads) -> int:
    now = clock.now()
    calls = list(CallBack.objects.filter(done_at=None, promised_at__lte=now).order_by("promised_at"))
    known = steps_told("call_back.promise", "call_back", [call.pk for call in calls])
    due = ((call, step, to) for call in calls for step, to in _call_steps(call, now, heads))
    return sum(_tell_call(viewer, call, step, to) for call, step, to in due if (str(call.pk), step) not in known)


def _call_steps(call: CallBack, now: datetime, heads: Heads) -> Iterator[tuple[str, Recipient]]:
    yield f"late:team:{call.team_id}", Recipient.team(call.team_id)
    if now >= deadlines.climbs_at(call.promised_at, "soon"):
        yield from ((f"climbed:{head}", Recipient.user(head)) for head in heads(call.provider_id))


def _tell_call(viewer: Viewer, call: CallBack, step: str, to: Recipient) -> bool:
    return queueing.notify(
        by=viewer,
        purpose="call_back.promise",
        about=("call_back", call.pk),
        step=step,
        to=to,
        words=CALL_LATE,
        parameters={"until": _told_time(call.promised_at)},
        link="/desk/callbacks/",
        provider_id=call.provider_id,
    ).fresh


def _told_time(moment: datetime) -> str:
    return f"{moment.astimezone(clock.SEOUL):%m/%d %H:%M}"


def call_done(*, by: Viewer, call_id: int) -> bool:
    """Somebody rang back. False when a colleague was quicker; NotFound for a call-back that is not the viewer's."""
    check(by, Permission.CALLBACK_VIEW)
    with acting_as(by):
        call = get_visible(by, CallBack, named="call_back", pk=call_id)
        done = CallBack.objects.filter(pk=call.pk, done_at=None).update(done_at=clock.now(), done_by_id=by.user_id)
        if done:
            audit.changed(by, "call_back", [call.pk], "done", owners=[call.provider_id])
    return bool(done)
