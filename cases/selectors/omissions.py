"""What nobody gives or does, as a worklist: kind by kind, the most pressing first (R20)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cases.models import Omission, OmissionKind
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, visible_to

MOST = 200


@dataclass(frozen=True)
class OmissionRow:
    omission: Omission
    days_left: int
    days_since: int

    @property
    def late(self) -> bool:
        return self.days_left < 0


def omissions(viewer: Viewer, *, kind: str = "", mine: bool = False, most: int = MOST) -> list[OmissionRow]:
    """Open questions by the day they want an answer; the reads are logged. One query."""
    related = ("case__main_person", "case__lead", "person", "category")
    listed = list(_open(viewer, kind=kind, mine=mine).select_related(*related).order_by("answer_due", "pk")[:most])
    if listed:
        owners = {row.provider_id for row in listed}
        audit.read(viewer, "case", [row.case_id for row in listed], owners=owners, what="list")
    today: date = clock.today()
    return [OmissionRow(row, (row.answer_due - today).days, (today - row.about_on).days) for row in listed]


def omission_counts(viewer: Viewer) -> dict[str, int]:
    """Open questions by kind, how many in all and how many are mine; the same rows as the list's."""
    counts: dict[str, int] = {str(kind): 0 for kind in OmissionKind}
    mine = total = 0
    for kind, lead_id in _open(viewer).values_list("kind", "case__lead_id"):
        counts[kind] += 1
        total += 1
        mine += lead_id == viewer.user_id
    return {**counts, "all": total, "mine": mine}


def _open(viewer: Viewer, *, kind: str = "", mine: bool = False) -> QuerySet[Omission]:
    rows = visible_to(viewer, Omission).filter(answered_at=None)
    if kind in set(OmissionKind):
        rows = rows.filter(kind=kind)
    return rows.filter(case__lead_id=viewer.user_id) if mine else rows


def open_omission(viewer: Viewer, omission_id: int) -> Omission | None:
    related = ("case__main_person", "person", "category")
    return visible_to(viewer, Omission).select_related(*related).filter(pk=omission_id).first()
