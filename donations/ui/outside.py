"""Lists of other platforms at the desk: brought by the centre, booked by the accountant with their deposit (R66)."""

import tempfile
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from donations.models import Fund
from donations.rules.outside import Brought
from donations.selectors import export
from donations.selectors import outside as selectors
from donations.selectors.partners import funds_of
from donations.services import outside as services
from donations.services.boxes import receiver_of
from donations.ui.forms import WonField, place_problems
from donations.ui.many_hands import MAY, tabs
from donations.ui.private import private
from hopecare.kernel import errors
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff

MOST_BYTES = 5 * 1024 * 1024


class PlatformForm(forms.Form):
    platform = forms.CharField(label=gettext_lazy("Name of the platform"), max_length=60, required=False)
    fund = forms.ChoiceField(label=gettext_lazy("What it is for"), required=False)
    fee = WonField(
        label=gettext_lazy("What the platform kept, in won"),
        help_text=gettext_lazy("The operating account bears it: every won of the givers is booked for its purpose."),
        required=False,
        initial=0,
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or XLSX; the first line holds 번호, 날짜, 금액 and, if you like, 이름, 전화번호, 영수증."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
        required=False,
    )
    attested = forms.BooleanField(
        label=gettext_lazy("Whoever is named in it agreed that the platform gives us name and number for the receipt."),
        required=False,
    )

    def __init__(self, *args: Any, funds: list[Fund], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].choices = [(str(fund.pk), fund.name) for fund in funds]  # type: ignore[attr-defined]


@staff(*MAY)
@require_safe
def platforms(request: HopeRequest) -> HttpResponseBase:
    context = {"rows": selectors.lists(request.viewer), "tabs": tabs(request.viewer), **_may(request)}
    return render(request, "donations/platforms.html", context)


def _may(request: HopeRequest) -> dict[str, bool]:
    viewer = request.viewer
    return {"may_manage": viewer.may(Permission.GIVING_MANAGE), "may_book": viewer.may(Permission.MONEY_BOOK)}


@staff(Permission.GIVING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest) -> HttpResponseBase:
    """Bring a file; nothing is booked before its deposit is there."""
    form = PlatformForm(request.POST or None, request.FILES or None, funds=funds_of(receiver_of(request.viewer).pk))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = Brought(data["platform"], int(data["fund"] or 0), data["fee"], data["attested"])
        try:
            list_id = _brought(request, told, data.get("file"))
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            return redirect("platform-list", list_id=list_id)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/platform_new.html", {"form": form}, status=status)


def _brought(request: HopeRequest, told: Brought, upload: UploadedFile | None) -> int:
    if upload is None:
        return services.bring(by=request.viewer, told=told, path=None).pk
    if (upload.size or 0) > MOST_BYTES:
        raise errors.Impossible(Problem("large", _("At most 5 MB, please."), "file"))
    with tempfile.NamedTemporaryFile() as kept:
        for chunk in upload.chunks():
            kept.write(chunk)
        kept.flush()
        return services.bring(by=request.viewer, told=told, path=Path(kept.name), file_name=upload.name or "").pk


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, list_id: int) -> HttpResponseBase:
    """What was read of it; booked with the deposit of the same sum, or thrown away."""
    page, problems = selectors.one(request.viewer, list_id), list[Any]()
    if request.method == "POST":
        try:
            said = _do(request, list_id)
        except errors.Impossible as error:
            problems = [problem.words for problem in error.problems]
        else:
            messages.success(request, said)
            return redirect("platform-list", list_id=list_id)
    context = {"page": page, "row": page.row, "problems": problems, **_may(request)}
    return private(render(request, "donations/platform_list.html", context, status=422 if problems else 200))


def _do(request: HopeRequest, list_id: int) -> str:
    if request.POST.get("do") == "book":
        typed = request.POST.get("deposit", "")
        deposit_id = int(typed) if typed.isdigit() and len(typed) < 18 else 0
        services.book(by=request.viewer, list_id=list_id, deposit_id=deposit_id)
        return _("In the books, one by one. Whoever had no receipt is told how to ask for one.")
    services.throw_away(by=request.viewer, list_id=list_id)
    return _("Thrown away. The names and numbers are erased.")


@staff(Permission.GIVING_MANAGE)
@require_safe
def sample(request: HopeRequest) -> HttpResponseBase:
    """An empty list with the right headings."""
    rows = [("번호", "날짜", "금액", "이름", "전화번호", "영수증"), ("A-1", "2026-11-01", 10000, "", "", "Y")]
    answer = HttpResponse("".join(export.csv_of(rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="platform.csv"'
    return answer
