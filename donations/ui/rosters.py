"""Lists of companies and offices at the desk, and the page that each person's own code opens (R64)."""

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from donations.models import Invitation
from donations.rules.rosters import Brought
from donations.selectors import export
from donations.selectors import rosters as selectors
from donations.selectors.choosing import monthly_ways
from donations.selectors.partners import funds_of
from donations.services import rosters as services
from donations.services.boxes import receiver_of
from donations.states import InvitationState
from donations.ui.forms import place_problems
from donations.ui.many_hands import MAY, tabs
from donations.ui.private import private
from donations.ui.public import page_language
from donations.ui.roster_forms import BringForm, JoinForm
from hopecare.kernel import codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff

MOST_BYTES = 5 * 1024 * 1024


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
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = Brought(data["name"], int(data["fund"] or 0), data["attested"])
        try:
            row = _brought(request, told, data.get("file"))
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            return redirect("roster", roster_id=row)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/roster_new.html", {"form": form}, status=status)


def _brought(request: HopeRequest, told: Brought, upload: UploadedFile | None) -> int:
    if upload is None:
        return services.bring(by=request.viewer, told=told, path=None).pk
    if (upload.size or 0) > MOST_BYTES:
        raise errors.Impossible(Problem("large", _("At most 5 MB, please."), "file"))
    with tempfile.NamedTemporaryFile() as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        return services.bring(by=request.viewer, told=told, path=Path(kept.name)).pk


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, roster_id: int) -> HttpResponseBase:
    """Before it is sent: who stands in it. Afterwards: how many said yes, never who."""
    page, problems = selectors.one(request.viewer, roster_id), list[Any]()
    if request.method == "POST":
        try:
            if request.POST.get("do") == "send":
                services.send(by=request.viewer, roster_id=roster_id)
                messages.success(request, _("On their way. Each of them decides alone."))
            else:
                services.throw_away(by=request.viewer, roster_id=roster_id)
                messages.success(request, _("Thrown away. The names and numbers are erased."))
            return redirect("roster", roster_id=roster_id)
        except errors.Impossible as error:
            problems = [problem.words for problem in error.problems]
    context = {"page": page, "row": page.row, "problems": problems, **_may(request)}
    return private(render(request, "donations/roster.html", context, status=422 if problems else 200))


@staff(Permission.GIVING_MANAGE)
@require_safe
def sample(request: HopeRequest) -> HttpResponseBase:
    """An empty list with the right headings."""
    lines = export.csv_of([("이름", "전화번호", "구좌수"), ("김보기", "010-0000-0001", 1)])
    answer = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="list.csv"'
    return answer


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
