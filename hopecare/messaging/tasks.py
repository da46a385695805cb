"""Thin doors for the worker."""

from celery import shared_task

from hopecare.kernel.turns import in_turn
from hopecare.messaging import services
from hopecare.messaging.services import webhooks


@shared_task(name="messaging.send_due")
def send_due() -> int:
    """Send what is due, understand what came in. Beat asks every few seconds, every queued message nudges."""
    return services.send_due()


@shared_task(name="messaging.tell_partners")
@in_turn("telling partners")
def tell_partners() -> int:
    """Calls to partners' systems that are due; nothing without partners."""
    return webhooks.send_due()
