"""Which reports wait for me: those nobody has, broken promises, hand-overs to my team, visits without a record."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value

from cases.models import Report, Visit
from cases.selectors.inbox import WAITING, is_danger, is_late
from cases.states import ReportState
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.kernel.prepared import prepared

MOST = 60
#: What my day says of a report; telephones and other secrets are not even read.
_SHOWN = (
    *("code", "state", "received_at", "promised_at", "looked_at", "directions", "urgency", "danger_words"),
    *("provider_id", "offered_team_id", "offered_by__name", "town__name_ko", "town__name_en"),
)


@dataclass(frozen=True)
class Waiting:
    """A report that waits. `why`: late, unassigned, offered, record."""

    report: Report
    why: str

    @property
    def rings(self) -> bool:
        return is_danger(self.report)

    @property
    def days(self) -> int:
        return (clock.today() - self.report.received_at.astimezone(clock.SEOUL).date()).days


@prepared(now=DateTimeField())
def _waiting(viewer: Viewer, blank: Any) -> QuerySet[Report]:
    """Which ones is decided before anything of them is looked up."""
    planned = Visit.objects.filter(report=OuterRef("pk"), result="").order_by("-pk")
    rows = visible_to(viewer, Report)
    late = Q(state=ReportState.ASSIGNED, looked_at=None, promised_at__lt=blank.now)
    first = rows.filter(Q(state=ReportState.RECEIVED) | late, state__in=WAITING).order_by("promised_at", "pk")
    own_visits = Visit.objects.filter(Q(worker=viewer.user_id) | Q(official=viewer.user_id)).values("report")
    seen = rows.filter(state=ReportState.VISITED, pk__in=own_visits).order_by("promised_at", "pk")
    chosen = first.values("pk")[:MOST].union(seen.values("pk")[:MOST], all=True)
    return (
        rows.filter(pk__in=chosen)
        .select_related("town", "offered_by")
        .only(*_SHOWN)
        .annotate(
            own_town=Q(town__office=viewer.organisation_id) if viewer.organisation_id else Value(False, BooleanField()),
            who=Subquery(planned.values("worker__name")[:1]),
            who_phone=Subquery(planned.values("worker__phone")[:1]),
        )
        .order_by("promised_at", "pk")[:MOST]
    )


def waiting(viewer: Viewer) -> list[Waiting]:
    """Reports nobody has, broken promises, hand-overs to my team, own visits without a record; own town first."""
    if not viewer.may(Permission.REPORT_TRIAGE):
        return []
    found = [Waiting(report, _why(viewer, report)) for report in _waiting(viewer, now=clock.now())]
    found.sort(key=lambda entry: (not is_late(entry.report), not entry.rings, not entry.report.own_town))  # type: ignore[attr-defined]
    return found


def _why(viewer: Viewer, report: Report) -> str:
    if report.offered_team_id in viewer.team_ids:
        return "offered"
    if report.state == ReportState.VISITED:
        return "record"
    return "unassigned" if report.state == ReportState.RECEIVED else "late"
