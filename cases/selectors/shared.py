"""What other organisations share with ours, as far as the agreement and the ground go (R9, R18, K6)."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from cases.access import shared_notes_since
from cases.models import Action, CaseShare, Plan, TimelineEntry
from cases.selectors import catalogue
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Organisation


@dataclass(frozen=True)
class SharedCase:
    """Level 0: that it exists and whom to ring. 1: whose, category and dates. 2: the plan. 3: notes."""

    case_id: int
    number: str
    owner: Organisation
    level: int
    name: str
    dates: list[dict[str, Any]] = field(default_factory=list)
    plan: Plan | None = None
    actions: list[Action] = field(default_factory=list)
    notes: list[TimelineEntry] = field(default_factory=list)
    notes_since: date | None = None


def shared_cases(viewer: Viewer) -> list[SharedCase]:
    """Every open case in which the viewer's organisation takes part, by number; the reads are logged."""
    with connection.cursor() as cursor:
        cursor.execute("select case_id, number, provider_id, level, name from hc_shared_cases()")
        rows = cursor.fetchall()
    owners = {row.pk: row for row in Organisation.objects.filter(pk__in={row[2] for row in rows})}
    found = [SharedCase(case_id, number, owners[owner], level, name) for case_id, number, owner, level, name in rows]
    if found:
        audit.read(viewer, "case", [row.case_id for row in found], owners=owners, what="list")
    return found


def shared_case(viewer: Viewer, number: str) -> SharedCase:
    """One of them with what its level opens; NotFound (logged as refused) otherwise."""
    row = next((row for row in shared_cases(viewer) if row.number == number), None)
    if row is None:
        raise errors.NotFound("case", number)
    audit.read(viewer, "case", [row.case_id], owners=[row.owner.pk], what="view_shared")
    actions = visible_to(viewer, Action).filter(case_id=row.case_id).select_related("category", "owner_organisation")
    notes = visible_to(viewer, TimelineEntry).filter(case_id=row.case_id).order_by("-at", "-pk")
    return SharedCase(
        row.case_id,
        row.number,
        row.owner,
        row.level,
        row.name,
        dates=_dates(row.case_id) if row.level >= 1 else [],
        plan=visible_to(viewer, Plan).filter(case_id=row.case_id).order_by("-made_at").first(),
        actions=list(actions.order_by("due_on", "pk")[:50]) if row.level >= 2 else [],
        notes=list(notes[:50]) if row.level >= 3 else [],
        notes_since=shared_notes_since(viewer, row.case_id) if row.level >= 3 else None,
    )


def _dates(case_id: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("select category_id, provider_id, given_on, until from hc_shared_dates(%s)", [case_id])
        rows: list[tuple[int, int, date, date | None]] = cursor.fetchall()
    houses = {row.pk: row for row in Organisation.objects.filter(pk__in={row[1] for row in rows})}
    return [
        {
            "category": catalogue.by_id(catalogue.categories(), category),
            "house": houses[house],
            "given_on": on,
            "until": end,
        }
        for category, house, on, end in rows
    ]


def shares_of(viewer: Viewer, case_id: int) -> list[CaseShare]:
    """Organisations that take part in a visible case now."""
    rows = visible_to(viewer, CaseShare).filter(case_id=case_id, ended_at=None)
    return list(rows.select_related("organisation").order_by("shared_at"))
