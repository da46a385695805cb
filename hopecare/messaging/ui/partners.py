"""`/desk/messages/partners/`: what partners' systems were told, whether they took it, and telling them again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff
from hopecare.messaging.services import partner_calls

NAMES: dict[str, Any] = {
    "report.received": gettext_lazy("A report came in"),
    "report.looked_at": gettext_lazy("A report was looked at"),
    "case.opened": gettext_lazy("A case was opened"),
    "case.closed": gettext_lazy("A case was closed"),
    "case.reopened": gettext_lazy("A case was opened again"),
    "offer.filled": gettext_lazy("A volunteer was found"),
}
STATES: dict[str, tuple[str, Any]] = {
    partner_calls.WAITING: ("amb", gettext_lazy("tried again")),
    partner_calls.GIVEN_UP: ("red", gettext_lazy("given up")),
    partner_calls.TAKEN: ("acc", gettext_lazy("arrived there")),
}


@staff(Permission.MESSAGE_REPAIR)
@require_GET
def calls(request: HopeRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    found = partner_calls.page(by=request.viewer, state=state, after=request.GET.get("after", ""))
    standings = partner_calls.standings(request.viewer)
    here = reverse("partner-calls")
    counts = {
        partner_calls.WAITING: sum(row.waiting for row in standings),
        partner_calls.GIVEN_UP: sum(row.given_up for row in standings),
        partner_calls.TAKEN: sum(row.taken for row in standings),
    }
    tabs: list[dict[str, Any]] = [{"words": _("All"), "url": here, "count": None}]
    for code, (_tone, words) in STATES.items():
        tabs.append({"words": words, "url": f"{here}?state={code}", "count": counts[code]})
    rows = [{"call": row, "name": NAMES.get(row.name, row.name), "state": STATES[row.state]} for row in found.items]
    context = {
        "rows": rows,
        "next": found.next,
        "first": "after" not in request.GET,
        "standings": standings,
        "tabs": tabs,
        "current": f"{here}?state={state}" if state in STATES else here,
    }
    return render(request, "messaging/partners.html", context)


@staff(Permission.MESSAGE_REPAIR)
@require_POST
def again(request: HopeRequest, call: UUID) -> HttpResponse:
    partner_calls.again(by=request.viewer, call=call)
    messages.success(request, _("It is sent again now."))
    return HttpResponseRedirect(reverse("partner-calls"))


@staff(Permission.MESSAGE_REPAIR)
@require_POST
def again_all(request: HopeRequest) -> HttpResponse:
    count = partner_calls.again_all(by=request.viewer, partner=request.POST.get("partner", ""))
    messages.success(request, _("Sent again now: %(count)s") % {"count": count})
    return HttpResponseRedirect(reverse("partner-calls"))
