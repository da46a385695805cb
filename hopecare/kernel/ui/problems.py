"""Pages for what went wrong. Missing and forbidden read alike; a broken database still shows telephone numbers."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from hopecare.kernel import context


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 for a missing row and for one that this viewer may not see: the same words, the same page (D17)."""
    return _page(request, "errors/404.html", 404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A refused page is a missing page."""
    return not_found(request)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "errors/400.html", 400)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or came from elsewhere; what was typed is still one step back."""
    return _page(request, "errors/csrf.html", 403)


def too_many(request: HttpRequest, retry_after: int) -> HttpResponse:
    response = _page(request, "errors/429.html", 429, {"minutes": max(1, -(-retry_after // 60))})
    response["Retry-After"] = str(retry_after)
    return response


def database_down(request: HttpRequest) -> HttpResponse:
    """503 without one query: no session, no context processors."""
    response = HttpResponse(render_to_string("errors/503.html", _without_database(request)), status=503)
    response["Retry-After"] = "30"
    return response


def broken(request: HttpRequest) -> HttpResponse:
    """500 without context processors; 503 when the database failed outside any view (saving a session, say)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return database_down(request)
    return HttpResponse(render_to_string("errors/500.html", _without_database(request)), status=500)


def _page(request: HttpRequest, template: str, status: int, extra: dict[str, Any] | None = None) -> HttpResponse:
    """A page in the frame of whoever is reading; if even the city cannot be read, without it."""
    try:
        return render(request, template, {**_from_cookies(request), **(extra or {})}, status=status)
    except Exception:  # an error page must not fail: the plain one needs nothing
        return HttpResponse(render_to_string(template, {**_without_database(request), **(extra or {})}), status=status)


def _from_cookies(request: HttpRequest) -> dict[str, Any]:
    return {"contrast": request.COOKIES.get("contrast", ""), "type_size": request.COOKIES.get("type_size", "")}


def _without_database(request: HttpRequest) -> dict[str, Any]:
    return {**_from_cookies(request), "LANGUAGE_CODE": get_language() or "ko", "city": context.remembered_city()}
