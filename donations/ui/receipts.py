"""Receipts for taxes: the giver asks and prints, the accountant keeps the register and files (K14)."""

import csv
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.selectors import giver
from donations.selectors import receipts as selectors
from donations.selectors.follow import follow
from donations.selectors.receipts import Year
from donations.services import receipts as services
from donations.services.books import books
from donations.services.receipts import Asked
from donations.ui.forms import ReceiptForm, place_problems
from donations.ui.private import private
from hopecare.kernel import clock, codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.models import UserKind
from hopecare.kernel.permissions import Permission
from hopecare.kernel.templatetags.hope_formats import won
from hopecare.kernel.web import HopeRequest, member, public, staff


@csrf_exempt
@public(Principal.GIVING)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HopeRequest, typed: str) -> HttpResponseBase:
    """The receipts of one gift or monthly account; its code is the giver's key."""
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    found = follow(typed)
    code = codes.shown(found.code)
    return _page(request, selectors.years_behind(found), back=f"/donate/follow/{code}/")


@public(Principal.GIVING)
@never_cache
@require_safe
def paper_by_code(request: HopeRequest, typed: str, year: int) -> HttpResponseBase:
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    found = follow(typed)
    return _paper(request, selectors.years_behind(found), year, f"/donate/follow/{codes.shown(found.code)}/receipts/")


@member(UserKind.DONOR)
@never_cache
@require_safe
def mine(request: HopeRequest) -> HttpResponseBase:
    """Everything of the giver who is logged in: monthly accounts, gifts, receipts by year."""
    context = {"history": giver.history(request.viewer), "years": selectors.years_of(request.viewer)}
    return private(render(request, "donations/mine.html", context))


@member(UserKind.DONOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def my_receipts(request: HopeRequest) -> HttpResponseBase:
    return _page(request, selectors.years_of(request.viewer), back="/donate/mine/", of_account=True)


@member(UserKind.DONOR)
@never_cache
@require_safe
def my_paper(request: HopeRequest, year: int) -> HttpResponseBase:
    return _paper(request, selectors.years_of(request.viewer), year, "/donate/mine/receipts/")


def _page(request: HopeRequest, years: list[Year], *, back: str, of_account: bool = False) -> HttpResponseBase:
    """`of_account`: asked in a session, so the form bears its token; behind a code there is none."""
    choices = [(str(year.year), f"{year.year} · {won(year.open_won)}") for year in years if year.gift_ids]
    form = ReceiptForm(request.POST or None, years=choices)
    if request.method == "POST" and form.is_valid():
        data: dict[str, Any] = dict(form.cleaned_data)
        chosen = data.pop("year") or (int(choices[0][0]) if choices else 0)
        try:
            year = next((row for row in years if row.year == chosen), None)
            made = services.ask(by=request.viewer, year=year, asked=Asked(**data))
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            said = ngettext("%(count)s receipt is issued.", "%(count)s receipts are issued.", len(made))
            messages.success(request, said % {"count": len(made)})
            return redirect(request.path)
    context = {"form": form, "years": years, "back": back, "open": bool(choices), "of_account": of_account}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/receipts.html", context, status=status))


def _paper(request: HopeRequest, years: list[Year], year: int, back: str) -> HttpResponseBase:
    sheets = selectors.sheets(years, year)
    if not sheets:
        raise errors.NotFound("receipt", str(year))
    context = {"sheets": sheets, "year": year, "back": back, "form": books()["tax_sheet"]}
    return private(render(request, "donations/receipt_paper.html", context))


def _year(request: HopeRequest) -> int:
    typed = request.GET.get("year", "")
    return int(typed) if typed.isdigit() and len(typed) == 4 else clock.today().year


@staff(Permission.MONEY_VIEW)
@require_safe
def register(request: HopeRequest) -> HttpResponseBase:
    """The register of a year, and each receiver's way to the tax office."""
    year, today = _year(request), clock.today()
    rows, total = selectors.register(request.viewer, year)
    context = {
        "year": year,
        "years": range(today.year, today.year - 6, -1),
        "rows": rows,
        "total": total,
        "offices": selectors.offices(request.viewer, year),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
    }
    return render(request, "donations/register.html", context)


@staff(Permission.MONEY_VIEW)
@require_safe
def register_csv(request: HopeRequest) -> HttpResponseBase:
    year = _year(request)
    return _csv(selectors.register_rows(request.viewer, year), f"receipts-{year}.csv")


@staff(Permission.MONEY_BOOK)
@require_POST
def void(request: HopeRequest, receipt_id: int) -> HttpResponseBase:
    try:
        services.void(by=request.viewer, receipt_id=receipt_id)
        messages.success(request, _("Void. The giver can ask for a new one."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money-receipts")


@staff(Permission.MONEY_BOOK)
@require_POST
def make_sheet(request: HopeRequest, receiver_id: int) -> HttpResponseBase:
    try:
        services.make_sheet(by=request.viewer, receiver_id=receiver_id)
        messages.success(request, _("The sheet is ready. Upload it at Hometax, then tell us that it was taken."))
    except errors.Impossible as error:
        messages.error(request, " ".join(str(problem.words) for problem in error.problems))
    return redirect("money-receipts")


@staff(Permission.MONEY_BOOK)
@require_POST
def sheet(request: HopeRequest, filing_id: int) -> HttpResponseBase:
    """The file with the numbers: by POST only, so that no link to it lies about."""
    name = f"hometax-{filing_id}-{date.isoformat(clock.today())}.csv"
    return _csv(services.sheet_rows(by=request.viewer, filing_id=filing_id), name)


@staff(Permission.MONEY_BOOK)
@require_POST
def taken(request: HopeRequest, filing_id: int) -> HttpResponseBase:
    services.taken(by=request.viewer, filing_id=filing_id)
    messages.success(request, _("Filed. The numbers that nothing waits for any more are erased."))
    return redirect("money-receipts")


def _csv(rows: list[list[object]], name: str) -> HttpResponse:
    """Cells that a spreadsheet would take for a formula are disarmed."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    safe = [[f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell for cell in row] for row in rows]
    csv.writer(answer).writerows(safe)
    return private(answer)
