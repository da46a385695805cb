"""Doors behind which a person rings back: help by telephone, giving, services, what may be received.

Each says what happens now. A door that gets a house of its own takes its address over.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from cases.models import CallBackAbout
from cases.selectors.giving import receivers
from cases.services import call_backs
from cases.services.call_backs import Caller
from cases.ui.forms_report import CallBackForm, tell
from cases.ui.report_words import spoken_until
from hopecare.kernel import clock, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.selectors.catalogue import categories_in_order
from hopecare.kernel.web import HopeRequest, public

_SALT = "hopecare.call_back"


@dataclass(frozen=True)
class DoorWords:
    """What stands behind one door."""

    title: Any
    lead: Any
    picture: str
    template: str = "cases/callback/form.html"


DOORS = {
    CallBackAbout.HELP: DoorWords(
        _("I need help"),
        _("Leave your number and a person rings you. You need no papers and no long story; we listen first."),
        "door-help",
    ),
    CallBackAbout.DONATE: DoorWords(
        _("I want to donate"),
        _("Tell us how to reach you. We ring, hear what matters to you, and show where each won goes."),
        "door-give",
        "cases/callback/donate.html",
    ),
    CallBackAbout.DISPLAY: DoorWords(
        _("What services are there"),
        _("A person tells you on the telephone what there is for your life now, public and private alike."),
        "paper",
        "cases/callback/display.html",
    ),
    CallBackAbout.SIMULATE: DoorWords(
        _("What may I receive"),
        _("We go through it with you on the telephone in about ten minutes. It is no application and binds nobody."),
        "self",
    ),
}


def _door(about: CallBackAbout) -> Any:
    @csrf_exempt
    @public(Principal.INTAKE)
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HopeRequest) -> HttpResponseBase:
        done = _done(request, about)
        if done is not None:
            return render(request, "cases/callback/done.html", {"door": DOORS[about], "until": spoken_until(done)})
        if request.method == "POST":
            return _take(request, about)
        return _page(request, about, CallBackForm())

    view.__name__ = view.__qualname__ = f"{about.value}_door"
    return view


def _done(request: HopeRequest, about: CallBackAbout) -> datetime | None:
    try:
        kept = signing.loads(request.GET.get("done", ""), salt=_SALT, max_age=3600)
    except signing.BadSignature:
        return None
    return datetime.fromisoformat(kept[1]) if kept[0] == about else None


def _take(request: HopeRequest, about: CallBackAbout) -> HttpResponseBase:
    rates.demand("call-back", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    form = CallBackForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        caller = Caller(about.value, data["name"], data["phone"], data["town"], data["words"])
        try:
            until = call_backs.receive(by=request.viewer, caller=caller, key=data["once"])
        except errors.Impossible as error:
            tell(form, error.problems)
        else:
            done = signing.dumps([about.value, until.isoformat()], salt=_SALT)
            return HttpResponseRedirect(f"{request.path}?done={done}")
    return _page(request, about, form, status=422)


def _page(request: HopeRequest, about: CallBackAbout, form: CallBackForm, status: int = 200) -> HttpResponse:
    context = {
        "door": DOORS[about],
        "form": form,
        "until": spoken_until(call_backs.promised(clock.now())),
        "receivers": receivers() if about == CallBackAbout.DONATE else [],
        "categories": categories_in_order() if about == CallBackAbout.DISPLAY else [],
        "slim": about in {CallBackAbout.HELP, CallBackAbout.SIMULATE},
    }
    return render(request, DOORS[about].template, context, status=status)


help_door, donate_door, display_door, simulate_door = (
    _door(about) for about in (CallBackAbout.HELP, CallBackAbout.DONATE, CallBackAbout.DISPLAY, CallBackAbout.SIMULATE)
)
