"""The desk's inbox: reports of one's team, newest and urgent first, and one report with what lies near it (D2, D3).

A report is read by people who triage alone; every list and every detail is logged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case as Choice
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import get_language

from cases import access
from cases.models import Report, ReportPhoto, Seen, Urgency, Visit, VisitResult
from cases.rules import triage as rules
from cases.rules.reports import reporter_kinds
from cases.selectors.colleagues import Colleague, colleagues
from cases.states import ReportState
from hopecare.kernel import audit, clock, codes, phones
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Document, Zone

PAGE = 20
NEAR_MOST = 400
OPEN = (ReportState.RECEIVED, ReportState.ASSIGNED, ReportState.VISITED)
WAITING = (ReportState.RECEIVED, ReportState.ASSIGNED)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DANGER = Q(urgency=Urgency.DANGER) | Q(danger_words=True)


@dataclass(frozen=True)
class Wanted:
    """What the inbox should show. `show`: open, unassigned, mine, past; `order`: urgent, promise; `after`: page key."""

    zone: str = ""
    show: str = "open"
    order: str = "urgent"
    after: str = ""


@dataclass(frozen=True)
class InboxRow:
    """One report with its planned or last visit and how many others lie near."""

    report: Report
    visit: Visit | None
    near: int = 0

    @property
    def rings(self) -> bool:
        return is_danger(self.report)

    @property
    def is_late(self) -> bool:
        return is_late(self.report)

    @property
    def code(self) -> str:
        return codes.shown(self.report.code)

    @property
    def seen(self) -> list[Any]:
        return seen_words(self.report)


@dataclass(frozen=True)
class Inbox:
    rows: Sequence[InboxRow]
    next_key: str
    counts: dict[str, int]
    looked_at: datetime


def seen_words(report: Report) -> list[Any]:
    """What was seen, as words on buttons."""
    return [Seen(code).label for code in report.seen if code in Seen.values]


def may_join(near: Report) -> bool:
    """Open, or finished without a case: an old note of a house tells more beside a new one."""
    stands_alone = near.case_id is None and near.offered_team_id is None
    return stands_alone and (near.is_open or near.state == ReportState.CLOSED)


def is_danger(report: Report) -> bool:
    return report.urgency == Urgency.DANGER or report.danger_words


def is_late(report: Report) -> bool:
    """A promise is broken when nobody has looked by then."""
    return report.state in WAITING and report.looked_at is None and report.promised_at < clock.now()


def inbox(viewer: Viewer, wanted: Wanted) -> Inbox:
    """One page of reports; four queries whatever its length."""
    rows = visible_to(viewer, Report)
    if wanted.zone:
        rows = rows.filter(Q(town__zone__code=wanted.zone) | Q(town=None, team__zone__code=wanted.zone))
    page = list(_ordered(_chosen(viewer, rows, wanted.show), wanted).select_related("town")[: PAGE + 1])
    shown = page[:PAGE]
    visits = _visits([report.pk for report in shown])
    near = _near_counts(viewer, [report for report in shown if report.state == ReportState.RECEIVED])
    audit.read(
        viewer, "report", [report.pk for report in shown], owners={report.provider_id for report in shown}, what="list"
    )
    return Inbox(
        [InboxRow(report, visits.get(report.pk), near.get(report.pk, 0)) for report in shown],
        _key(shown[-1], wanted.order) if len(page) > PAGE else "",
        open_counts(viewer, wanted.zone),
        clock.now(),
    )


def open_counts(viewer: Viewer, zone: str = "") -> dict[str, int]:
    """Still open, promise broken, nobody assigned."""
    rows = visible_to(viewer, Report).filter(state__in=OPEN)
    if zone:
        rows = rows.filter(Q(town__zone__code=zone) | Q(town=None, team__zone__code=zone))
    late = Q(state__in=WAITING, looked_at=None, promised_at__lt=clock.now())
    return rows.aggregate(
        open=Count("pk"), late=Count("pk", filter=late), unassigned=Count("pk", filter=Q(state=ReportState.RECEIVED))
    )


def _chosen(viewer: Viewer, rows: QuerySet[Report], show: str) -> QuerySet[Report]:
    match show:
        case "unassigned":
            return rows.filter(state=ReportState.RECEIVED)
        case "mine":
            mine = Visit.objects.filter(Q(official=viewer.user_id) | Q(worker=viewer.user_id)).values("report")
            return rows.filter(state__in=OPEN, pk__in=mine)
        case "past":
            return rows.exclude(state__in=OPEN)
    return rows.filter(state__in=OPEN)


def _ordered(rows: QuerySet[Report], wanted: Wanted) -> QuerySet[Report]:
    """Danger on top while it is open, then the newest; or by promise. Pages go on by key, never by number."""
    if wanted.order == "promise":
        key = _read_key(wanted.after)
        if key:
            rows = rows.filter(Q(promised_at__gt=key[1]) | Q(promised_at=key[1], pk__gt=key[2]))
        return rows.order_by("promised_at", "pk")
    calm = When(_DANGER & Q(state__in=WAITING), then=Value(0))
    rows = rows.annotate(rank=Choice(calm, default=Value(1), output_field=IntegerField()))
    key = _read_key(wanted.after)
    if key:
        rank, moment, pk = key
        later = Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=pk)
        rows = rows.filter(Q(rank__gt=rank) | Q(rank=rank) & later)
    return rows.order_by("rank", "-received_at", "-pk")


def _key(report: Report, order: str) -> str:
    moment = report.promised_at if order == "promise" else report.received_at
    micros = (moment - _EPOCH) // timedelta(microseconds=1)
    return f"{getattr(report, 'rank', 0)}-{micros}-{report.pk}"


def _read_key(text: str) -> tuple[int, datetime, int] | None:
    """A key that nobody could have been given shows the first page."""
    parts = text.split("-")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 18 for part in parts):
        return None
    rank, micros, pk = (int(part) for part in parts)
    try:
        return rank, _EPOCH + timedelta(microseconds=micros), pk
    except OverflowError:
        return None


def _visits(report_ids: list[int]) -> dict[int, Visit]:
    """The newest visit of each report."""
    rows = Visit.objects.filter(report__in=report_ids).select_related("official", "worker").order_by("pk")
    return {visit.report_id: visit for visit in rows if visit.report_id}


_SPOT = ("pk", "town_id", "lat", "lon", "directions", "reporter_phone_hash")


def _near_counts(viewer: Viewer, reports: list[Report]) -> dict[int, int]:
    """How many other open reports of the last 90 days may be about the same house, for each of these."""
    if not reports:
        return {}
    rows = _candidates(viewer, reports).exclude(state=ReportState.JOINED).filter(case=None)
    others = [(rules.Spot(*row), state) for *row, state in rows.values_list(*_SPOT, "looks", "state")[:NEAR_MOST]]
    own = {spot.id: spot for spot, _ in others}
    return {
        report.pk: sum(_counts(report, own.get(report.pk) or _spot(report), spot, state) for spot, state in others)
        for report in reports
    }


def _counts(report: Report, own: rules.Spot, other: rules.Spot, state: str) -> bool:
    """Open ones that lie near for any reason, finished ones by distance alone: common words would raise false hopes."""
    if other.id == report.pk or other.id in report.not_same:
        return False
    nearness = rules.nearness(own, other)
    if nearness is None:
        return False
    return state in OPEN or (nearness.metres is not None and nearness.metres <= rules.NEAR_METRES)


def _spot(report: Report) -> rules.Spot:
    """With what its photos look like, where `_candidates` has read the report."""
    return rules.Spot(
        report.pk,
        report.town_id,
        report.lat,
        report.lon,
        report.directions,
        report.reporter_phone_hash,
        getattr(report, "looks", ()),
    )


def _candidates(viewer: Viewer, reports: Iterable[Report]) -> QuerySet[Report]:
    """Reports of the last 90 days in the same towns, within a box of 500 m, or from the same telephone."""
    chosen = Q(town=None)
    for report in reports:
        if report.town_id:
            chosen |= Q(town=report.town_id)
        if report.reporter_phone_hash:
            chosen |= Q(reporter_phone_hash=report.reporter_phone_hash)
        if report.lat is not None and report.lon is not None:
            chosen |= Q(lat__range=(report.lat - 0.005, report.lat + 0.005),
                        lon__range=(report.lon - 0.006, report.lon + 0.006))  # fmt: skip
    since = clock.now() - rules.LOOK_BACK
    rows = visible_to(viewer, Report).filter(received_at__gte=since).exclude(state=ReportState.WITHDRAWN)
    looks = ReportPhoto.objects.filter(report=OuterRef("pk"), look__isnull=False).order_by("pk").values("look")
    return rows.filter(chosen).annotate(looks=ArraySubquery(looks)).order_by("-received_at")


@dataclass(frozen=True)
class NearReport:
    """Another report that may be about the same house; `nearness` says why, `may_join` whether it is still open."""

    report: Report
    nearness: rules.Nearness
    may_join: bool

    @property
    def reporter(self) -> str:
        return reporter_name(self.report)

    @property
    def code(self) -> str:
        return codes.shown(self.report.code)


@dataclass(frozen=True)
class Detail:
    """One report as the desk reads it; `planned` is the visit that waits for its result."""

    report: Report
    visits: Sequence[Visit]
    photos: Sequence[int]
    near: Sequence[NearReport]
    joined: Sequence[Report]
    team: Sequence[Colleague] = field(default_factory=list)

    @property
    def code(self) -> str:
        return codes.shown(self.report.code)

    @property
    def seen(self) -> list[Any]:
        return seen_words(self.report)

    @property
    def further_near(self) -> int:
        return max(0, len(self.near) - 1)

    @property
    def reporter_phone(self) -> str:
        return phones.shown(self.report.reporter_phone)

    @property
    def planned(self) -> Visit | None:
        return next((visit for visit in self.visits if not visit.result), None)

    @property
    def last(self) -> Visit | None:
        return next((visit for visit in reversed(self.visits) if visit.result), None)

    @property
    def rings(self) -> bool:
        return is_danger(self.report) or any(visit.result == VisitResult.DANGER for visit in self.visits)

    @property
    def is_late(self) -> bool:
        return is_late(self.report)

    @property
    def reporter(self) -> str:
        return reporter_name(self.report)


def detail(viewer: Viewer, code: str) -> Detail:
    """The report with this code, its read logged; NotFound for everybody else."""
    report = access.report_for(viewer, code)
    visits = visible_to(viewer, Visit).filter(report=report).select_related("official", "worker", "recorded_by")
    photos = visible_to(viewer, ReportPhoto).filter(report=report).order_by("pk").values_list("document_id", flat=True)
    joined = visible_to(viewer, Report).filter(joined_to=report).order_by("received_at")
    return Detail(
        report,
        list(visits.order_by("pk")),
        list(photos),
        _near(viewer, report) if report.is_open else [],
        list(joined),
        colleagues([report.team_id]) if report.is_open else [],
    )


def _near(viewer: Viewer, report: Report) -> list[NearReport]:
    found = []
    others = list(_candidates(viewer, [report])[:NEAR_MOST])
    own = _spot(next((other for other in others if other.pk == report.pk), report))
    for other in others:
        if other.pk in {report.pk, report.joined_to_id} or other.pk in report.not_same or other.joined_to_id:
            continue
        nearness = rules.nearness(own, _spot(other))
        if nearness:
            found.append(NearReport(other, nearness, may_join(other)))
    return sorted(found, key=lambda near: (not near.may_join, near.nearness.metres is None, near.nearness.metres))[:5]


def reporter_name(report: Report) -> str:
    """Who reports, by kind (K4), in the reader's language."""
    kind = next((kind for kind in reporter_kinds() if kind["code"] == report.reporter_kind), None)
    if kind is None:
        return ""
    return str(kind["name_ko" if (get_language() or "ko").startswith("ko") else "name_en"])


def photo(viewer: Viewer, document_id: int) -> Document | None:
    """A photo of a report that the viewer may see, its read logged; None otherwise."""
    shown = visible_to(viewer, ReportPhoto).filter(document=document_id).select_related("report").first()
    document = visible_to(viewer, Document).filter(pk=document_id).first()
    if shown is None or document is None:
        return None
    audit.read(viewer, "report", [shown.report_id], owners=[shown.provider_id], what="photo")
    return document


def zones() -> list[Zone]:
    return list(Zone.objects.order_by("pk"))
