"""Contacts and notes: written in seconds, appended to the timeline."""

from cases.models import EntryKind, TimelineEntry
from cases.services import timeline, whose
from cases.services.locking import first_time, locked_case
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, acting_as
from hopecare.kernel.permissions import Permission

#: How somebody was reached → whether that counts as contact.
WAYS = {"no_answer": False, "called": True, "called_us": True, "visited": True, "letter": False, "note": False}


def record_contact(
    *, by: Viewer, number: str, way: str, words: str = "", token: str = "", person_id: int | None = None
) -> TimelineEntry | None:
    """`way`: a key of WAYS. "No answer" is kept but does not count as the last contact. None for a repeated form.

    `person_id`: whom of the household alone it is about (D4). Raises Impossible for somebody who does not belong to it.
    """
    with acting_as(by):
        case = locked_case(by, number, Permission.CASE_ASSESS, open_only=False)
        if not first_time(by, token):
            return None
        kind = EntryKind.CONTACT if WAYS[way] else EntryKind.NOTE
        about = whose.demand_here(by, case, person_id)
        entry = timeline.append(by, case, kind, words=words.strip(), way=way, whose=about)
        audit.changed(by, "case", [case.pk], "contact", owners=[case.provider_id], way=way)
        return entry
