"""The quarterly look at who still works here, by somebody else than themselves."""

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors.accounts import colleagues
from hopecare.kernel.services.accounts import confirm_affiliation, end_affiliation
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.AFFILIATION_CONFIRM)
@require_GET
def accounts(request: HopeRequest) -> HttpResponseBase:
    rows = colleagues(request.viewer)
    return render(request, "kernel/accounts.html", {"rows": rows, "due": sum(row.state != "fine" for row in rows)})


@staff(Permission.AFFILIATION_CONFIRM)
@require_POST
def confirm(request: HopeRequest, affiliation: int) -> HttpResponseBase:
    row = confirm_affiliation(by=request.viewer, affiliation_id=affiliation)
    messages.success(request, _("%(name)s is confirmed for the next quarter.") % {"name": row.user.name})
    return HttpResponseRedirect("/desk/colleagues/")


@staff(Permission.AFFILIATION_CONFIRM)
@require_POST
def end(request: HopeRequest, affiliation: int) -> HttpResponseBase:
    row = end_affiliation(by=request.viewer, affiliation_id=affiliation)
    messages.success(request, _("%(name)s no longer acts here; access has ended.") % {"name": row.user.name})
    return HttpResponseRedirect("/desk/colleagues/")
