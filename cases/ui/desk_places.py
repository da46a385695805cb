"""`/desk/places/`: lamps, ramps and paths that somebody told of by Open311, until they are seen to (D3)."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.selectors import places as selectors
from cases.services import places as services
from cases.ui.case_frame import done
from hopecare.kernel import clock
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.documents import content_of
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.REPORT_TRIAGE)
@require_safe
def places(request: HopeRequest) -> HttpResponseBase:
    context = {"places": selectors.open_places(request.viewer), "today": clock.today()}
    return render(request, "cases/report/places.html", context)


@staff(Permission.REPORT_TRIAGE)
@require_POST
def close(request: HopeRequest, typed: str) -> HttpResponseBase:
    services.close(by=request.viewer, typed=typed)
    return done(request, _("Done. Everybody can read so."), reverse("places"))


@staff(Permission.REPORT_TRIAGE)
@require_safe
def photo(request: HopeRequest, typed: str) -> HttpResponseBase:
    found = selectors.place_photo(request.viewer, typed)
    response = HttpResponse(content_of(found), content_type=found.content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@staff(Permission.REPORT_TRIAGE)
@require_POST
def show_photo(request: HopeRequest, typed: str) -> HttpResponseBase:
    shown = request.POST.get("shown") == "yes"
    services.show_photo(by=request.viewer, typed=typed, shown=shown)
    said = _("Everybody can see the photo now.") if shown else _("Nobody outside sees the photo any more.")
    return done(request, said, reverse("places"))
