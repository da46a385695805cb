"""`/desk/people/`: who is at work in which team, with a number to ring; files that leave for other programs."""

import tempfile

from django.http import FileResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.selectors import hsds
from cases.selectors.at_work import at_work
from cases.selectors.own_file import write_own_file
from cases.ui.access_pages import board
from cases.ui.forms_access import ExportForm
from hopecare.kernel import clock
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.CASE_VIEW)
@require_safe
def people(request: HopeRequest) -> HttpResponseBase:
    """Every team, or those whose names hold the words of the one line."""
    line = request.GET.get("q", "")[:60]
    teams = at_work(request.viewer, line)
    return render(request, "cases/desk/people.html", {"teams": teams, "line": line})


@staff(Permission.CASE_VIEW)
@require_safe
def directory_file(request: HopeRequest) -> HttpResponseBase:
    """What there is in the city as HSDS 3.1."""
    answer = JsonResponse(hsds.document(request.viewer), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="hsds.json"'
    return answer


@staff(Permission.CASE_VIEW_ORGANISATION)
def own_file(request: HopeRequest) -> HttpResponseBase:
    """All that the own organisation holds, as far as the role opens it: first the reason, then the file (K9)."""
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.cleaned_data["reason"].strip():
        kept = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it when it was sent
        write_own_file(request.viewer, kept, reason=form.cleaned_data["reason"])
        kept.seek(0)
        return FileResponse(kept, as_attachment=True, filename=f"hope-care-{clock.today()}.zip")
    intro = _("What your organisation holds is yours: every case, plan, service and note in CSV files, in one ZIP.")
    more = _("Sections that your role does not open, sealed people and private notes are not in it.")
    context = {"title": _("All we hold, as a file"), "intro": f"{intro} {more}", "parts": [], "form": form}
    return board(request, {**context, "form_title": _("First the reason"), "button": _("Fetch the file")})
