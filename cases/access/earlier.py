"""Notes from before somebody was let in: closed to whoever reaches a case by that alone (R58).

Whoever let them in may open them. The case's own team, its lead, who stands in for the lead, and danger to life read
all; everybody reads what they wrote themselves. Which rows are notes is said here once, and once more in a policy.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField, Expression, F, Func, Q, Value

from cases.models import Case, EntryKind, VoiceKind
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer

#: Of the timeline, what somebody wrote about a contact, and what a conference decided; services, plan, stages and who
#: works on it stay.
NOTED = (EntryKind.CONTACT, EntryKind.NOTE, EntryKind.VISITED, EntryKind.AFTERCARE)
_DECIDED = Q(details__contains={"what": "decided"}) | Q(details__contains={"what": "conference_held"})
_OF_CONFERENCE = Q(kind=str(EntryKind.PLANNED)) & _DECIDED
WORDS_OF_CONTACT = (Q(kind__in=[str(kind) for kind in NOTED]) | _OF_CONFERENCE) & ~Q(words="")
PRIVATE_NOTE = Q(kind=str(VoiceKind.PRIVATE))
WITH_WORDS = ~Q(words="")
#: How it went; one that was only called has none, and whoever is asked to it sees it.
WORDS_OF_CONFERENCE = Q(held_at__isnull=False) & (~Q(summary="") | ~Q(client_words=""))
#: A visit to come has none.
WORDS_OF_VISIT = ~Q(note="") | ~Q(told_whom="")


def later_only(viewer: Viewer, note: Q, *, at: str = "at", own: str = "by_id") -> Q:
    """Nothing for a viewer from whom no case keeps anything; `at`, `own`: the row's columns of time and author."""
    if not viewer.reach.kept:
        return Q()
    keyed = Q(team_id__among=viewer.team_ids) | Q(provider_id__among=viewer.provider_ids)
    return ~note | Q(**{own: viewer.user_id}) | keyed | Q(**{f"{at}__gte": _since(viewer)})


def _since(viewer: Viewer) -> Func:
    """The moment from which on notes of the row's case are read, minus infinity where all are."""
    kept, since = _numbers(viewer.reach.kept), _numbers(viewer.reach.kept_since)
    return Func(kept, since, F("case_id"), function="hc_since", output_field=DateTimeField())


def _numbers(ids: Any) -> Expression:
    return ids if isinstance(ids, Expression) else Value(list(ids), output_field=ArrayField(BigIntegerField()))


def later_only_than(rule: Callable[[Viewer], Q], note: Q, **columns: str) -> Callable[[Viewer], Q]:
    """The rule of a model, narrowed by that."""
    return lambda viewer: rule(viewer) & later_only(viewer, note, **columns)


def is_of_the_case(viewer: Viewer, case: Case) -> bool:
    """Whether the viewer works in the case's team or organisation, leads it or stands in for the lead."""
    return _has_key(viewer, case) or case.pk in viewer.reach.led


def notes_since(viewer: Viewer, case: Case) -> date | None:
    """The first day whose notes this viewer reads; None for whoever reads all."""
    return None if _has_key(viewer, case) else shared_notes_since(viewer, case.pk)


def shared_notes_since(viewer: Viewer, case_id: int) -> date | None:
    """The same where the case itself is out of sight, and its notes come by an agreement."""
    if case_id not in viewer.reach.kept:
        return None
    seconds = viewer.reach.kept_since[viewer.reach.kept.index(case_id)]
    return datetime.fromtimestamp(seconds, clock.SEOUL).date()


def _has_key(viewer: Viewer, case: Case) -> bool:
    return case.team_id in viewer.team_ids or case.provider_id in viewer.provider_ids
