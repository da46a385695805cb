"""Shops and schools: agreements at the desk, and the page that a partner's own code opens (R68, R74)."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations.rules.partners import MOST_POINT_RATE_TT, MOST_RATE_TT, rate_of
from donations.selectors import partners as selectors
from donations.selectors.funds import receivers
from donations.selectors.partners import Page
from donations.services import partners as services
from donations.services.boxes import receiver_of
from donations.services.partners import Agreed
from donations.states import PartnerKind
from donations.ui.forms import place_problems
from donations.ui.many_hands import MAY, done_or_said, tabs
from donations.ui.partner_forms import OWN_FUND, AgreementForm, ClassesForm, SalesForm, rows_wanted
from donations.ui.private import private
from hopecare.kernel import codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, staff


@staff(*MAY)
@require_safe
def partners(request: HopeRequest) -> HttpResponseBase:
    context = {
        "lists": selectors.lists(request.viewer),
        "tabs": tabs(request.viewer),
        "may_manage": request.viewer.may(Permission.GIVING_MANAGE),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
    }
    return render(request, "donations/partners.html", context)


@staff(Permission.GIVING_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HopeRequest, kind: str) -> HttpResponseBase:
    """A signed agreement of a shop (`merchant`), a school, or a company with points."""
    if kind not in set(PartnerKind):
        raise errors.NotFound("partner", kind)
    shop, points = kind == PartnerKind.MERCHANT, kind == PartnerKind.POINTS
    funds = selectors.funds_of(receiver_of(request.viewer).pk)
    form = AgreementForm(request.POST or None, funds=funds, shop=shop, points=points)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        rate = rate_of(data.pop("percent", None), most=MOST_POINT_RATE_TT if points else MOST_RATE_TT)
        chosen = data.pop("fund")
        data |= {"own_fund": chosen == OWN_FUND, "fund_id": int(chosen) if chosen.isdigit() else 0}
        try:
            row = services.sign(by=request.viewer, agreed=Agreed(kind=kind, rate_tt=rate, **data))
        except errors.Impossible as error:
            place_problems(form, error.problems)
        else:
            messages.success(request, _("Written down. Please give them the address of their own page."))
            return redirect("giving-partner", partner_id=row.pk)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "donations/partner_new.html", {"form": form, "shop": shop, "points": points}, status=status)


@staff(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HopeRequest, partner_id: int) -> HttpResponseBase:
    """One agreement: its months, and what somebody tells on the telephone."""
    page = selectors.one(request.viewer, partner_id)
    form = _form(request, page)
    if request.method == "POST" and _told(request, page, form):
        messages.success(request, _("Written down. The slip for the transfer stands below."))
        return redirect("giving-partner", partner_id=partner_id)
    context = {
        "page": page,
        "form": form,
        "may_manage": request.viewer.may(Permission.GIVING_MANAGE),
        "may_book": request.viewer.may(Permission.MONEY_BOOK),
        "address": f"{settings.PUBLIC_URL}{_own_address(page)}",
    }
    return render(request, "donations/partner.html", context, status=422 if form.is_bound and form.errors else 200)


def _own_address(page: Page) -> str:
    return reverse("partner-page", args=[codes.shown(page.partner.code)])


def _form(request: HopeRequest, page: Page) -> SalesForm | ClassesForm:
    data = request.POST or None
    if page.is_shop:
        return SalesForm(data, months=page.months, points=page.is_points)
    return ClassesForm(data, months=page.months, rows=rows_wanted(request.GET.get("rows", "")))


def _told(request: HopeRequest, page: Page, form: SalesForm | ClassesForm) -> bool:
    """Whether the month was taken; what was wrong stands in the form."""
    if not form.is_valid():
        return False
    data: dict[str, Any] = form.cleaned_data
    by, partner, month = request.viewer, page.partner, data.get("month")
    try:
        if isinstance(form, SalesForm):
            services.tell_sales(by=by, partner=partner, month=month, sales_won=data.get("sales"))
        else:
            attested = bool(data.get("attested"))
            services.tell_classes(by=by, partner=partner, month=month, classes=form.classes(), attested=attested)
    except errors.Impossible as error:
        place_problems(form, error.problems)
        return False
    return True


@staff(Permission.GIVING_MANAGE)
@require_POST
def end(request: HopeRequest, partner_id: int) -> HttpResponseBase:
    return done_or_said(
        request,
        lambda: services.end(by=request.viewer, partner_id=partner_id),
        _("The agreement ends today. Thank them for us."),
        "giving-partner",
        partner_id=partner_id,
    )


@staff(Permission.MONEY_BOOK)
@require_POST
def other_sum(request: HopeRequest, partner_id: int, report_id: int) -> HttpResponseBase:
    """Book what the bank shows."""
    page = selectors.one(request.viewer, partner_id)
    deposit = next((one.bank.deposit for one in page.told if one.row.pk == report_id and one.bank.deposit), None)
    return done_or_said(
        request,
        lambda: services.take_other_sum(
            by=request.viewer, report_id=report_id, deposit_id=deposit.pk if deposit else 0
        ),
        _("What the bank shows is in the books."),
        "giving-partner",
        partner_id=partner_id,
    )


@csrf_exempt
@public(Principal.GIVING)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HopeRequest, typed: str) -> HttpResponseBase:
    """The partner's page: tell a month, see the slip, see what came of it. The code is the key."""
    rates.demand("follow", rates.client_of(request), settings.STATUS_READ_RATE)
    page = selectors.by_code(typed)
    form = _form(request, page)
    if request.method == "POST":
        rates.demand("give", rates.client_of(request), settings.PUBLIC_FORM_RATE)
        if page.partner.ends_on is None and _told(request, page, form):
            return HttpResponseRedirect(_own_address(page) + "#slip")
    context = {"page": page, "form": form, "receivers": [page.partner.receiver]}
    status = 422 if form.is_bound and form.errors else 200
    return private(render(request, "donations/partner_page.html", context, status=status))


@public(Principal.GIVING)
@require_safe
def together(request: HopeRequest) -> HttpResponseBase:
    """Boxes, shops and schools in public: sums from the books, names of those who want to be named."""
    context = {"together": selectors.together(), "receivers": receivers()}
    return render(request, "donations/together.html", context)
