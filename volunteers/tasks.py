"""Thin doors for the worker."""

from celery import shared_task

from volunteers.services import asking


@shared_task(name="volunteers.advance_offers")
def advance_offers() -> int:
    """Late answers expire, the next are asked, requests whose hour has come are closed."""
    return asking.advance_all()
