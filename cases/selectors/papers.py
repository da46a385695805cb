"""Papers of one case, the picture of one, its read logged, and the file of one, with a reason (K9)."""

from datetime import date

from cases.models import Case, CasePaper
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Document
from hopecare.kernel.services.pdfs import MOST_SHOWN


def papers_of(viewer: Viewer, case: Case) -> list[CasePaper]:
    """Those that hold, the ones that run out soonest first; papers of a section that is not open are not there."""
    rows = visible_to(viewer, CasePaper).filter(case=case, ended_on=None).select_related("person", "added_by")
    return sorted(rows, key=lambda row: (row.expires_on is None, row.expires_on or date.max, -row.pk))


def picture_of(viewer: Viewer, number: str, paper_id: int) -> Document:
    """Raises NotFound where the paper is not visible, as for one that is not there."""
    row = paper_of(viewer, number, paper_id)
    audit.read(viewer, "case", [row.case_id], owners=[row.provider_id], what="paper")
    return row.document


def page_of(viewer: Viewer, number: str, paper_id: int, page: int) -> Document:
    """The PDF of which one page is drawn: logged like the first one's picture, and no page that is not shown."""
    row = paper_of(viewer, number, paper_id)
    if row.original is None or not 1 < page <= pages_shown(row):
        raise errors.NotFound("case", number)
    audit.read(viewer, "case", [row.case_id], owners=[row.provider_id], what="paper")
    return row.original


def pages_shown(row: CasePaper) -> int:
    """How many pages can be looked at one after the other; the picture of a photo is the only one."""
    return min(row.pages, MOST_SHOWN) if row.original_id else 1


def paper_of(viewer: Viewer, number: str, paper_id: int) -> CasePaper:
    """Raises NotFound where the paper is not visible, as for one that is not there."""
    rows = visible_to(viewer, CasePaper).select_related("document", "original")
    row = rows.filter(pk=paper_id, case__number=number).first()
    if row is None:
        raise errors.NotFound("case", number)
    return row


def file_of(viewer: Viewer, number: str, paper_id: int, *, reason: str) -> Document:
    """The PDF as it came, taken along: Impossible without a reason, which stands in the log beside it."""
    row = paper_of(viewer, number, paper_id)
    if row.original is None:
        raise errors.NotFound("case", number)
    if not reason.strip():
        raise errors.Impossible(errors.required("reason"))
    owners = [row.provider_id]
    audit.read(viewer, "case", [row.case_id], owners=owners, what="export")
    words = reason.strip()[:200]
    audit.changed(viewer, "case", [row.case_id], "exported", owners=owners, reason=words, paper=row.pk)
    return row.original
