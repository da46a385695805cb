"""`/desk/outings/`: the mobile unit's days and pop-up events (R16)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.models import OutingKind, StopPerson
from cases.rules.intakes import on_paper
from cases.selectors import outings as selectors
from cases.services import outing_changes as changes
from cases.services import outings as services
from cases.services.outings import NewOuting
from cases.ui.case_frame import done, taken
from cases.ui.case_words import is_strict, safe_contact_words
from cases.ui.forms_intake import OutingForm, SeeForm, SeenForm, StopForm
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_OPEN)
@require_safe
def outings(request: HopeRequest) -> HttpResponse:
    rows = selectors.coming(request.viewer)
    context = {
        "coming": [row for row in rows if row.on >= clock.today()],
        "past": [row for row in rows if row.on < clock.today()][::-1],
        "central": selectors.plans_the_unit(request.viewer),
    }
    return render(request, "cases/intake/outings.html", context)


@staff(Permission.CASE_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    central = selectors.plans_the_unit(request.viewer)
    initial = {
        "kind": OutingKind.MOBILE_UNIT if central else OutingKind.POPUP,
        "on": clock.next_working_day(clock.today()),
        "leaves_at": "09:30",
        "crew": [request.viewer.user_id],
    }
    form = OutingForm(request.POST or None, initial=initial, people=selectors.crews())
    made: list[int] = []

    def write() -> None:
        data = form.cleaned_data
        names = ("kind", "name", "on", "leaves_at", "vehicle", "start")
        crew = [form.people[user_id] for user_id in data["crew"]]
        outing = NewOuting(**{name: data[name] for name in names}, crew=crew)
        made.append(services.plan(by=request.viewer, outing=outing).pk)

    if taken(request, form, write):
        return done(request, _("The day is planned. Now its stops."), reverse("outing", args=[made[0]]))
    status = 422 if form.is_bound else 200
    return render(request, "cases/intake/outing_new.html", {"form": form}, status=status)


@staff(Permission.CASE_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def outing(request: HopeRequest, outing_id: int) -> HttpResponseBase:
    """The day in driving order; a post adds a stop."""
    form = StopForm(request.POST or None)

    def write() -> None:
        services.add_stop(by=request.viewer, outing_id=outing_id, **form.cleaned_data)

    if taken(request, form, write):
        return done(request, _("The stop is on the round."), reverse("outing", args=[outing_id]))
    day = selectors.day(request.viewer, outing_id)
    halts = [
        {
            "halt": halt,
            "people": [
                {
                    "row": row,
                    "safe": safe_contact_words(getattr(row.case.main_person, "safe_contact", None)),
                    "strict": is_strict(getattr(row.case.main_person, "safe_contact", None)),
                }
                for row in halt.people
            ],
        }
        for halt in day.halts
    ]
    context = {
        "day": day,
        "outing": day.outing,
        "halts": halts,
        "form": form,
        "open": day.outing.cancelled_at is None,
        "begun": day.outing.on <= clock.today(),
        "ahead": day.outing.on >= clock.today() and day.outing.cancelled_at is None,
        "popup": day.outing.kind == OutingKind.POPUP,
        "may_cancel": services.may_cancel(request.viewer, day.outing),
    }
    return render(request, "cases/intake/outing.html", context, status=422 if form.is_bound else 200)


@staff(Permission.CASE_OPEN)
@require_safe
def paper(request: HopeRequest, outing_id: int) -> HttpResponse:
    """The round on a sheet: given names and case numbers, as a paper gets lost; printing is recorded on each case."""
    day = selectors.day(request.viewer, outing_id)
    if day.outing.cancelled_at is not None:
        raise errors.NotFound("outing", str(outing_id))
    ways = selectors.ways(request.viewer, day)
    halts = [
        {"halt": halt, "people": [_on_paper(row, ways.get(row.case.household_id, "")) for row in halt.people]}
        for halt in day.halts
    ]
    shown = [row for halt in day.halts for row in halt.people]
    owners = sorted({row.provider_id for row in shown})
    if shown:
        audit.changed(request.viewer, "case", [row.case_id for row in shown], "round_printed", owners=owners)
    planner = day.outing.made_by
    context = {
        "day": day,
        "outing": day.outing,
        "halts": halts,
        "back": reverse("outing", args=[outing_id]),
        "contact_name": planner.name,
        "contact_phone": planner.phone,
    }
    return render(request, "cases/intake/outing_paper.html", context)


def _on_paper(row: StopPerson, way: str) -> dict[str, Any]:
    contact = getattr(row.case.main_person, "safe_contact", None)
    return {
        "row": row,
        "name": on_paper(row.case.main_person.name),
        "way": way,
        "neutral": contact is None or contact.neutral_sender,
    }


@staff(Permission.CASE_OPEN)
@require_POST
def cancel(request: HopeRequest, outing_id: int) -> HttpResponseBase:
    services.cancel(by=request.viewer, outing_id=outing_id)
    return done(request, _("The day is off. Please ring those who were to be seen."), reverse("outings"))


@staff(Permission.CASE_OPEN)
@require_POST
def take_off(request: HopeRequest, outing_id: int) -> HttpResponseBase:
    """A `stop` or one of the `crew` leaves the day; what stands in the way is said on its page."""
    steps: dict[str, Callable[[int], Any]] = {
        "stop": lambda key: changes.take_off_stop(by=request.viewer, stop_id=key),
        "crew": lambda key: changes.take_off_crew(by=request.viewer, outing_id=outing_id, user_id=key),
    }
    what = next((name for name in steps if request.POST.get(name, "").isdigit()), "")
    if not what:
        raise errors.NotFound("outing", str(outing_id))
    try:
        steps[what](int(request.POST[what]))
    except errors.Impossible as refusal:
        for problem in refusal.problems:
            messages.error(request, problem.words)
        return HttpResponseRedirect(reverse("outing", args=[outing_id]))
    return done(request, _("Taken off this day."), reverse("outing", args=[outing_id]))


@staff(Permission.CASE_OPEN)
@require_http_methods(["GET", "HEAD", "POST"])
def see(request: HopeRequest, outing_id: int, stop_id: int) -> HttpResponseBase:
    """Put somebody on a stop."""
    day = selectors.day(request.viewer, outing_id)
    halt = next((one for one in day.halts if one.stop.pk == stop_id), None)
    if halt is None:
        raise errors.NotFound("stop", str(stop_id))
    form = SeeForm(request.POST or None)

    def write() -> None:
        try:
            services.add_person(by=request.viewer, stop_id=stop_id, **form.cleaned_data)
        except errors.NotFound as missing:
            words = _("Not found. Please look at the number again, or ask the central desk.")
            raise errors.Impossible(errors.Problem("missing", words, "number")) from missing

    if taken(request, form, write):
        return done(request, _("They are on the round."), reverse("outing", args=[outing_id]))
    context = {"form": form, "halt": halt, "outing": day.outing, "cases": selectors.my_cases(request.viewer)}
    return render(request, "cases/intake/see.html", context, status=422 if form.is_bound else 200)


@staff(Permission.VISIT_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def seen(request: HopeRequest, row_id: int) -> HttpResponseBase:
    """What came of it; it stands on the case at once."""
    row = selectors.person_at_stop(request.viewer, row_id)
    back = reverse("outing", args=[row.stop.outing_id])
    if row.result:
        return HttpResponseRedirect(back)
    form = SeenForm(request.POST or None)
    if taken(request, form, lambda: services.record_result(by=request.viewer, person_id=row_id, **form.cleaned_data)):
        return done(request, _("It stands on the case."), back)
    contact = getattr(row.case.main_person, "safe_contact", None)
    context = {"form": form, "row": row, "back": back, "safe_words": safe_contact_words(contact)}
    context["safe_strict"] = is_strict(contact)
    return render(request, "cases/intake/seen.html", context, status=422 if form.is_bound else 200)
