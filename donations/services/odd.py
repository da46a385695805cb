"""A person's word on what the machine could not take: look again now, or it is settled."""

from django.db import transaction

from donations.access import get_visible
from donations.models import ProviderEvent
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.nudge import nudge
from hopecare.kernel.permissions import Permission


def look_at_event_again(*, by: Viewer, event_id: int) -> None:
    """The worker asks the provider at once instead of after the pause."""
    with acting_as(by):
        row = _open_event(by, event_id)
        row.next_at = clock.now()
        row.save(update_fields=["next_at"])
        audit.changed(by, "provider_event", [row.pk], "event_again")
        transaction.on_commit(lambda: nudge("donations.understand"), robust=True)


def put_event_away(*, by: Viewer, event_id: int) -> None:
    """Looked into at the provider's by a person: nothing is left to do about it."""
    with acting_as(by):
        row = _open_event(by, event_id)
        row.handled_at, row.handled_by_id = clock.now(), by.user_id
        row.save(update_fields=["handled_at", "handled_by"])
        audit.changed(by, "provider_event", [row.pk], "event_put_away")


def _open_event(by: Viewer, event_id: int) -> ProviderEvent:
    """NotFound when there is none, or when it was understood meanwhile."""
    check(by, Permission.MONEY_BOOK)
    found = get_visible(by, ProviderEvent, named="provider_event", pk=event_id, handled_at=None)
    return ProviderEvent.objects.select_for_update().get(pk=found.pk)
