"""Until when gifts can help a need: the worker hears of it before, and afterwards nobody is asked any more (R22)."""

from datetime import date, timedelta

from django.utils.translation import gettext_noop

from cases.models import PublishedNeed
from cases.rules import publishing as rules
from cases.services.published import close
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

SOON = gettext_noop(
    "Gifts for the need of case %(number)s come until %(day)s. Please ask now for what is there; the rest goes where"
    " its givers chose."
)
OVER = gettext_noop("Since %(day)s the need of case %(number)s is not shown to givers any more: its day has passed.")


def watch() -> int:
    """Each night: tell the lead and whoever approved the words, close what is over; returns how many were told."""
    machine, today = system(Principal.SWEEP), clock.today()
    with acting_as(machine):
        first = today + timedelta(days=max(rules.warned_before()))
        rows = PublishedNeed.objects.filter(closed_at=None, wanted_by__lte=first).select_related("case").order_by("pk")
        return sum(_look(machine, row, row.wanted_by, today) for row in rows if row.wanted_by is not None)


def _look(by: Viewer, need: PublishedNeed, until: date, today: date) -> int:
    if until < today:
        close(by=by, need_uuid=need.uuid, reason="late")
        return _tell(by, need, until, "over", OVER)
    due = min(days for days in rules.warned_before() if until <= today + timedelta(days=days))
    return _tell(by, need, until, f"soon{due}", SOON)


def _tell(by: Viewer, need: PublishedNeed, until: date, step: str, words: str) -> int:
    case = need.case
    return sum(
        notify(
            by=by,
            purpose="need_day",
            about=("need", need.pk),
            step=f"{step}:{user}",
            to=Recipient.user(user),
            words=words,
            parameters={"number": case.number, "day": f"{until:%m/%d}"},
            link=f"/desk/cases/{case.number}/givers/",
            provider_id=need.provider_id,
        ).fresh
        for user in sorted({case.lead_id, need.approved_by_id})
    )
