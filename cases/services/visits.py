"""The result of a visit: recorded once, told alike to every reporter, followed by what it asks for (D2, D13, K1)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases.facts import visit_version
from cases.models import EntryKind, Report, Visit, VisitResult
from cases.rules import visits as rules
from cases.services import presence, timeline, triage
from cases.states import ReportState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, visible_to
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import queueing

LONGEST_NOTE = 2000
DANGER = gettext_noop("Danger at a visit in %(town)s. Told: %(told)s.")


@dataclass(frozen=True)
class Outcome:
    """What the two found. `again_at` with nobody home, `ask_again_on` when declined, `told_*` with danger (D13)."""

    result: str
    note: str = ""
    again_at: datetime | None = None
    ask_again_on: date | None = None
    told_whom: str = ""
    told_at: datetime | None = None


def record(*, by: Viewer, visit_id: int, outcome: Outcome, version: str = "") -> Visit:
    """Write the result once. Raises Impossible with every problem; who comes second learns what stands there.

    With `version` (facts.visit_version) only on top of the state that was read, else Stale; the very same result sent
    again by the same person, whose answer was lost on its way, is that visit.
    """
    check(by, Permission.VISIT_RECORD)
    if outcome.result not in VisitResult.values:
        raise errors.Impossible(errors.required("result"))
    with acting_as(by):
        visit = _locked(by, visit_id)
        if version and visit.result:
            return _again(by, visit, outcome)
        _refuse_recorded(visit)
        _demand(visit, version)
        problems = rules.result_problems(
            outcome.result,
            again_at=outcome.again_at,
            ask_again_on=outcome.ask_again_on,
            told_whom=outcome.told_whom,
            told_at=outcome.told_at,
            now=clock.now(),
        )
        if problems:
            raise errors.Impossible(*problems)
        _write(by, visit, outcome)
        if outcome.result in rules.NOBODY_INSIDE:
            presence.came_out(by, visit, visit.official_id)
            presence.came_out(by, visit, visit.worker_id)
        if visit.report is not None:
            _move_report(by, visit, visit.report, outcome)
        if visit.case is not None:
            timeline.append(by, visit.case, EntryKind.VISITED, visit=visit.pk, result=outcome.result)
    return visit


def _locked(by: Viewer, visit_id: int) -> Visit:
    """The report first, then the visit: the order in which every service of the desk locks."""
    visit = visible_to(by, Visit).select_related("report", "case").filter(pk=visit_id).first()
    if visit is None:
        raise errors.NotFound("visit", str(visit_id))
    if visit.report is not None:
        triage.locked(by, visit.report.code, Permission.VISIT_RECORD)
    locked = Visit.objects.select_for_update(of=("self",)).select_related("report__town", "case", "recorded_by")
    return locked.get(pk=visit_id)


def _refuse_recorded(visit: Visit) -> None:
    if visit.result:
        raise errors.Impossible(Problem("recorded", already_recorded(visit)))


def _demand(visit: Visit, version: str) -> None:
    now = visit_version(visit.at, visit.result, visit.note)
    if version and version != now:
        raise errors.Stale(now)


def _again(by: Viewer, visit: Visit, outcome: Outcome) -> Visit:
    """The answer to a result that stands: one's own, sent again, or somebody else's."""
    mine = visit.recorded_by_id == by.user_id and visit.result == outcome.result
    if mine and visit.note.startswith(outcome.note.strip()):
        return visit
    raise errors.Stale(visit_version(visit.at, visit.result, visit.note))


def add_words(*, by: Viewer, visit_id: int, words: str, version: str) -> Visit:
    """What somebody else of the two has to add to a result that stands, signed with their name; nothing is replaced.

    Raises Stale when it changed since `version`, Impossible before there is a result and when it becomes too long.
    The same words again, whose answer was lost on its way, change nothing.
    """
    check(by, Permission.VISIT_RECORD)
    line = f"{by.name}: {words.strip()}"
    with acting_as(by):
        visit = _locked(by, visit_id)
        if visit.note.endswith(line):
            return visit
        _demand(visit, version)
        if not visit.result:
            raise errors.Impossible(Problem("no_result", _("Please record first what came of the visit.")))
        note = "\n\n".join(part for part in (visit.note, line) if part)
        if len(note) > LONGEST_NOTE:
            raise errors.Impossible(Problem("too_long", _("Together this is too long. Please shorten it."), "words"))
        Visit.objects.filter(pk=visit.pk).update(note=note)
        visit.note = note
        audit.changed(by, "visit", [visit.pk], "words_added", owners=[visit.provider_id])
    return visit


def already_recorded(visit: Visit) -> Any:
    """Who recorded what and when, in one sentence."""
    who = visit.recorded_by.name if visit.recorded_by else ""
    at = f"{visit.recorded_at.astimezone(clock.SEOUL):%H:%M}" if visit.recorded_at else ""
    words = _("A colleague was quicker. Recorded already:")
    return format_lazy("{} {} · {} {}", words, VisitResult(visit.result).label, who, at)


def _write(by: Viewer, visit: Visit, outcome: Outcome) -> None:
    values: dict[str, Any] = {
        "result": outcome.result,
        "note": outcome.note.strip(),
        "recorded_by_id": by.user_id,
        "recorded_at": clock.now(),
    }
    if outcome.result == VisitResult.DECLINED:
        values["ask_again_on"] = outcome.ask_again_on
    if outcome.result == VisitResult.DANGER:
        values |= {"told_whom": outcome.told_whom.strip()[:200], "told_at": outcome.told_at}
    if not Visit.objects.filter(pk=visit.pk, result="").update(**values):
        raise errors.Impossible(Problem("recorded", triage.MOVED_ON))
    for name, value in values.items():
        setattr(visit, name, value)
    audit.changed(by, "visit", [visit.pk], "recorded", owners=[visit.provider_id], result=outcome.result)


def _move_report(by: Viewer, visit: Visit, report: Report, outcome: Outcome) -> None:
    triage.look_at(report)
    if outcome.result == VisitResult.NOBODY_HOME:
        assert outcome.again_at is not None
        triage.step(report, ReportState.ASSIGNED)
        _plan_again(visit, outcome.again_at)
    else:
        triage.step(report, ReportState.VISITED)
    if outcome.result in rules.CLOSING:
        triage.step(report, ReportState.CLOSED, closed_at=clock.now())
    if outcome.result == VisitResult.DANGER:
        _ring(by, visit, report, outcome)
    triage.changed(by, report, "visited", visit=visit.pk, result=outcome.result)


def _plan_again(visit: Visit, at: datetime) -> Visit:
    """The same two try again."""
    return Visit.objects.create(
        report_id=visit.report_id,
        kind=visit.kind,
        at=at,
        official_id=visit.official_id,
        worker_id=visit.worker_id,
        team_id=visit.team_id,
        provider_id=visit.provider_id,
    )


def _ring(by: Viewer, visit: Visit, report: Report, outcome: Outcome) -> None:
    """The whole team hears of it at once; no name, no place but the town (D13)."""
    queueing.notify(
        by=by,
        purpose="visit.danger",
        about=("visit", visit.pk),
        step="team",
        to=Recipient.team(visit.team_id),
        words=DANGER,
        parameters={"town": triage.town_name(report), "told": outcome.told_whom.strip()[:80]},
        link=f"/desk/reports/{report.code}/",
        provider_id=visit.provider_id,
    )
