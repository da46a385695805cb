"""Thin doors for the worker."""

from celery import shared_task

from hopecare.messaging import services


@shared_task(name="messaging.send_due")
def send_due() -> int:
    """Send what is due, understand what came in. Beat asks every few seconds, every queued message nudges."""
    return services.send_due()
