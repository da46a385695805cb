"""Coupons: printed by the desk, looked at by whoever holds one, taken by one tap on the partner's own telephone."""

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hopecare.kernel import clock, codes, errors, rates
from hopecare.kernel.access import Principal
from hopecare.kernel.permissions import Permission
from hopecare.kernel.web import HopeRequest, public, source_address, staff
from volunteers.selectors import coupons as selectors
from volunteers.services import coupons as services
from volunteers.states import CouponOutcome
from volunteers.ui.link import LONGEST_TOKEN, private

#: Kept by a telephone on which the partner opened their own page: whose till it is, readable for us alone.
TILL, TILL_SALT, TILL_AGE = "hc_till", "volunteers.till", 400 * 24 * 3600
SAID = {
    CouponOutcome.TAKEN: _("Taken. Thank you!"),
    CouponOutcome.USED: _("It was used already."),
    CouponOutcome.OTHER_DAY: _("It is for another day."),
    CouponOutcome.UNKNOWN: _("There is no such coupon for you. Please compare the signs with the paper."),
}


@staff(Permission.OFFER_MANAGE)
@require_POST
def issue(request: HopeRequest, portion_id: int) -> HttpResponseBase:
    try:
        services.issue(by=request.viewer, portion_id=portion_id)
    except errors.Impossible as error:
        for problem in error.problems:
            messages.error(request, str(problem.words))
        return redirect("matching")
    return redirect("coupon-paper", portion_id=portion_id)


@staff(Permission.OFFER_MANAGE)
@require_safe
def paper(request: HopeRequest, portion_id: int) -> HttpResponseBase:
    card = selectors.coupon(request.viewer, portion_id)
    address = f"{settings.PUBLIC_URL}/v/{codes.shown(card.code)}/"
    square = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    context = {"card": card, "code": codes.shown(card.code), "square": square}
    return render(request, "volunteers/coupon_paper.html", context)


@public(Principal.OFFERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def coupon(request: HopeRequest, code: str) -> HttpResponseBase:
    """Whoever scans it sees where and when it is good; the partner's telephone shows one button beside."""
    till, said, outcome = _till(request), "", None
    try:
        if request.method == "POST" and till:
            rates.demand("coupon", rates.client_of(request), settings.PUBLIC_FORM_RATE)
            outcome = services.take(token=till, code=code[:40], source_address=source_address(request))
            said = str(SAID[outcome])
        card = selectors.coupon_by_code(code[:40])
    except errors.NotFound:
        return private(render(request, "volunteers/coupon_gone.html", status=404))
    mine = bool(till) and till == card.partner.token
    context = {"card": card, "code": codes.shown(card.code), "mine": mine, "said": said, "today": clock.today()}
    refused = outcome is not None and outcome != CouponOutcome.TAKEN
    return private(render(request, "volunteers/coupon.html", context, status=422 if refused else 200))


def remember_till(response: HttpResponse, token: str) -> HttpResponse:
    """This telephone is the partner's from now on: scanning a coupon with it shows the button."""
    response.set_signed_cookie(
        TILL, token, salt=TILL_SALT, max_age=TILL_AGE, path="/v/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _till(request: HopeRequest) -> str:
    found = request.get_signed_cookie(TILL, default="", salt=TILL_SALT, max_age=TILL_AGE)
    return str(found)[:LONGEST_TOKEN]
