"""What the machine could not take by itself and a person looks at: call-backs, lines of banks, unanswered debits."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

from donations.access import visible_to
from donations.gateway import providers
from donations.models import Charge, OddLine, ProviderEvent
from donations.states import ChargeState
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

#: So many looks in vain, some three hours of them, and the desk sees it; looking goes on all the same.
TRIES_UNTIL_SHOWN = 12
#: The institute answers on the next working day; after so many days its file is missing or left a debit out.
ANSWER_WITHIN = timedelta(days=4)
SHOWN = 100
T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Odd:
    """The page; each list's oldest first, and how many there are in all."""

    events: list[ProviderEvent]
    events_count: int
    lines: list[OddLine]
    lines_count: int
    unanswered: list[Charge]
    unanswered_count: int


def odd(viewer: Viewer) -> Odd:
    """Lines of statements name people: their read is logged."""
    check(viewer, Permission.MONEY_VIEW)
    events, events_count = _shown(_events(viewer))
    lines, lines_count = _shown(_lines(viewer))
    unanswered, unanswered_count = _shown(_unanswered(viewer, clock.today()).select_related("batch", "donor"))
    if lines:
        audit.read(viewer, "odd_line", [row.pk for row in lines])
    return Odd(events, events_count, lines, lines_count, unanswered, unanswered_count)


def _shown(rows: "QuerySet[T]") -> tuple[list[T], int]:
    """The first of them, and how many there are; counted only where more than those are there."""
    found = list(rows[: SHOWN + 1])
    return found[:SHOWN], rows.count() if len(found) > SHOWN else len(found)


def waiting(viewer: Viewer) -> int:
    """How much waits for somebody."""
    check(viewer, Permission.MONEY_VIEW)
    return _events(viewer).count() + _lines(viewer).count() + _unanswered(viewer, clock.today()).count()


def _events(viewer: Viewer) -> "QuerySet[ProviderEvent]":
    rows = visible_to(viewer, ProviderEvent).filter(handled_at=None, attempts__gte=TRIES_UNTIL_SHOWN)
    return rows.order_by("received_at", "pk")


def _lines(viewer: Viewer) -> "QuerySet[OddLine]":
    return visible_to(viewer, OddLine).filter(settled_at=None).order_by("found_at", "pk")


def _unanswered(viewer: Viewer, today: date) -> "QuerySet[Charge]":
    """Debits that stand in a file and that no line of a result answers."""
    rows = visible_to(viewer, Charge).filter(provider=providers.CMS, state=ChargeState.WAITING)
    return rows.filter(batch__day__lt=today - ANSWER_WITHIN).order_by("batch", "pk")
