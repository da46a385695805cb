"""The report page: help lines first, five short steps, nothing typed is ever lost (D4, D11, D13, D14).

No cookie is needed and none is set. Nobody is logged in here, so there is nothing a foreign page could misuse; a form
that was open for a day must still be taken, so the page does without a CSRF token.
"""

import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cases.facts import Told
from cases.models import About
from cases.rules import reports as rules
from cases.selectors import report_status
from cases.services import reports
from cases.services.reports import Receipt
from cases.ui import photos
from cases.ui.forms_report import PICTURES, ReportForm, tell
from cases.ui.report_map import map_of
from cases.ui.report_words import promises, spoken_until
from hopecare.kernel import clock, codes, errors, rates
from hopecare.kernel.access import Principal, Viewer
from hopecare.kernel.services import once
from hopecare.kernel.services.documents import Draft
from hopecare.kernel.web import HopeRequest, public

_TRIES, _PAUSE_SECONDS = 10, 0.3


@csrf_exempt
@public(Principal.INTAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HopeRequest) -> HttpResponseBase:
    """The form about a neighbour, or with about=self about oneself; also takes a code and leads to its status."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > photos.MOST_BYTES:
        words = _("That was too much at once. Please send smaller photos.")
        return _page(request, ReportForm(about=_about(request.GET)), [], [words], status=413)
    asked = request.POST if request.method == "POST" else request.GET
    if "code" in asked and "words" not in asked:
        return HttpResponseRedirect(f"{reverse('find-report')}?{urlencode({'code': asked['code'][:60]})}")
    if request.method == "POST":
        return _take(request)
    first = {"town": request.GET.get("town", ""), "urgency": "soon"}
    return _page(request, ReportForm(about=_about(request.GET), initial=first), [])


def _about(values: Any) -> str:
    return About.SELF if values.get("about") == About.SELF else About.NEIGHBOUR


def _take(request: HopeRequest) -> HttpResponseBase:
    rates.demand("report", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    form = ReportForm(request.POST, about=_about(request.POST))
    drafts, found = photos.gather(request)
    receipt = None
    if form.is_valid() and not found:
        receipt = send(request.viewer, form, form.told(door="web"), drafts)
    if receipt is None:
        return _page(request, form, drafts, [str(problem.words) for problem in found], status=422)
    return HttpResponseRedirect(reverse("report-thanks", args=[codes.shown(receipt.code)]))


def send(by: Viewer, form: ReportForm, told: Told, drafts: Sequence[Draft]) -> Receipt | None:
    """Hand the form to the service; None when it found problems, which then stand on the form."""
    key = form.cleaned_data["once"]
    try:
        return _patiently(by, told, f"web:{key}" if key else "", drafts)
    except errors.Impossible as error:
        tell(form, error.problems)
        return None


def _patiently(by: Viewer, told: Told, key: str, drafts: Sequence[Draft]) -> Receipt:
    """A form sent twice waits for the first; one that was sent, changed and sent again is another report."""
    for _attempt in range(_TRIES):
        try:
            return reports.receive(by=by, told=told, key=key, photos=drafts)
        except once.OtherBody:
            changed = once.digest(f"{key}{told}{[draft.sha256 for draft in drafts]}")
            return reports.receive(by=by, told=told, key=f"web:{changed}", photos=drafts)
        except once.StillRunning:
            time.sleep(_PAUSE_SECONDS)
    raise errors.TooMany(5)


def _page(
    request: HopeRequest, form: ReportForm, drafts: Sequence[Draft], problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    about_self = form.subject == About.SELF
    context = {
        "form": form,
        "about_self": about_self,
        "drafts": drafts,
        "problems": problems,
        "pictures": PICTURES,
        "promises": promises(clock.now()),
        "photos_limit": rules.PHOTOS_LIMIT,
        "map": map_of(str(form["town"].value() or "")),
        "tiles": settings.MAP_TILE_URL,
    }
    return render(request, "cases/report/new.html", context, status=status)


@public(Principal.INTAKE)
@require_safe
def thanks(request: HopeRequest, typed: str) -> HttpResponseBase:
    """What the reporter takes away: a code to read out, by when somebody looks, what happens next."""
    rates.demand("status", rates.client_of(request), settings.STATUS_READ_RATE)
    received = report_status.just_received(typed)
    if received is None:
        return HttpResponseRedirect(reverse("report-status", args=[typed]))
    context = {
        "received": received,
        "code": codes.shown(received.code),
        "until": spoken_until(received.promised_at),
        "dangerous": received.dangerous,
    }
    return render(request, "cases/report/thanks.html", context)
