"""What the machine could not take by itself and a person looks at: call-backs that nobody understood."""

from dataclasses import dataclass

from django.db.models import QuerySet

from donations.access import visible_to
from donations.models import ProviderEvent
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

#: So many looks in vain, some three hours of them, and the desk sees it; looking goes on all the same.
TRIES_UNTIL_SHOWN = 12
SHOWN = 100


@dataclass(frozen=True)
class Odd:
    """The page; each list's oldest first, and how many there are in all."""

    events: list[ProviderEvent]
    events_count: int


def odd(viewer: Viewer) -> Odd:
    check(viewer, Permission.MONEY_VIEW)
    events = _events(viewer)
    return Odd(events=list(events[:SHOWN]), events_count=events.count())


def waiting(viewer: Viewer) -> int:
    """How much waits for somebody."""
    check(viewer, Permission.MONEY_VIEW)
    return _events(viewer).count()


def _events(viewer: Viewer) -> "QuerySet[ProviderEvent]":
    rows = visible_to(viewer, ProviderEvent).filter(handled_at=None, attempts__gte=TRIES_UNTIL_SHOWN)
    return rows.order_by("received_at", "pk")
