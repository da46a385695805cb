"""Lists of other platforms at the desk: brought by the centre, booked by the accountant with their deposit (R66)."""

from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from donations.models import Fund
from donations.rules.outside import Brought
from donations.selectors import outside as selectors
from donations.selectors.partners import funds_of
from donations.services import outside as services
from donations.services.boxes import receiver_of
from donations.ui.forms import WonField
from donations.ui.lists import bring_page, empty_list, list_page
from donations.ui.many_hands import MAY, tabs
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, staff


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

    def bring(data: dict[str, Any], path: Path | None) -> HttpResponseBase:
        told = Brought(data["platform"], int(data["fund"] or 0), data["fee"], data["attested"])
        name = data["file"].name if path else ""
        row = services.bring(by=request.viewer, told=told, path=path, file_name=name or "")
        return redirect("platform-list", list_id=row.pk)

    return bring_page(request, form, "donations/platform_new.html", bring)


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, list_id: int) -> HttpResponseBase:
    """What was read of it; booked with the deposit of the same sum, or thrown away."""
    page = selectors.one(request.viewer, list_id)
    context = {"page": page, "row": page.row, **_may(request)}
    do = partial(_do, request, list_id)
    return list_page(request, "donations/platform_list.html", context, do, "platform-list", list_id=list_id)


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
    return empty_list(rows, "platform.csv")
