"""Thin doors for the worker; each is idempotent and works under a named principal."""

from celery import shared_task

from hopecare.kernel import events


@shared_task(name="kernel.deliver_events")
def deliver_events() -> int:
    return events.deliver_open()
