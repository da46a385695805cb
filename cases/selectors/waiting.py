"""Which reports wait for me: those nobody has, broken promises, hand-overs to my team, visits without a record."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, Value

from cases.models import Report, Visit
from cases.selectors.inbox import OPEN, is_danger, is_late
from cases.states import ReportState
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.permissions import Permission
from hopecare.kernel.prepared import prepared


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
    own_visit = Visit.objects.filter(report=OuterRef("pk")).filter(
        Q(worker=viewer.user_id) | Q(official=viewer.user_id)
    )
    planned = Visit.objects.filter(report=OuterRef("pk"), result="").order_by("-pk")
    chosen = (
        Q(state=ReportState.RECEIVED)
        | Q(state=ReportState.ASSIGNED, looked_at=None, promised_at__lt=blank.now)
        | Q(Exists(own_visit), state=ReportState.VISITED)
    )
    return (
        visible_to(viewer, Report)
        .filter(chosen, state__in=OPEN)
        .select_related("town", "offered_by", "offered_provider")
        .annotate(
            own_town=Q(town__office=viewer.organisation_id) if viewer.organisation_id else Value(False, BooleanField()),
            who=Subquery(planned.values("worker__name")[:1]),
            who_phone=Subquery(planned.values("worker__phone")[:1]),
        )
        .order_by("promised_at", "pk")[:60]
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
