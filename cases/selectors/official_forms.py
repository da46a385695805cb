"""What stands in the ministry's forms for one case, and what is not carried over yet (K1). Looks are logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery

from cases.models import (
    AftercareCheck,
    Case,
    Conference,
    EntryKind,
    Intake,
    NeedAnswer,
    Phase,
    Plan,
    RiskFlag,
    ServiceRecord,
    TimelineEntry,
)
from cases.rules import official_forms as rules
from cases.rules.complexity import hazard_kinds
from cases.selectors.case_page import CaseView, case_view, timeline_of
from cases.selectors.conferences import Meeting, meeting_of
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check, get_visible, visible_to
from hopecare.kernel.models import Address, Coverage
from hopecare.kernel.permissions import Permission

WAY = "official_form"
MOST_CASES, MOST_SERVICES = 400, 100


@dataclass(frozen=True)
class Facts:
    """Everything of a case that a form may hold, as far as the viewer may see it."""

    view: CaseView
    address: Address | None
    coverage: str
    intake: Intake | None
    meeting: Meeting | None
    plan: Plan | None
    risks: list[RiskFlag]
    services: list[ServiceRecord]
    contacts: list[dict[str, Any]]
    since: Mapping[str, datetime]
    carried: Mapping[str, TimelineEntry]


@dataclass(frozen=True)
class Waiting:
    """A form of a case that is not carried over yet; `again`: it was, and something has changed since."""

    case: Case
    code: str
    since: datetime
    again: bool


def facts(viewer: Viewer, number: str) -> Facts:
    """NotFound where the case is out of sight."""
    check(viewer, Permission.CASE_ASSESS)
    view = case_view(viewer, number)
    case = view.case
    rows = _dated(viewer, visible_to(viewer, Case).filter(pk=case.pk)).get()
    home = {"household": case.household_id, "ends_on": None}
    coverage = visible_to(viewer, Coverage).filter(**home).first()
    held = visible_to(viewer, Conference).filter(case=case, held_at__isnull=False).order_by("-held_at").first()
    services = visible_to(viewer, ServiceRecord).filter(case=case).select_related("service", "provider")
    flags = visible_to(viewer, RiskFlag).filter(case=case, ended_at=None).exclude(kind__in=hazard_kinds())
    return Facts(
        view=view,
        address=visible_to(viewer, Address).filter(**home).order_by("-pk").first(),
        coverage=coverage.coverage_class if coverage else "",
        intake=visible_to(viewer, Intake).filter(case=case).order_by("pk").first(),
        meeting=meeting_of(viewer, case, held.pk) if held else None,
        plan=visible_to(viewer, Plan).filter(case=case).order_by("-made_at", "-pk").first(),
        risks=list(flags.order_by("pk")),
        services=list(services.order_by("-given_on", "-pk")[:MOST_SERVICES]),
        contacts=timeline_of(viewer, case, show="contact", most=10),
        since=_since(rows),
        carried=_carried(viewer, [case.pk]).get(case.pk, {}),
    )


def waiting(viewer: Viewer) -> list[Waiting]:
    """Forms of the cases the viewer leads, those that wait longest first."""
    check(viewer, Permission.CASE_ASSESS)
    mine = visible_to(viewer, Case).filter(lead=viewer.user_id).select_related("main_person", "town")
    rows = list(_dated(viewer, mine.order_by("-updated_at", "-pk"))[:MOST_CASES])
    carried = _carried(viewer, [row.pk for row in rows])
    found = [
        Waiting(row, code, since, again=code in carried.get(row.pk, {}))
        for row in rows
        for code, since in _since(row).items()
        if rules.is_open(since, carried[row.pk][code].at if code in carried.get(row.pk, {}) else None)
    ]
    audit.read(viewer, "case", [one.case.pk for one in found], owners={one.case.provider_id for one in found})
    return sorted(found, key=lambda one: (one.since, one.case.pk))


def fetched(viewer: Viewer, number: str, *, reason: str) -> Facts:
    """The same, to leave as a file: a reason first, which stands in the log beside what was taken along (K9)."""
    check(viewer, Permission.CASE_EXPORT)
    if not reason.strip():
        raise errors.Impossible(errors.required("reason"))
    case = get_visible(viewer, Case, named="case", number=number)
    audit.read(viewer, "case", [case.pk], owners=[case.provider_id], what="export")
    audit.changed(viewer, "case", [case.pk], "exported", owners=[case.provider_id], reason=reason.strip()[:200])
    return facts(viewer, number)


def _dated(viewer: Viewer, cases: "QuerySet[Case]") -> "QuerySet[Case]":
    """The day of the newest content of each form, beside the case."""

    def newest(model: Any, field: str, **lookup: Any) -> Subquery:
        rows = visible_to(viewer, model).filter(case=OuterRef("pk"), **lookup).order_by().values("case")
        return Subquery(rows.annotate(newest=Max(field)).values("newest"))

    return cases.annotate(
        surveyed=newest(NeedAnswer, "asked_at", phase=Phase.OPEN),
        met=newest(Conference, "held_at"),
        planned=newest(Plan, "made_at"),
        reviewed=newest(NeedAnswer, "asked_at", phase=Phase.REVIEW),
        cared=newest(AftercareCheck, "done_on"),
        began=F("opened_at"),
    )


def _since(row: Any) -> dict[str, datetime]:
    cared = clock.at(row.cared, time(0)) if row.cared else None
    moments = (row.began, row.surveyed, row.met, row.planned, row.reviewed, row.closed_at, cared)
    return {code: at for code, at in zip(rules.forms(), moments, strict=True) if at is not None}


def _carried(viewer: Viewer, ids: list[int]) -> dict[int, dict[str, TimelineEntry]]:
    """Case id → form → the newest entry that says that it was carried over."""
    rows = visible_to(viewer, TimelineEntry).filter(case__in=ids, kind=EntryKind.NOTE, details__way=WAY)
    found: dict[int, dict[str, TimelineEntry]] = {}
    for row in rows.order_by("at", "pk"):
        found.setdefault(row.case_id, {})[row.details.get("form", "")] = row
    return found
