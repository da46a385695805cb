"""Pictures of rooms at one visit by volunteers: whether they agreed, and what was sent from there (D9)."""

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.selectors import rooms as found
from cases.selectors.case_page import read_case
from cases.services import rooms as services
from cases.ui.case_frame import address, done, frame, taken
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.documents import content_of
from hopecare.kernel.web import HopeRequest, staff


class WordForm(forms.Form):
    """One button; what it says stands on the button."""


@staff(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def rooms(request: HopeRequest, number: str, action_id: int) -> HttpResponseBase:
    """What they agreed to for this visit, and the pictures of it."""
    case = read_case(request.viewer, number)
    told = found.rooms_of(request.viewer, case, action_id)
    form = WordForm(request.POST if request.method == "POST" else None)
    back = request.POST.get("act", "") == "back"

    def change() -> None:
        act = services.take_back if back else services.agree
        act(by=request.viewer, number=number, action_id=action_id)

    if taken(request, form, change):
        said = _("Taken back: nobody sees the pictures any more.") if back else _("Written down.")
        return done(request, said, address(case, "case_rooms", action_id=action_id))
    may = request.viewer.may(Permission.CASE_SERVICE)
    context = {**frame(case, _("Pictures of rooms")), "told": told, "form": form, "may": may}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "cases/rooms/visit.html", context, status=status)


@staff(Permission.CASE_VIEW)
@require_safe
def photo(request: HopeRequest, number: str, photo_id: int) -> HttpResponseBase:
    """A picture of a room: checked, logged, never cached."""
    case = read_case(request.viewer, number)
    document = found.photo(request.viewer, case, photo_id)
    if document is None:
        raise errors.NotFound("room", str(photo_id))
    response = HttpResponse(content_of(document), content_type=document.content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
