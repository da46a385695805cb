"""My day, tomorrow, this week, the day on paper, and the call-backs."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.models import Visit
from cases.selectors import day as selectors
from cases.selectors.engagements import engagements
from cases.services import promises
from cases.states import CaseStage
from cases.ui.forms_desk import RESULTS
from hopecare.kernel import clock
from hopecare.kernel.models import UserKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, member, staff

WEEK = 7


@member(UserKind.STAFF)
@require_safe
def today(request: HopeRequest) -> HttpResponseBase:
    return _day(request, clock.today(), "cases/desk/day.html")


@member(UserKind.STAFF)
@require_safe
def tomorrow(request: HopeRequest) -> HttpResponseBase:
    return _day(request, clock.today() + timedelta(days=1), "cases/desk/day.html")


@member(UserKind.STAFF)
@require_safe
def paper(request: HopeRequest) -> HttpResponseBase:
    """The day on one sheet: telephone numbers of colleagues, no needs, no income."""
    return _day(request, clock.today(), "cases/desk/day_paper.html")


def _day(request: HopeRequest, on: date, template: str) -> HttpResponseBase:
    found = selectors.day(request.viewer, on)
    before, after = _around_now(found)
    stages = found.tallies.stages
    asked = stages.get(CaseStage.INTAKE, 0) + stages.get(CaseStage.SURVEY, 0)
    context = {
        "page": found,
        "desk_tallies": found.tallies,
        "before": before,
        "after": after,
        "is_today": on == clock.today(),
        "now": clock.now(),
        "results": RESULTS,
        "shown_waiting": found.waiting[: selectors.SHOWN_WAITING],
        "tally": [
            ("survey", _("Survey"), asked),
            ("conference", _("Conference"), stages.get(CaseStage.CONFERENCE, 0)),
            ("planning", _("Plan"), stages.get(CaseStage.PLANNING, 0)),
            ("delivery", _("Delivery"), stages.get(CaseStage.DELIVERY, 0)),
            ("aftercare", _("Aftercare"), found.tallies.aftercare),
        ],
    }
    return render(request, template, context)


def _around_now(found: selectors.Day) -> tuple[list[Any], list[Any]]:
    """Visits and engagements before and after this minute, for the red line of now."""
    now = clock.now()
    entries = _in_order(found.visits, found.engaged.agenda)
    return [entry for entry in entries if entry.at <= now], [entry for entry in entries if entry.at > now]


def _in_order(visits: Any, engaged: Any) -> list[Any]:
    return sorted([*visits, *engaged], key=lambda entry: entry.at)


@member(UserKind.STAFF)
@require_safe
def week(request: HopeRequest) -> HttpResponseBase:
    """Seven days from today: visits, engagements and what falls due, day by day."""
    start = clock.today()
    end = start + timedelta(days=WEEK)
    visits = selectors.agenda(request.viewer, start, end)
    engaged = engagements(request.viewer, start, end)
    dues = [due for due in selectors.dues(request.viewer, end - timedelta(days=1)) if due.on >= start]
    days = [
        {
            "day": day,
            "entries": _in_order([visit for visit in visits if _shown_on(visit, start) == day], engaged.on(day)),
            "dues": [due for due in dues if due.on == day],
        }
        for day in (start + timedelta(days=step) for step in range(WEEK))
    ]
    selectors.log_day(request.viewer, visits, engaged)
    return render(request, "cases/desk/week.html", {"days": days})


def _shown_on(visit: Visit, start: date) -> date:
    """The day of the visit, or the day on which one may ask again."""
    at = visit.at.astimezone(clock.SEOUL).date()
    return visit.ask_again_on if visit.ask_again_on and at < start else at


@staff(Permission.CALLBACK_VIEW)
@require_safe
def calls(request: HopeRequest) -> HttpResponseBase:
    return render(request, "cases/desk/calls.html", {"calls": selectors.calls(request.viewer), "now": clock.now()})


@staff(Permission.CALLBACK_VIEW)
@require_POST
def call_done(request: HopeRequest, call_id: int) -> HttpResponseBase:
    if promises.call_done(by=request.viewer, call_id=call_id):
        messages.success(request, _("Done. Thank you."))
    else:
        messages.info(request, _("A colleague was quicker: it is done already."))
    return HttpResponseRedirect("/desk/callbacks/")
