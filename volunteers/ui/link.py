"""The one-tap link of an offer: GET shows and changes nothing, POST answers; afterwards it is the volunteer's page."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hopecare.kernel import errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.web import HopeRequest, public, source_address
from volunteers.selectors import visits as selectors
from volunteers.services import answers, hours, incidents, leaving, standby, visits
from volunteers.ui.forms import place_problems
from volunteers.ui.forms_person import DaysForm, ToldForm

LONGEST_TOKEN = 100


@public(Principal.OFFERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HopeRequest, token: str) -> HttpResponseBase:
    """Safe to open, to pre-fetch and to open again; a stale page that is sent changes nothing twice."""
    try:
        if request.method != "POST":
            return private(_page(request, token))
        if request.POST.get("do") == "certificate":
            return private(_certificate(request, token))
        problem = _do(request, token)
        if problem is not None:
            return private(_page(request, token, problem))
        return private(HttpResponseRedirect(reverse("offer", args=[token])))
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))


@public(Principal.OFFERS)
@never_cache
@require_safe
def calendar_file(request: HopeRequest, token: str) -> HttpResponseBase:
    try:
        card = selectors.visit_by_token(token[:LONGEST_TOKEN])
        if card.page != "visit":
            raise errors.NotFound("offer_link", "")
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))
    text = selectors.calendar_file([card])
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return private(response)


@public(Principal.OFFERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def incident(request: HopeRequest, token: str) -> HttpResponseBase:
    """Something went wrong: told by the volunteer, read by the lead and the centre alone."""
    token = token[:LONGEST_TOKEN]
    form = ToldForm(request.POST or None)
    try:
        card, kept = selectors.visit_by_token(token), False
        if request.method == "POST":
            rates.demand("incident", rates.client_of(request), settings.PUBLIC_FORM_RATE)
            if form.is_valid():
                address = source_address(request)
                incidents.tell_by_link(token=token, source_address=address, **form.cleaned_data)
                kept = True
    except errors.Impossible as error:
        place_problems(form, error.problems)
    except errors.NotFound:
        return private(render(request, "volunteers/link_gone.html", status=404))
    context = {"card": card, "form": form, "kept": kept}
    return private(render(request, "volunteers/incident_told.html", context, status=422 if form.errors else 200))


def _page(request: HopeRequest, token: str, problem: errors.Impossible | None = None) -> HttpResponse:
    card = selectors.visit_by_token(token[:LONGEST_TOKEN])
    words = [str(entry.words) for entry in problem.problems] if problem else []
    return render(request, "volunteers/offer.html", {"card": card, "problems": words}, status=422 if words else 200)


def _certificate(request: HopeRequest, token: str) -> HttpResponse:
    try:
        row = hours.certify_by_link(token=token[:LONGEST_TOKEN], source_address=source_address(request))
    except errors.Impossible as problem:
        return _page(request, token, problem)
    return HttpResponseRedirect(reverse("certificate", args=[row.code]))


def _do(request: HopeRequest, token: str) -> errors.Impossible | None:
    """What the button says; an unknown one does nothing. Everything is idempotent."""
    token, address = token[:LONGEST_TOKEN], source_address(request)
    try:
        match request.POST.get("do", ""):
            case "yes":
                answers.answer_by_link(token=token, yes=True, source_address=address)
            case "no":
                answers.answer_by_link(token=token, yes=False, source_address=address)
            case "cannot":
                visits.cannot_come(token=token, source_address=address)
            case "pause":
                leaving.pause(token=token, source_address=address)
            case "leave":
                leaving.leave(token=token, source_address=address)
            case "on_call":
                standby.put_by_link(token=token, on=True, source_address=address)
            case "off_call":
                standby.put_by_link(token=token, on=False, source_address=address)
            case "days":
                form = DaysForm(request.POST)
                days = form.cleaned_data if form.is_valid() else {}
                first, last = days.get("first"), days.get("last")
                leaving.not_on_by_link(token=token, first=first, last=last, source_address=address)
            case "part":
                leaving.part_by_link(token=token, source_address=address)
            case "arrived":
                visits.arrive(token=token, source_address=address)
            case "done":
                visits.report_done(token=token, source_address=address)
            case "nobody":
                visits.report_done(token=token, nobody_home=True, source_address=address)
    except errors.Impossible as problem:
        return problem
    return None


def private(response: HttpResponse) -> HttpResponse:
    """Kept nowhere, found by no search engine, and the address does not travel on.

    Not `no-referrer`: with it a browser sends `Origin: null`, and the form of this very page would be refused.
    """
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
