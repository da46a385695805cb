"""The coordinators' week: coverage, solving with a preview, pinning, publishing."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from hopecare.kernel import clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff
from volunteers.selectors import board, coverage
from volunteers.selectors.partners import portions_of_run, to_settle
from volunteers.selectors.person import open_incidents
from volunteers.selectors.plan_map import by_town
from volunteers.selectors.standby import of_week
from volunteers.selectors.week import WEEK, monday_of
from volunteers.services import standby, week


@staff(Permission.VOLUNTEER_VIEW)
@require_safe
def matching(request: HopeRequest) -> HttpResponseBase:
    """The week that is asked for, else this one until Friday evening and then the next."""
    viewer = request.viewer
    category, zone = request.GET.get("category", ""), request.GET.get("zone", "")
    page = coverage.coverage(viewer, _monday(request.GET.get("week", "")), category=category, zone=zone)
    context = {
        "plan": page,
        "category": category,
        "zone": zone,
        "names": coverage.option_names(viewer, page.proposals),
        "before": page.monday - WEEK,
        "after": page.monday + WEEK,
        "rows": board.open_requests(viewer),
        "to_confirm": board.to_confirm(viewer),
        "towns": by_town(viewer, page.run),
        "gifts": portions_of_run(viewer, page.run.pk) if page.run else [],
        "to_settle": to_settle(viewer),
        "incidents": open_incidents(viewer),
        "on_call": of_week(viewer, page.monday),
        "may_manage": viewer.may(Permission.VOLUNTEER_MANAGE),
        "now": clock.now(),
        "may_ask": viewer.may(Permission.OFFER_MANAGE),
    }
    return render(request, "volunteers/matching.html", context)


@staff(Permission.OFFER_MANAGE)
@require_POST
def solve(request: HopeRequest) -> HttpResponseBase:
    """The worker solves; this page shows how far it is."""
    run = week.ask_run(by=request.viewer, monday=_monday(request.POST.get("week", "")))
    return redirect(_week_url(run.week))


@staff(Permission.OFFER_MANAGE)
@require_POST
def publish(request: HopeRequest, run_id: int) -> HttpResponseBase:
    try:
        asked = week.publish(by=request.viewer, run_id=run_id)
        said = ngettext("%(n)s person was asked.", "%(n)s people were asked.", asked)
        messages.success(request, said % {"n": asked})
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
    run = coverage.newest_run(request.viewer, run_id)
    return redirect(_week_url(run.week) if run else reverse("matching"))


@staff(Permission.OFFER_MANAGE)
@require_POST
def pin(request: HopeRequest, action_id: int) -> HttpResponseBase:
    """This person, or not this time; for the open request of an action."""
    page = board.match_page(request.viewer, action_id)
    volunteer, wanted = request.POST.get("volunteer", ""), request.POST.get("wanted") == "1"
    if page.request is not None and volunteer.isascii() and volunteer.isdigit() and len(volunteer) < 18:
        week.pin(by=request.viewer, request_id=page.request.pk, volunteer_id=int(volunteer), wanted=wanted)
        messages.success(request, _("Noted for this request.") if wanted else _("Left out this time."))
    return redirect("match", action_id=action_id)


@staff(Permission.VOLUNTEER_MANAGE)
@require_POST
def on_call(request: HopeRequest) -> HttpResponseBase:
    """A zone's list of a week is short: further people are asked whether they may be rung."""
    monday = _monday(request.POST.get("week", ""))
    asked = standby.ask(by=request.viewer, zone=request.POST.get("zone", ""), monday=monday)
    said = ngettext("%(n)s person was asked.", "%(n)s people were asked.", asked)
    none = _("Nobody else can be asked: the list is long enough, or everybody was asked for this week.")
    messages.success(request, said % {"n": asked} if asked else none)
    return redirect(_week_url(monday_of(monday)))


def _monday(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        today = clock.today()
        return today if today.weekday() < 5 else monday_of(today) + WEEK


def _week_url(monday: date) -> str:
    return f"{reverse('matching')}?{urlencode({'week': monday.isoformat()})}"
