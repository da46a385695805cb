"""Named thin doors for beat."""

from celery import shared_task

from cases.services import promises


@shared_task(name="cases.watch_promises")
def watch_promises() -> int:
    return promises.watch()
