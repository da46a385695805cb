"""Language, letter size and contrast: kept in cookies, changed by plain forms, never in an account's history."""

from django.conf import settings
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from hopecare.kernel.web import HopeRequest, public

YEAR = 365 * 24 * 3600
CONTRASTS = ("", "high", "auto")
TYPE_SIZES = ("", "large", "larger")


# Exempt: how a page looks is no secret and no change of data, and the switch must work on a page kept for hours.
@csrf_exempt
@public()
@require_http_methods(["GET", "POST"])
def preferences(request: HopeRequest) -> HttpResponseBase:
    if request.method == "GET":
        return render(
            request, "front/preferences.html", {"next": _way_back(request, request.headers.get("Referer", ""))}
        )
    response = HttpResponseRedirect(_way_back(request, request.POST.get("next", "")))
    chosen = {
        settings.LANGUAGE_COOKIE_NAME: ("language", check_for_language(request.POST.get("language", ""))),
        "contrast": ("contrast", request.POST.get("contrast") in CONTRASTS),
        "type_size": ("type_size", request.POST.get("type_size") in TYPE_SIZES),
    }
    for cookie, (name, valid) in chosen.items():
        if name in request.POST and valid:
            response.set_cookie(
                cookie,
                request.POST[name],
                max_age=YEAR,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
            )
    return response


def _way_back(request: HopeRequest, address: str) -> str:
    """Only pages of this house; a page of the same house that answers POST alone falls back to the front."""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe and address and not address.rstrip("/").endswith("/preferences") else "/"
