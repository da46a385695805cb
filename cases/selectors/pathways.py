"""Longer help in steps: of one case, all that are under way, what is to be asked, rooms (R39, R40, R46)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet

from cases.models import Case, Pathway, PathwayCheck, PathwayPhoto, PathwayStep, PathwayWage, Resource
from cases.rules import pathways as rules
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, check, get_visible, visible_to
from hopecare.kernel.models import Document
from hopecare.kernel.permissions import Permission

MOST = 200
_RELATED = ("case__main_person", "case__lead", "person", "place__owner", "by")
#: A question is put this long before its day.
AHEAD_DAYS = 14


def kinds_for(viewer: Viewer) -> list[rules.Kind]:
    """What this role may begin: a kind in a section only where the role opens the section."""
    return [kind for kind in rules.kinds().values() if not kind.section or kind.section in viewer.sections]


def pathways_of(viewer: Viewer, case: Case) -> list[Pathway]:
    """All of one case, open ones first. One query."""
    rows = visible_to(viewer, Pathway).filter(case=case).select_related(*_RELATED)
    return sorted(rows.order_by("-since", "-pk"), key=lambda row: not row.is_open)


def pathway_of(viewer: Viewer, case: Case, pathway_id: int) -> Pathway:
    return get_visible(viewer, Pathway, named="pathway", select=_RELATED, pk=pathway_id, case=case)


@dataclass(frozen=True)
class History:
    steps: Sequence[PathwayStep]
    checks: Sequence[PathwayCheck]
    photos: Sequence[PathwayPhoto]
    wages: Mapping[tuple[str, int], PathwayWage]


def reads_wages(viewer: Viewer, case_id: int) -> bool:
    """Whether what somebody earns is open to this viewer: by the role, or as the case's lead."""
    return "work" in viewer.sections or case_id in viewer.reach.led


def history(viewer: Viewer, pathway: Pathway) -> History:
    """Steps and checks in their order, photos before and after, wages by step and months. Four queries."""
    return History(
        list(visible_to(viewer, PathwayStep).filter(pathway=pathway).select_related("by").order_by("on", "pk")),
        list(
            visible_to(viewer, PathwayCheck)
            .filter(Q(done_on__isnull=False) | Q(pathway__ended_on=None), pathway=pathway)
            .select_related("by")
            .order_by("due_on", "pk")
        ),
        list(visible_to(viewer, PathwayPhoto).filter(pathway=pathway).order_by("-moment", "pk")),
        {(one.step, one.months): one for one in visible_to(viewer, PathwayWage).filter(pathway=pathway)},
    )


def under_way(viewer: Viewer, *, kind: str, mine: bool) -> Sequence[Pathway]:
    """Open ones, those that were not moved for longest first; the reads are logged. Two queries."""
    open_checks = Prefetch(
        "checks", visible_to(viewer, PathwayCheck).filter(done_on=None).order_by("due_on"), to_attr="to_ask"
    )
    rows = _open(viewer, mine).filter(kind=kind) if kind else _open(viewer, mine)
    found = list(rows.select_related(*_RELATED).prefetch_related(open_checks).order_by("since", "pk")[:MOST])
    if found:
        audit.read(
            viewer, "case", [row.case_id for row in found], owners={row.provider_id for row in found}, what="list"
        )
    return found


def funnel(viewer: Viewer) -> dict[str, dict[str, int]]:
    """Kind → step → how many ever reached it, and `open`; of what the viewer sees. Two queries."""
    check(viewer, Permission.CASE_SERVICE)
    counts: dict[str, dict[str, int]] = {code: {"open": 0} for code in rules.kinds()}
    reached = visible_to(viewer, PathwayStep).values_list("pathway__kind", "step").annotate(n=Count("pk")).order_by()
    for kind, step, many in reached:
        counts[kind][step] = many
    for kind, many in _open(viewer, False).values_list("kind").annotate(n=Count("pk")).order_by():
        counts[kind]["open"] = many
    return counts


def _open(viewer: Viewer, mine: bool) -> QuerySet[Pathway]:
    check(viewer, Permission.CASE_SERVICE)
    rows = visible_to(viewer, Pathway).filter(ended_on=None)
    return rows.filter(Q(by=viewer.user_id) | Q(case__lead=viewer.user_id)) if mine else rows


def is_late(checks: Sequence[PathwayCheck]) -> bool:
    return any(one.due_on <= clock.today() for one in checks)


def to_ask_now(checks: Sequence[PathwayCheck]) -> PathwayCheck | None:
    """The first question whose day is near or past."""
    until = clock.today() + timedelta(days=AHEAD_DAYS)
    return next((one for one in checks if one.done_on is None and one.due_on <= until), None)


def places(kind: rules.Kind) -> list[Resource]:
    """Where such help happens: entries of the directory, those with rooms where it is lived in."""
    rows = Resource.objects.filter(ended_on=None).select_related("owner").order_by("name")
    return list(rows.filter(capacity__gt=0, category__code="housing") if kind.lived_in else rows)


def rooms_taken(viewer: Viewer, place: Resource, *, but: int = 0) -> frozenset[int]:
    """Rooms of a house that somebody whom the viewer sees lives in; the database knows of all others."""
    rows = visible_to(viewer, Pathway).filter(place=place, ended_on=None, room__isnull=False).exclude(pk=but)
    return frozenset(room for room in rows.values_list("room", flat=True) if room)


def photo(viewer: Viewer, case: Case, photo_id: int) -> Document | None:
    """A picture of a room; None when it is not there for the viewer."""
    row = visible_to(viewer, PathwayPhoto).filter(pk=photo_id, case=case).first()
    return visible_to(viewer, Document).filter(pk=row.document_id).first() if row else None


def earning_kinds() -> list[str]:
    """Codes of the ways on which somebody earns (R79)."""
    return [kind.code for kind in rules.kinds().values() if kind.told.get("wages")]


def checks_due(until: date) -> list[PathwayCheck]:
    """For the principal `sweep`: what is to be asked by that day, of open cases."""
    rows = PathwayCheck.objects.filter(done_on=None, due_on__lte=until, pathway__ended_on=None, case__closed_at=None)
    return list(rows.select_related("case", "pathway").order_by("pk"))
