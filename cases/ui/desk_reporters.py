"""`/desk/reporters/`: who reports on their rounds, registered by the team that gets their reports (K4)."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.selectors import reporters as selectors
from cases.services import reporters as services
from cases.ui.case_frame import done, taken
from cases.ui.forms_reporters import ReporterForm
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.REPORT_TRIAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def reporters(request: HopeRequest) -> HttpResponseBase:
    """The list; a post registers one more."""
    form = ReporterForm(request.POST or None)
    if taken(request, form, lambda: services.register(by=request.viewer, **form.cleaned_data)):
        return done(request, _("Registered. They sign in at /m/ with this number."), reverse("reporters"))
    context = {"entries": selectors.registered(request.viewer), "form": form}
    return render(request, "cases/report/reporters.html", context, status=422 if form.is_bound else 200)


@staff(Permission.REPORT_TRIAGE)
@require_POST
def end(request: HopeRequest, reporter_id: int) -> HttpResponseBase:
    services.end(by=request.viewer, reporter_id=reporter_id)
    return done(request, _("Ended. Their telephone reports without a name from now on."), reverse("reporters"))
