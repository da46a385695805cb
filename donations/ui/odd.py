"""`/desk/accounts/odd/`: what could not be taken by itself, and a person's word on it."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from donations.selectors import odd as selectors
from donations.services import odd as services
from hopecare.kernel import errors
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.MONEY_VIEW)
@require_safe
def odd(request: HopeRequest) -> HttpResponseBase:
    context = {"odd": selectors.odd(request.viewer), "may_book": request.viewer.may(Permission.MONEY_BOOK)}
    return render(request, "donations/odd.html", context)


@staff(Permission.MONEY_BOOK, short_transactions=True)
@require_POST
def line(request: HopeRequest, line_id: int) -> HttpResponseBase:
    """A line, or a whole file, of a bank."""
    try:
        if request.POST.get("do") == "away":
            services.put_line_away(by=request.viewer, line_id=line_id)
            messages.success(request, _("Put away. Nobody is asked about it any more."))
        else:
            services.take_line_again(by=request.viewer, line_id=line_id)
            messages.success(request, _("It is read again."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money-odd")


@staff(Permission.MONEY_BOOK)
@require_POST
def event(request: HopeRequest, event_id: int) -> HttpResponseBase:
    """A call-back that nobody understood."""
    if request.POST.get("do") == "away":
        services.put_event_away(by=request.viewer, event_id=event_id)
        messages.success(request, _("Put away. Nobody is asked about it any more."))
    else:
        services.look_at_event_again(by=request.viewer, event_id=event_id)
        messages.success(request, _("The payment company is asked again now."))
    return redirect("money-odd")
