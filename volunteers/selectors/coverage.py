"""The coordinators' week: seats by category and zone, the newest plan and what changed, what is at risk, who rests."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Category, Zone
from volunteers.access import visible_to
from volunteers.models import MatchRun, Offer, Pin, Proposal, Request, Volunteer
from volunteers.selectors.week import WEEK, monday_of
from volunteers.states import LOOKING, Ending, OfferState, RequestState, RunState

#: More than one seat in five empty is a gap to look at; so near to the visit an empty seat is at risk.
GAP_SHARE, AT_RISK = 0.2, timedelta(hours=48)
#: Closed because nobody is wanted any more; other closed requests were visits, made or missed.
NOT_WANTED = (Ending.CLOSED, Ending.AWAY, Ending.STAFF)
MOST_ROWS, OFTEN, LATELY = 60, 4, timedelta(days=30)


@dataclass(frozen=True)
class Cell:
    """Seats of one category in one zone; `share` of them filled."""

    filled: int
    needed: int

    @property
    def missing(self) -> int:
        return self.needed - self.filled

    @property
    def is_gap(self) -> bool:
        return self.missing > self.needed * GAP_SHARE


@dataclass
class Coverage:
    """`rows`: (category, [(zone, cell or None)]); `changes`: how the newest plan differs from the one before."""

    monday: date
    sunday: date
    zones: list[Zone]
    rows: list[tuple[Category, list[tuple[Zone, Cell | None]]]]
    whole: Cell
    run: MatchRun | None
    reasons: list[tuple[str, int]]
    changes: dict[str, int]
    pinned: int
    proposals: list[Proposal] = field(default_factory=list)
    empties: list[tuple[Request, str]] = field(default_factory=list)
    at_risk: list[Request] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)
    rest: list[Volunteer] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.run is not None and self.run.state in (RunState.WAITING, RunState.SOLVING)

    @property
    def may_publish(self) -> bool:
        return self.run is not None and self.run.state == RunState.DONE and self.run.filled > 0


def coverage(viewer: Viewer, monday: date, *, category: str = "", zone: str = "") -> Coverage:
    """One week as this viewer may see it; a category and a zone narrow the proposals. Reads are logged."""
    monday = monday_of(monday)
    seats = _seats(viewer, monday)
    zones = list(Zone.objects.order_by("pk"))
    run, before = _runs(monday)
    rows = [
        (one, [(place, _cell(seats, one.pk, place.pk)) for place in zones]) for one in Category.objects.order_by("pk")
    ]
    page = Coverage(
        monday=monday,
        sunday=monday + timedelta(days=6),
        zones=zones,
        rows=[row for row in rows if any(cell for _, cell in row[1])],
        whole=Cell(sum(one.filled for one in seats.values()), sum(one.needed for one in seats.values())),
        run=run,
        reasons=[],
        changes=_changes(viewer, run, before),
        pinned=visible_to(viewer, Pin)
        .filter(lifted_at=None, wanted=True, request__in=_requests(viewer, monday))
        .count(),
    )
    _with_plan(viewer, page, category, zone)
    page.at_risk = _at_risk(viewer)
    page.asked, page.rest = _asked_often(viewer)
    seen = {row.volunteer_id for row in page.proposals} | {row.pk for row in page.rest}
    audit.read(viewer, "volunteer", sorted(seen), what="plan")
    return page


def newest_run(viewer: Viewer, run_id: int) -> MatchRun | None:
    """The state of a run; no private data stands in it."""
    return MatchRun.objects.filter(pk=run_id).first()


def pins_of(viewer: Viewer, request_id: int) -> dict[str, bool]:
    """Volunteer's id → wanted (or ruled out) for one request."""
    rows = _live_pins(viewer).filter(request_id=request_id).values_list("volunteer_id", "wanted")
    return {str(volunteer): wanted for volunteer, wanted in rows}


def _live_pins(viewer: Viewer) -> "QuerySet[Pin]":
    return visible_to(viewer, Pin).filter(lifted_at=None)


def _requests(viewer: Viewer, monday: date) -> "QuerySet[Request]":
    return visible_to(viewer, Request).filter(
        during__startswith__gte=clock.at(monday, time(0)), during__startswith__lt=clock.at(monday + WEEK, time(0))
    )


def _seats(viewer: Viewer, monday: date) -> dict[tuple[int, int], Cell]:
    live = _requests(viewer, monday).exclude(state=RequestState.CLOSED, ending__in=NOT_WANTED).order_by()
    grouped = live.values_list("service__category_id", "town__zone_id").annotate(Sum("filled"), Sum("seats"))
    return {(category, zone): Cell(filled, needed) for category, zone, filled, needed in grouped}


def _cell(seats: dict[tuple[int, int], Cell], category: int, zone: int) -> Cell | None:
    return seats.get((category, zone))


def _runs(monday: date) -> tuple[MatchRun | None, MatchRun | None]:
    """(the newest run of the week, the newest finished one before it)."""
    rows = list(MatchRun.objects.filter(week=monday).exclude(state=RunState.FAILED).order_by("-pk")[:2])
    return (rows[0] if rows else None), (rows[1] if len(rows) > 1 else None)


def _changes(viewer: Viewer, run: MatchRun | None, before: MatchRun | None) -> dict[str, int]:
    if run is None or before is None or run.state in (RunState.WAITING, RunState.SOLVING):
        return {}
    now, then = (
        set(visible_to(viewer, Proposal).filter(run=one).values_list("request_id", "volunteer_id"))
        for one in (run, before)
    )
    return {"same": len(now & then), "new": len(now - then), "gone": len(then - now)}


def _with_plan(viewer: Viewer, page: Coverage, category: str, zone: str) -> None:
    if page.run is None:
        return
    rows = visible_to(viewer, Proposal).filter(run=page.run)
    if category:
        rows = rows.filter(request__service__category__code=category)
    if zone:
        rows = rows.filter(request__town__zone__code=zone)
    page.proposals = list(
        rows.select_related("volunteer__town", "request__service", "request__town").order_by("request__during", "pk")[
            :MOST_ROWS
        ]
    )
    ids = [int(one) for one in page.run.empties]
    mine = _requests(viewer, page.monday).filter(pk__in=ids, state__in=[RequestState.PLANNED, *LOOKING])
    found = list(mine.select_related("service", "town").order_by("during")[:MOST_ROWS])
    page.empties = [(request, page.run.empties[str(request.pk)]) for request in found]
    page.reasons = Counter(reason for _, reason in page.empties).most_common()


def _at_risk(viewer: Viewer) -> list[Request]:
    """Near, and nobody is sure to come: a seat is empty, or the reminder has no answer."""
    now = clock.now()
    unsure = Q(state=RequestState.FILLED, offers__state=OfferState.SCHEDULED, offers__assured_at=None) & Q(
        offers__reminded_at__isnull=False
    )
    rows = visible_to(viewer, Request).filter(
        Q(state__in=[*LOOKING]) | unsure, during__startswith__gt=now, during__startswith__lte=now + AT_RISK
    )
    return list(rows.distinct().select_related("service", "town").order_by("during")[:MOST_ROWS])


def _asked_often(viewer: Viewer) -> tuple[list[tuple[str, int]], list[Volunteer]]:
    """How many people were asked how often within thirty days, and who has earned a rest: help, never a league."""
    rows = visible_to(viewer, Offer).filter(asked_at__gte=clock.now() - LATELY).order_by()
    counts = dict(rows.values_list("volunteer_id").annotate(Count("pk")))
    bands: dict[str, int] = defaultdict(int)
    for count in counts.values():
        bands["once" if count == 1 else "some" if count < OFTEN else "often"] += 1
    tired = [volunteer for volunteer, count in counts.items() if count >= OFTEN]
    people = visible_to(viewer, Volunteer).filter(pk__in=tired).select_related("town").order_by("name")[:10]
    return [(band, bands[band]) for band in ("once", "some", "often") if bands[band]], list(people)


def option_names(viewer: Viewer, proposals: list[Proposal]) -> dict[str, str]:
    """Id → name of the next best of some proposals."""
    ids: set[Any] = {one["volunteer"] for row in proposals for one in row.others}
    rows = visible_to(viewer, Volunteer).filter(pk__in=ids).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}
