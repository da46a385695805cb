"""Cases at hand: for a note in seconds, and for handing several over at once."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from cases.models import Case, Complexity
from cases.selectors.search import matching_case_ids
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.permissions import Permission

AT_HAND, FOUND, LISTED = 8, 12, 100
_RELATED = ("main_person__safe_contact", "town", "lead")


def at_hand(viewer: Viewer, *, line: str = "", number: str = "") -> list[Case]:
    """The case that was open, those that a search line finds, else the own ones worked on last."""
    check(viewer, Permission.CASE_ASSESS)
    rows = visible_to(viewer, Case).select_related(*_RELATED)
    if line.strip():
        ids = matching_case_ids(viewer, line, most=FOUND)
        rows = rows.filter(pk__in=ids)
    elif number:
        rows = rows.filter(number=number)
    else:
        rows = rows.filter(lead=viewer.user_id, closed_at=None)
    found = list(rows.order_by("-updated_at", "-pk")[: FOUND if line.strip() else AT_HAND])
    audit.read(viewer, "case", [case.pk for case in found], owners={case.provider_id for case in found}, what="note")
    return found


def one_at_hand(viewer: Viewer, number: str) -> Case | None:
    """The visible case of this number, to ask who lives there; whoever reads it logs the read."""
    return visible_to(viewer, Case).filter(number=number).first() if number else None


@dataclass(frozen=True)
class Loaded:
    """A case with its weight; 0 where nothing was weighed yet."""

    case: Case
    weight: int


def led_by(viewer: Viewer, lead_id: int | None) -> list[Loaded]:
    """Open cases of the viewer's teams led by one person, the heaviest first."""
    check(viewer, Permission.CASE_LEAD)
    newest = Complexity.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk").values("score")[:1]
    rows = visible_to(viewer, Case).filter(Q(team__in=viewer.team_ids), closed_at=None, lead=lead_id or 0)
    rows = rows.select_related("main_person", "town").annotate(weight=Subquery(newest)).order_by("-updated_at")
    found = [Loaded(case, case.weight or 0) for case in rows[:LISTED]]
    audit.read(
        viewer, "case", [one.case.pk for one in found], owners={one.case.provider_id for one in found}, what="list"
    )
    return sorted(found, key=lambda one: (-one.weight, one.case.pk))


def left_by(viewer: Viewer, lead_id: int) -> list[Case]:
    """Open cases that a colleague leads, as far as the viewer sees them, the latest first; no protected ones (D5)."""
    rows = visible_to(viewer, Case).filter(lead=lead_id, closed_at=None).exclude(pk__among=viewer.reach.sealed)
    found = list(rows.select_related("main_person", "town").order_by("-updated_at", "-pk")[:LISTED])
    owners = {case.provider_id for case in found}
    audit.read(viewer, "case", [case.pk for case in found], owners=owners, what="list")
    return found


def loads(viewer: Viewer) -> dict[int, tuple[int, int]]:
    """Account → (open cases led, their weight together) in the viewer's teams."""
    newest = Complexity.objects.filter(case=OuterRef("pk")).order_by("-at", "-pk").values("score")[:1]
    rows = visible_to(viewer, Case).filter(team__in=viewer.team_ids, closed_at=None).annotate(weight=Subquery(newest))
    found: dict[int, tuple[int, int]] = {}
    for lead_id, weight in rows.order_by().values_list("lead_id", "weight"):
        count, total = found.get(lead_id, (0, 0))
        found[lead_id] = (count + 1, total + (weight or 0))
    return found
