"""News that travels upward without imports: a row in the changing transaction, delivered at least once by name.

Subscribers register in AppConfig.ready(): `events.subscribe("case.closed", "volunteers.withdraw", handler)`. A handler
runs in the transaction that marks its delivery, so its own changes happen exactly once.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction

from hopecare.kernel import clock
from hopecare.kernel.models import Delivery, Event
from hopecare.kernel.nudge import nudge
from hopecare.kernel.statements import add, leave

log = logging.getLogger(__name__)
Handler = Callable[[dict[str, Any]], None]
LEASE = timedelta(minutes=2)
#: No delivery is ever given up: each pause is twice as long, up to this; after so many tries it stands on the desk.
LONGEST_PAUSE, TRIES_UNTIL_SHOWN = timedelta(hours=6), 5
_subscribers: dict[str, dict[str, Handler]] = {}


def subscribe(event: str, subscriber: str, handler: Handler) -> None:
    _subscribers.setdefault(event, {})[subscriber] = handler


def publish(event: str, **payload: Any) -> None:
    """Write the news beside the change it tells of; payloads carry ids and codes only."""
    subscribers = _subscribers.get(event, {})
    if subscribers:
        row = Event(name=event, payload=payload, at=clock.now())
        add(row)
        Delivery.objects.bulk_create(Delivery(event=row, subscriber=name) for name in subscribers)
        transaction.on_commit(partial(nudge, "kernel.deliver_events"), robust=True)
    else:
        leave(Event, name=event, payload=payload, at=clock.now())


def deliver_open(limit: int = 100) -> int:
    """Deliver what waits, oldest first; returns how many were delivered. Safe to run in several processes."""
    delivered = 0
    for _ in range(limit):
        delivery_id = _take()
        if delivery_id is None:
            break
        delivered += _deliver(delivery_id)
    return delivered


def _take() -> int | None:
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(delivered_at=None)
            .exclude(leased_until__gt=clock.now())
            .order_by("id")
            .first()
        )
        if delivery is None:
            return None
        delivery.attempts = min(delivery.attempts + 1, 30_000)
        delivery.leased_until = clock.now() + min(LEASE * 2 ** min(delivery.attempts - 1, 10), LONGEST_PAUSE)
        delivery.save(update_fields=["leased_until", "attempts"])
        return delivery.pk


def _deliver(delivery_id: int) -> bool:
    try:
        with transaction.atomic():
            delivery = Delivery.objects.select_for_update().select_related("event").get(pk=delivery_id)
            if delivery.delivered_at is not None:
                return False
            handler = _subscribers.get(delivery.event.name, {}).get(delivery.subscriber)
            if handler is not None:
                handler(delivery.event.payload)
            delivery.delivered_at = clock.now()
            delivery.save(update_fields=["delivered_at"])
            return True
    except Exception as error:
        log.exception("delivery %s failed", delivery_id)
        Delivery.objects.filter(pk=delivery_id).update(last_error=type(error).__name__)
        return False


def stuck(limit: int = 50) -> list[Delivery]:
    """Deliveries that failed again and again, oldest first; events name ids and codes, never people."""
    rows = Delivery.objects.filter(delivered_at=None, attempts__gte=TRIES_UNTIL_SHOWN).exclude(last_error="")
    return list(rows.select_related("event").order_by("pk")[:limit])


def again(delivery_id: int) -> bool:
    """Try this one now instead of after its pause; False when it was delivered meanwhile."""
    rows = Delivery.objects.filter(pk=delivery_id, delivered_at=None, attempts__gte=TRIES_UNTIL_SHOWN)
    found = rows.update(leased_until=None)
    transaction.on_commit(partial(nudge, "kernel.deliver_events"), robust=True)
    return bool(found)


def recent(name: str, since: datetime) -> list[dict[str, Any]]:
    """Payloads of news of this name since then, oldest first; for sweeps that look at what is still unanswered."""
    return list(Event.objects.filter(name=name, at__gte=since).order_by("pk").values_list("payload", flat=True))
