"""Tell the app that queued a message that it will never arrive, once, so that a person can telephone instead."""

import logging

from django.db import transaction

from hopecare.kernel.access import Principal, acting_as, system
from hopecare.messaging import replies
from hopecare.messaging.models import Message

log = logging.getLogger(__name__)


def tell_unsent(limit: int = 200) -> int:
    """Returns how many were told. What a handler cannot take now is told again by the next run."""
    told, skip = 0, list[int]()
    for _ in range(limit):
        with acting_as(system(Principal.MESSAGES)):
            row = (
                Message.objects.select_for_update(skip_locked=True)
                .filter(unsent_to_tell=True)
                .exclude(pk__in=skip)
                .order_by("id")
                .first()
            )
            if row is None:
                break
            if _tell(row):
                told += 1
            else:
                skip.append(row.pk)
    return told


def _tell(row: Message) -> bool:
    handler = replies.unsent_handler(row.purpose)
    try:
        with transaction.atomic():
            if handler is not None:
                handler(row.fact())
            row.unsent_to_tell = False
            row.save(update_fields=["unsent_to_tell"])
    except Exception:
        log.exception("the app could not take back message %s", row.pk)
        return False
    return True
