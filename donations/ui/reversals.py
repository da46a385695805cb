"""`/desk/accounts/journals/`: an entry looked up, asked to be undone, and confirmed by a second person (R73)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from donations.selectors import reversals as selectors
from donations.services import reversals as services
from donations.ui.private import private
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(*selectors.MAY)
@require_safe
def journals(request: HopeRequest) -> HttpResponseBase:
    typed = request.GET.get("q", "")[:60]
    context = {
        "page": selectors.page(request.viewer, typed),
        "typed": typed,
        "sees_books": request.viewer.may(Permission.MONEY_VIEW),
    }
    return private(render(request, "donations/journals.html", context))


@staff(Permission.MONEY_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def journal(request: HopeRequest, journal_id: int) -> HttpResponseBase:
    """Its lines, and the reason for which it should be undone."""
    found, problems = selectors.one(request.viewer, journal_id), list[Any]()
    if request.method == "POST":
        try:
            row = services.request(by=request.viewer, journal_id=journal_id, reason=request.POST.get("reason", ""))
        except errors.Impossible as error:
            problems = [problem.words for problem in error.problems]
        else:
            messages.success(request, _("Asked for. A second person looks at it."))
            return redirect("money-reversal", key=row.uuid)
    context = {
        "one": found,
        "problems": problems,
        "typed": request.POST.get("reason", ""),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
    }
    return private(render(request, "donations/journal.html", context, status=422 if problems else 200))


@staff(*selectors.MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def reversal(request: HopeRequest, key: uuid.UUID) -> HttpResponseBase:
    """The second look."""
    (row, one), problems = selectors.wish(request.viewer, key), list[Any]()
    if request.method == "POST":
        try:
            said = _do(request, key)
        except errors.Impossible as error:
            problems = [problem.words for problem in error.problems]
        else:
            messages.success(request, said)
            return redirect("money-reversal", key=key)
    context = {
        "row": row,
        "one": one,
        "problems": problems,
        "own": row.requested_by_id == request.viewer.user_id,
        "may_confirm": selectors.may_confirm(request.viewer, row),
    }
    return private(render(request, "donations/reversal.html", context, status=422 if problems else 200))


def _do(request: HopeRequest, key: uuid.UUID) -> str:
    if request.POST.get("do") == "confirm":
        services.confirm(by=request.viewer, key=key)
        return _("Reversed. The entry and its mirror image both stand in the books.")
    services.refuse(by=request.viewer, key=key, why=request.POST.get("why", ""))
    return _("Written down with the reason.")
