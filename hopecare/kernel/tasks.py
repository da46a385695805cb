"""Thin doors for the worker; each is idempotent and works under a named principal."""

from celery import shared_task

from hopecare.kernel import events
from hopecare.kernel.services import once


@shared_task(name="kernel.deliver_events")
def deliver_events() -> int:
    return events.deliver_open()


@shared_task(name="kernel.forget_old_keys")
def forget_old_keys() -> int:
    return once.forget_old()
