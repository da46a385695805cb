"""Files that leave the house: the same predicate as every list, and a reason for each (K9)."""

from django.db.models import F, OuterRef, Subquery

from cases.models import Case, ServiceRecord
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.permissions import Permission

MOST = 20_000
_FORMULA = ("=", "+", "-", "@", "\t")


def exported_services(viewer: Viewer, *, reason: str) -> list[list[str]]:
    """Head and lines: case number, day, until, service, organisation, won. This year's, the newest first.

    What the house gave in somebody else's case has a line without a number unless that case may be seen.
    Raises Impossible without a reason. What was taken along is one row of the read log with the reason beside it.
    """
    check(viewer, Permission.CASE_EXPORT)
    if not reason.strip():
        raise errors.Impossible(errors.required("reason"))
    rows = visible_to(viewer, ServiceRecord).filter(given_on__gte=clock.today().replace(month=1, day=1))
    number = Subquery(visible_to(viewer, Case).filter(pk=OuterRef("case_id")).values("number")[:1])
    named = rows.annotate(number=number, what=F("service__name_ko"), house=F("provider__name_ko"))
    listed = list(named.order_by("-given_on", "-pk")[:MOST])
    cases, owners = sorted({row.case_id for row in listed}), {row.provider_id for row in listed}
    audit.read(viewer, "case", cases, owners=owners, what="export")
    audit.changed(viewer, "case", cases, "exported", owners=owners, reason=reason.strip()[:200], lines=len(listed))
    head = ["case", "day", "until", "service", "organisation", "won"]
    return [head, *([safe(cell) for cell in _line(row)] for row in listed)]


def _line(row: ServiceRecord) -> list[str]:
    number, what, house = row.number, row.what, row.house  # type: ignore[attr-defined]
    return [number or "", f"{row.given_on}", f"{row.until or ''}", what, house, f"{row.spent_won}"]


def safe(cell: str) -> str:
    """A cell that a spreadsheet would run is told as text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
