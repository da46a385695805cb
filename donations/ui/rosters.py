"""Lists of companies and offices at the desk, and the page that each person's own code opens (R64)."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from donations.models import Invitation
from donations.rules.rosters import Brought
from donations.selectors import rosters as selectors
from donations.selectors.choosing import monthly_ways
from donations.selectors.partners import funds_of
from donations.services import rosters as services
from donations.services.boxes import receiver_of
from donations.states import InvitationState
from donations.ui.forms import place_problems
from donations.ui.lists import bring_page, empty_list, list_page
from donations.ui.many_hands import MAY, tabs
from donations.ui.private import private
from donations.ui.public import page_language
from donations.ui.roster_forms import BringForm, JoinForm
from hopecare.kernel import codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff


@staff(*MAY)
@require_safe
def rosters(request: HopeRequest) -> HttpResponseBase:
    context = {"rows": selectors.rosters(request.viewer), "tabs": tabs(request.viewer), **_may(request)}
    return render(request, "donations/rosters.html", context)


def _may(request: HopeRequest) -> dict[str, bool]:
    viewer = request.viewer
    return {"may_manage": viewer.may(Permission.GIVING_MANAGE), "may_book": viewer.may(Permission.MONEY_VIEW)}


@staff(Permission.GIVING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    """Bring a file; nobody is written to before somebody has looked at what we read."""
    form = BringForm(request.POST or None, request.FILES or None, funds=funds_of(receiver_of(request.viewer).pk))

    def bring(data: dict[str, Any], path: Path | None) -> HttpResponseBase:
        told = Brought(data["name"], int(data["fund"] or 0), data["attested"])
        return redirect("roster", roster_id=services.bring(by=request.viewer, told=told, path=path).pk)

    return bring_page(request, form, "donations/roster_new.html", bring)


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, roster_id: int) -> HttpResponseBase:
    """Before it is sent: who stands in it. Afterwards: how many said yes, never who."""
    page = selectors.one(request.viewer, roster_id)
    context = {"page": page, "row": page.row, **_may(request)}
    return list_page(
        request, "donations/roster.html", context, partial(_do, request, roster_id), "roster", roster_id=roster_id
    )


def _do(request: HopeRequest, roster_id: int) -> str:
    if request.POST.get("do") == "send":
        services.send(by=request.viewer, roster_id=roster_id)
        return _("On their way. Each of them decides alone.")
    services.throw_away(by=request.viewer, roster_id=roster_id)
    return _("Thrown away. The names and numbers are erased.")


@staff(Permission.GIVING_MANAGE)
@require_safe
def sample(request: HopeRequest) -> HttpResponseBase:
    """An empty list with the right headings."""
    rows = [("이름", "전화번호", "구좌수"), ("김보기", "010-0000-0001", 1)]
    return empty_list(rows, "list.csv")


@csrf_exempt
@public(Principal.GIVING)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HopeRequest, typed: str) -> HttpResponseBase:
    """One person's own yes or no. Without a yes with their own means of payment nothing is ever debited."""
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    row = selectors.by_code(typed)
    start = {"units": row.units, "name": row.name}
    form = JoinForm(request.POST if request.POST.get("do") == "yes" else None, ways=monthly_ways(), initial=start)
    if request.method == "POST" and row.state == InvitationState.WAITING:
        rates.demand("give", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        if not form.is_bound:
            with suppress(errors.Impossible):
                services.decline(code=row.code)
            return HttpResponseRedirect(request.path)
        made = _joined(row, form)
        if made:
            return HttpResponseRedirect(reverse("donate-follow", args=[codes.shown(made)]))
    receiver = row.roster.fund.receiver
    context = {"row": row, "form": form, "receivers": [receiver]}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/join.html", context, status=status))


def _joined(row: Invitation, form: JoinForm) -> str:
    """The new account's code; what was wrong stands in the form."""
    if not form.is_valid():
        return ""
    try:
        return services.accept(code=row.code, language=page_language(), **form.cleaned_data)
    except errors.Impossible as error:
        place_problems(form, error.problems)
        return ""
