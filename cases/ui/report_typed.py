"""Staff type the report of a caller: the same form and the same service, with both names on it (K4, K11)."""

from typing import Any

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases.models import About
from cases.rules import reports as rules
from cases.selectors import report_status
from cases.ui import photos
from cases.ui.forms_report import PICTURES, CallerForm
from cases.ui.report_new import send
from cases.ui.report_words import promises, spoken_until
from hopecare.kernel import clock, codes
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.documents import Draft
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.REPORT_TYPE)
@require_http_methods(["GET", "HEAD", "POST"])
def typed_report(request: HopeRequest) -> HttpResponseBase:
    """The form for a caller; after it was taken, the code to read out and by when somebody looks."""
    if request.method != "POST":
        return _page(request, CallerForm(initial={"urgency": "soon"}), [], [], extra=_taken(request))
    about = About.SELF if request.POST.get("about") == About.SELF else About.NEIGHBOUR
    form = CallerForm(request.POST)
    form.subject = about
    drafts, found = photos.gather(request)
    receipt = send(request.viewer, form, form.told(door="phone"), drafts) if form.is_valid() and not found else None
    if receipt is None:
        return _page(request, form, drafts, [str(problem.words) for problem in found], status=422)
    return HttpResponseRedirect(f"{reverse('report-typed')}?taken={codes.shown(receipt.code)}")


def _taken(request: HopeRequest) -> dict[str, Any]:
    """What to read out to the caller, right after their report was taken."""
    if not request.GET.get("taken"):
        return {}
    received = report_status.just_received(request.GET["taken"])
    if received is None:
        return {}
    return {
        "taken": codes.shown(received.code),
        "until": spoken_until(received.promised_at),
        "dangerous": received.dangerous,
    }


def _page(
    request: HopeRequest,
    form: CallerForm,
    drafts: list[Draft],
    problems: list[str],
    *,
    status: int = 200,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "drafts": drafts,
        "problems": problems,
        "pictures": PICTURES,
        "promises": promises(clock.now()),
        "photos_limit": rules.PHOTOS_LIMIT,
        **(extra or {}),
    }
    return render(request, "cases/report/typed.html", context, status=status)
