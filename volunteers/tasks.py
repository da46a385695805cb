"""Thin doors for the worker."""

import subprocess
import sys

from celery import shared_task
from django.conf import settings

from hopecare.kernel.turns import long_work
from volunteers.services import asking, assuring, standby, week


@shared_task(name="volunteers.advance_offers")
def advance_offers() -> int:
    """Late answers expire, the next are asked, requests whose hour has come are closed; then reminders and back-ups."""
    return asking.advance_all() + assuring.watch_all()


@shared_task(name="volunteers.match_week")
@long_work
def match_week() -> int:
    """Solve the weeks that wait in a process of its own: the engine's memory goes home with it."""
    waiting = week.waiting()
    if waiting:
        argv = [sys.executable, "manage.py", "match_week", *map(str, waiting)]
        subprocess.run(argv, cwd=settings.BASE_DIR, check=True, timeout=600)
    week.publish_forgotten()
    return len(waiting)


@shared_task(name="volunteers.plan_next_week")
def plan_next_week() -> None:
    """Sunday night."""
    week.begin_next_week()
    match_week.delay()


@shared_task(name="volunteers.stand_by")
def stand_by() -> int:
    """Before the weekend: who may be rung next week?"""
    return standby.ask_for_next_week()


@shared_task(name="volunteers.refill")
def refill() -> None:
    """Every morning: a plan that nobody published goes out; what became empty is solved anew."""
    week.publish_forgotten()
    week.begin_refill()
    match_week.delay()
