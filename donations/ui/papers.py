"""The yearly report as a workbook (form 19, K12): with names for the office, without them for the notice board."""

from django.http import HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from donations.selectors.form19 import form19, workbook
from donations.ui.private import private
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff(Permission.MONEY_VIEW)
@require_safe
def report(request: HopeRequest, receiver_id: int, year: int) -> HttpResponseBase:
    names = request.GET.get("names") == "1"
    found = form19(request.viewer, receiver_id, year, names=names)
    answer = HttpResponse(workbook(found), content_type=_XLSX)
    mark = "" if names else "-board"
    answer["Content-Disposition"] = f'attachment; filename="form19-{receiver_id}-{year}{mark}.xlsx"'
    return private(answer)
