"""`/desk/accounts/bank/`: where the bank and the books differ, and a person's word on it."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from donations.models import BankReason
from donations.selectors import bank as selectors
from donations.services import bank as services
from donations.ui.private import private
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.MONEY_VIEW)
@require_safe
def bank(request: HopeRequest) -> HttpResponseBase:
    context = {
        "found": selectors.differences(request.viewer),
        "reasons": BankReason.choices,
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
    }
    return private(render(request, "donations/bank.html", context))


@staff(Permission.MONEY_BOOK)
@require_POST
def match(request: HopeRequest, withdrawal_id: int) -> HttpResponseBase:
    """Which payment a line is, found out by a person."""
    try:
        services.match_by_hand(by=request.viewer, withdrawal_id=withdrawal_id, payment=request.POST.get("payment", ""))
        messages.success(request, _("The line and the payment belong together now."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money-bank")


@staff(Permission.MONEY_BOOK)
@require_POST
def explain(request: HopeRequest, kind: str, about: int) -> HttpResponseBase:
    """A reason and words; the difference leaves the worklist as long as it is this sum."""
    won = request.POST.get("won", "")
    try:
        services.explain(
            by=request.viewer,
            kind=kind,
            about=about,
            won=int(won) if won.lstrip("-").isdecimal() else 0,
            reason=request.POST.get("reason", ""),
            words=request.POST.get("words", ""),
        )
        messages.success(request, _("Written down with the reason."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money-bank")
