"""What the unit's crew wrote on the day and their tablet sends when their access has ended: taken, and nothing told.

A door for writing alone. It opens to whoever had the key of that day until its end; where something else stands by
now, both are on the case and the lead hears of it, not the sender.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from cases import access
from cases.models import Case, EntryKind, SeenResult, StopPerson
from cases.rules import intakes as rules
from cases.services import outings, timeline
from cases.services.locking import born_once
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.permissions import Permission

DIFFERS = gettext_noop("Case %(number)s: a late result of the mobile unit's day says something else than what stands.")


def take_result(
    *, by: Viewer, person_id: int, result: str, words: str, client_id: UUID | None, written: datetime | None
) -> None:
    """A result; it stands, or beside the one that stands. NotFound, as for anybody, where the door is not open."""
    inside = _let_in(by, person_id, written)
    with born_once(), acting_as(inside):
        row, case = outings.locked_row(inside, person_id)
        if result not in SeenResult.values:
            raise errors.Impossible(errors.required("result"))
        if outings.taken_before(inside, row, client_id) or outings.says_the_same(row, result, words):
            return
        told = outings.Outcome(result, words.strip(), client_id, written)
        if row.result:
            _beside(inside, case, row, told)
        else:
            outings.write(inside, case, row, told)


def take_words(*, by: Viewer, person_id: int, words: str, client_id: UUID | None, written: datetime | None) -> None:
    """What one of the crew had to add to a colleague's result."""
    inside = _let_in(by, person_id, written)
    with acting_as(inside):
        row, case = outings.locked_row(inside, person_id)
        if outings.taken_before(inside, row, client_id):
            return
        at, came = outings.stamps(row, written)
        more = outings.late(inside, case, row, came, client_id)
        way, outing = "mobile_unit_more", row.stop.outing_id
        timeline.append(inside, case, EntryKind.NOTE, words=words.strip(), at=at, way=way, outing=outing, **more)
        audit.changed(inside, "case", [case.pk], "seen_outside_more", owners=[case.provider_id])


def _let_in(by: Viewer, person_id: int, written: datetime | None) -> Viewer:
    """The sender with the key of the one case, for one transaction."""
    check(by, Permission.VISIT_RECORD)
    key = access.round_key(by, person_id)
    if key is None or written is None:
        raise errors.NotFound("stop", str(person_id))
    if not rules.door_open(written, ends=key.ends_at, now=clock.now()):
        raise errors.NotFound("stop", str(person_id))
    return by.also(cases=(key.case_id,))


def _beside(by: Viewer, case: Case, row: StopPerson, told: outings.Outcome) -> None:
    """What stands stays; the other one is on the case, too."""
    at, came = outings.stamps(row, told.written)
    more: dict[str, Any] = {"found": told.result, **outings.late(by, case, row, came, told.client_id, DIFFERS)}
    way, outing = "mobile_unit_beside", row.stop.outing_id
    timeline.append(by, case, EntryKind.NOTE, words=told.words, at=at, way=way, outing=outing, **more)
    audit.changed(by, "case", [case.pk], "seen_outside", owners=[case.provider_id], result=told.result)
