"""Named thin doors for beat."""

import subprocess
import sys

from celery import shared_task
from django.conf import settings

from cases.selectors import what_if
from cases.services import (
    benefits,
    consents,
    entitlements,
    imports,
    need_days,
    no_contact,
    omissions,
    overlaps,
    ownership,
    papers,
    pathways,
    presence,
    promises,
    referrals,
    resources,
    sealed,
    signals,
)
from hopecare.kernel.turns import long_work


@shared_task(name="cases.watch_promises")
def watch_promises() -> int:
    return promises.watch() + no_contact.watch()


@shared_task(name="cases.watch_ownership")
def watch_ownership() -> int:
    return ownership.watch() + sealed.watch()


@shared_task(name="cases.watch_signals")
def watch_signals() -> int:
    return signals.watch() + presence.watch()


@shared_task(name="cases.nightly")
@long_work
def nightly() -> int:
    return (
        imports.look_again()
        + overlaps.sweep()
        + omissions.sweep()
        + referrals.watch()
        + resources.watch()
        + pathways.watch()
        + papers.watch()
        + consents.watch()
        + need_days.watch()
    )


@shared_task(name="cases.entitlements")
@long_work
def look_for_entitlements() -> int:
    return entitlements.sweep()


@shared_task(name="cases.run_benefits_again")
@long_work
def run_benefits_again() -> int:
    return benefits.run_again()


@shared_task(name="cases.take_in")
@long_work
def take_in(file_id: int | None = None) -> int:
    return imports.take_in(file_id=file_id)


@shared_task(name="cases.reckon_what_if")
@long_work
def reckon_what_if() -> int:
    """Questions of planners that wait, in a process of its own: the arrays of a whole city go home with it."""
    waiting = what_if.waiting()
    if waiting:
        argv = [sys.executable, "manage.py", "what_if", *map(str, waiting)]
        subprocess.run(argv, cwd=settings.BASE_DIR, check=True, timeout=600)
    return len(waiting)
