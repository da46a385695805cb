"""Append to a case's timeline; every change that a colleague should see later goes through here."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from cases.models import Case, EntryKind, TimelineEntry
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer

#: Kinds that mean that somebody met or spoke with the person.
CONTACTS = {EntryKind.VISITED, EntryKind.CONTACT, EntryKind.ASSESSED, EntryKind.AFTERCARE}
#: What a call, a visit or a stop came to where nobody was met or spoken to: a try, whatever the kind of its entry.
_IN_VAIN = {"no_answer", "nobody_home", "wrong_place", "not_reached", "mobile_unit_not_there"}


def append_all(
    by: Viewer,
    cases: Sequence[Case],
    kind: EntryKind,
    details: Sequence[dict[str, Any]],
    *,
    whose: Sequence[int | None],
) -> None:
    """One entry on each of many cases, and their clocks, in two queries; `details`, `whose` in the order of `cases`."""
    moment = clock.now()
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(updated_at=moment)
    entries = [
        TimelineEntry(
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            at=moment,
            kind=kind,
            by_id=by.user_id,
            by_name=by.name,
            details=told,
            person_id=person_id,
        )
        for case, told, person_id in zip(cases, details, whose, strict=True)
    ]
    TimelineEntry.objects.bulk_create(entries)


def append(
    by: Viewer,
    case: Case,
    kind: EntryKind,
    *,
    words: str = "",
    at: datetime | None = None,
    whose: int | None = None,
    **details: Any,
) -> TimelineEntry:
    """One entry and the case's own clock; inside the transaction of the change it tells of. What happened before the
    last contact neither moves that back nor counts as a try.

    `at`: when it happened, where that was before now, as the report and the visit that led to a case. `whose`: the one
    person it tells of, or nobody for the household; a `person` among the details says the same.
    """
    moment = at or clock.now()
    case.updated_at = clock.now()
    overtaken = case.last_contact_at is not None and case.last_contact_at > moment
    if in_vain(details) and not overtaken:
        _count_try(case)
    elif kind in CONTACTS and not overtaken:
        case.last_contact_at, case.tries = moment, 0
        case.save(update_fields=["updated_at", "last_contact_at", "tries"])
    else:
        case.save(update_fields=["updated_at"])
    return TimelineEntry.objects.create(
        case=case,
        team_id=case.team_id,
        provider_id=case.provider_id,
        at=moment,
        kind=kind,
        by_id=by.user_id,
        by_name=by.name,
        words=words,
        details=details,
        person_id=whose or details.get("person"),
    )


def in_vain(details: Mapping[str, Any]) -> bool:
    """Whether what an entry tells of reached nobody."""
    return not _IN_VAIN.isdisjoint({details.get("way"), details.get("result")})


def last_contact(case: Case, *, leaving: Mapping[str, Any]) -> datetime | None:
    """The newest entry that counts as contact, apart from those that say `leaving`; asked of the database, as whoever
    was let in later does not read them all."""
    told: list[Any] = [case.pk, [str(kind) for kind in CONTACTS], sorted(_IN_VAIN), json.dumps(leaving)]
    with connection.cursor() as cursor:
        cursor.execute("select hc_last_contact(%s, %s, %s, %s::jsonb)", told)
        found: datetime | None = cursor.fetchone()[0]
    return found


def _count_try(case: Case) -> None:
    """Counted by the database: two may try at once."""
    before, case.tries = case.tries, F("tries") + 1
    case.save(update_fields=["updated_at", "tries"])
    case.tries = before + 1
