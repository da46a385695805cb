"""What is given twice: the question before a record is written, and the list of open questions (R20, D17)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from cases.models import Overlap, OverlapKind
from cases.rules.checks import Near
from cases.selectors import catalogue
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import OverlapPolicy, Service

MOST = 200
_ASK = (
    "select f.kind, f.record_id, f.provider_id, o.name_ko, f.ends_on, f.same_case, f.given, f.given_won"
    " from hc_overlaps(%s, %s, %s, %s, %s, %s, %s) f left join kernel_organisation o on o.id = f.provider_id"
)


def equivalent(
    viewer: Viewer,
    *,
    case_id: int,
    person_id: int | None,
    service_id: int,
    giver_id: int | None,
    given_on: date,
    until: date | None = None,
    won: int = 0,
    provider_id: int | None = None,
) -> list[Near]:
    """Equivalent services of the same people in the period, and an exceeded quota; the question itself is logged.

    Of records the viewer may not see: the organisation and the end, nothing else; of sensitive services and sealed
    people: nothing at all. The organisations that were named see the question in "who reads us". One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [case_id, person_id, service_id, giver_id or 0, given_on, until, won])
        rows = cursor.fetchall()
    found = [
        Near(kind, record, provider, name or "", ends_on, same_case, given or 0, given_won or 0)
        for kind, record, provider, name, ends_on, same_case, given, given_won in rows
    ]
    owners = {provider_id, *(near.provider_id for near in found)}
    audit.read(viewer, "case", [case_id], owners=owners, what="overlap_check")
    return found


def refuses(service: Service) -> bool:
    """Whether the service's class refuses a second one without words."""
    known = catalogue.by_id(catalogue.services(), service.pk) or service
    kind = known.service_class
    return kind is not None and kind.policy == OverlapPolicy.REFUSE


@dataclass(frozen=True)
class OverlapRow:
    """One open question as the list shows it."""

    overlap: Overlap
    other: str
    days_left: int

    @property
    def late(self) -> bool:
        return self.days_left < 0


def overlaps(viewer: Viewer, *, kind: str = "", mine: bool = False, most: int = MOST) -> list[OverlapRow]:
    """Open questions, those that wait longest first; the reads are logged. One query."""
    rows = _open(viewer, kind=kind, mine=mine)
    related = (
        "case__main_person",
        "case__lead",
        "record__service",
        "record__provider",
        "service_class",
        "other_provider",
    )
    listed = list(rows.select_related(*related).order_by("answer_due", "pk")[:most])
    if listed:
        owners = {row.provider_id for row in listed}
        audit.read(viewer, "case", [row.case_id for row in listed], owners=owners, what="list")
    today = clock.today()
    return [
        OverlapRow(row, row.other_provider.name if row.other_provider else "", (row.answer_due - today).days)
        for row in listed
    ]


def overlap_counts(viewer: Viewer) -> dict[str, int]:
    """Open questions by kind, and how many are mine; the same rows as the list's."""
    counts: dict[str, int] = {str(kind): 0 for kind in OverlapKind}
    mine = total = 0
    for kind, lead_id in _open(viewer).values_list("kind", "case__lead_id"):
        counts[kind] += 1
        total += 1
        mine += lead_id == viewer.user_id
    return {**counts, "all": total, "mine": mine}


def _open(viewer: Viewer, *, kind: str = "", mine: bool = False) -> QuerySet[Overlap]:
    rows = visible_to(viewer, Overlap).filter(answered_at=None)
    if kind in set(OverlapKind):
        rows = rows.filter(kind=kind)
    return rows.filter(case__lead_id=viewer.user_id) if mine else rows


def open_overlap(viewer: Viewer, overlap_id: int) -> Overlap | None:
    related = ("case__main_person", "record__service", "record__provider", "service_class", "other_provider")
    return visible_to(viewer, Overlap).select_related(*related).filter(pk=overlap_id).first()


def answered_lately(viewer: Viewer, days: int = 30, most: int = 20) -> list[Any]:
    since = clock.now() - timedelta(days=days)
    rows = visible_to(viewer, Overlap).filter(answered_at__gte=since).annotate(number=F("case__number"))
    return list(rows.select_related("service_class", "answered_by").order_by("-answered_at")[:most])
