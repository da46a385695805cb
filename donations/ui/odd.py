"""`/desk/accounts/odd/`: what could not be taken by itself, and a person's word on it."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from donations.selectors import odd as selectors
from donations.services import odd as services
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


@staff(Permission.MONEY_VIEW)
@require_safe
def odd(request: HopeRequest) -> HttpResponseBase:
    context = {"odd": selectors.odd(request.viewer), "may_book": request.viewer.may(Permission.MONEY_BOOK)}
    return render(request, "donations/odd.html", context)


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
