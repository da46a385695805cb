"""How a report stands, for whoever holds its code: the same words whatever was found (D2), and a way to add or undo."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cases.selectors import report_status
from cases.selectors.report_status import Status
from cases.services import reports
from cases.ui.forms_report import AdditionForm, tell
from hopecare.kernel import codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.web import HopeRequest, public

WORDS = {
    report_status.RECEIVED: pgettext_lazy("reporter", "Received"),
    report_status.BEING: _("Being looked at"),
    report_status.LOOKED: _("Looked at"),
    report_status.ASSIGNED: _("Somebody is in charge"),
    report_status.VISITED: _("We came to see you"),
    report_status.CLOSED: pgettext_lazy("reporter", "Finished"),
    report_status.WITHDRAWN: _("Taken back"),
}
NOTES = {
    report_status.BEING: _("Whether somebody went there, and who was there, is told to nobody."),
    report_status.LOOKED: _("We do not tell how your neighbour is. That protects your neighbour."),
}
SENTENCES = {
    report_status.RECEIVED: _("We have received it."),
    report_status.BEING: _("Somebody is looking at it."),
    report_status.LOOKED: _(
        "A person in charge has looked. We do not tell how your neighbour is. If you worry again, tell us any time."
    ),
    report_status.ASSIGNED: _("Somebody is in charge of your call for help and gets in touch with you."),
    report_status.VISITED: _("We came to see you. What comes next, we settle with you."),
    report_status.CLOSED: _("This call for help is finished. If you need us again, tell us any time."),
    report_status.WITHDRAWN: _("You took this report back. If you worry again, tell us any time."),
}


@public(Principal.INTAKE)
@require_safe
def status(request: HopeRequest, typed: str) -> HttpResponseBase:
    """The status page. A code typed with spaces, small letters or O for 0 leads to its one address."""
    found = _found(request, typed)
    if typed != codes.shown(found.code):
        return HttpResponseRedirect(reverse("report-status", args=[codes.shown(found.code)]))
    return _page(request, found, AdditionForm())


def _found(request: HopeRequest, typed: str) -> Status:
    rates.demand("status", rates.client_of(request), settings.STATUS_READ_RATE)
    return report_status.status_of(typed)


def _page(request: HopeRequest, found: Status, form: AdditionForm, status: int = 200) -> HttpResponse:
    context = {
        "code": codes.shown(found.code),
        "about_self": found.about_self,
        "sentence": SENTENCES[found.name],
        "steps": [_step(found, index) for index in range(len(found.steps))],
        "current": found.current,
        "withdrawn": found.name == report_status.WITHDRAWN,
        "form": form,
        "added": request.GET.get("added", ""),
        "may_echo": found.about_self and found.name in (report_status.VISITED, report_status.CLOSED),
        "echo": request.GET.get("echo", ""),
    }
    response = render(request, "cases/report/status.html", context, status=status)
    response["Cache-Control"] = "no-store, private"
    return response


def _step(found: Status, index: int) -> dict[str, Any]:
    step = found.steps[index]
    note = "" if found.about_self else NOTES.get(step.name, "")
    return {"words": WORDS[step.name], "at": step.on, "note": note, "done": step.done}


@csrf_exempt
@public(Principal.INTAKE)
@require_http_methods(["POST"])
def add(request: HopeRequest, typed: str) -> HttpResponseBase:
    """Words added to a report later."""
    rates.demand("report", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    found = _found(request, typed)
    form = AdditionForm(request.POST)
    if form.is_valid():
        key = form.cleaned_data["once"] or codes.new_code()
        try:
            dangerous = reports.add_words(code=found.code, words=form.cleaned_data["words"], key=key)
        except errors.Impossible as error:
            tell(form, error.problems)
        else:
            address = reverse("report-status", args=[codes.shown(found.code)])
            return HttpResponseRedirect(f"{address}?added={'danger' if dangerous else 'yes'}")
    return _page(request, found, form, status=422)


@csrf_exempt
@public(Principal.INTAKE)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HopeRequest, typed: str) -> HttpResponseBase:
    """Take a report back, after being asked once more."""
    found = _found(request, typed)
    shown = codes.shown(found.code)
    if request.method == "POST":
        rates.demand("report", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        reports.withdraw(code=found.code)
        return HttpResponseRedirect(reverse("report-status", args=[shown]))
    return render(
        request, "cases/report/withdraw.html", {"code": shown, "back": reverse("report-status", args=[shown])}
    )


@csrf_exempt
@public(Principal.INTAKE)
@require_http_methods(["POST"])
def echo(request: HopeRequest, typed: str) -> HttpResponseBase:
    """Is it better? "Not better" opens it again."""
    rates.demand("report", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    found, better = _found(request, typed), request.POST.get("better") == "yes"
    reports.echo(code=found.code, better=better)
    address = reverse("report-status", args=[codes.shown(found.code)])
    return HttpResponseRedirect(f"{address}?echo={'better' if better else 'not_better'}")
