"""Request ids, the idle clock of sessions, and errors turned into pages that betray nothing."""

import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from hopecare.kernel import audit, clock, errors, logs, traffic
from hopecare.kernel.access import Viewer
from hopecare.kernel.ui import problems

Respond = Callable[[HttpRequest], HttpResponseBase]
TOUCH_EVERY_SECONDS = 60
PASSWORD_PAGE = "/account/password/"
SECOND_FACTOR_PAGE = "/account/factors/"


class RequestIdMiddleware:
    """Takes a well-formed X-Request-ID or makes one, for every log line and the answer. Counts the request."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        token = given if 8 <= len(given) <= 64 and given.replace("-", "").isalnum() else secrets.token_hex(8)
        logs.request_id.set(token)
        began = time.perf_counter()
        response = self.respond(request)
        traffic.count(request, response.status_code, time.perf_counter() - began)
        response["X-Request-ID"] = token
        return response


class ViewerMiddleware:
    """Slides the idle clock and answers our own errors; who is looking is worked out by the view's mark."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.viewer, request.entered = Viewer(), False  # type: ignore[attr-defined]
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return problems.bad_request(request)  # nobody types NUL, and PostgreSQL stores none
        response = self.respond(request)
        try:
            self._touch(request)
            if getattr(request.user, "is_authenticated", False):
                response.headers.setdefault("Cache-Control", "no-store, private")
        except (OperationalError, InterfaceError):
            return response if response.status_code == 503 else problems.database_down(request)
        return response

    def _touch(self, request: HttpRequest) -> None:
        """Save the session at most once a minute: an idle session ends, a busy one costs no write per page."""
        if "_auth_user_id" not in request.session:
            return
        seconds = int(clock.now().timestamp())
        if seconds - request.session.get("touched", 0) >= TOUCH_EVERY_SECONDS:
            request.session["touched"] = seconds

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        viewer: Viewer = getattr(request, "viewer", Viewer())
        match error:
            case errors.NotFound():
                audit.refused(viewer, error)
                return problems.not_found(request)
            case errors.Forbidden():
                _refuse(request, viewer)
                return problems.not_found(request)
            case errors.Unauthenticated():
                return _send_to(request, settings.LOGIN_URL)
            case errors.PasswordTold():
                return _send_to(request, PASSWORD_PAGE)
            case errors.SecondFactorMissing():
                return _send_to(request, SECOND_FACTOR_PAGE)
            case errors.TooMany():
                return problems.too_many(request, error.retry_after)
            case OperationalError() | InterfaceError():
                return problems.database_down(request)
        return None


def _refuse(request: HttpRequest, viewer: Viewer) -> None:
    """A role without the permission that asks for one record by its address was refused that record."""
    arguments: dict[str, Any] = request.resolver_match.kwargs if request.resolver_match else {}
    for name, asked in arguments.items():
        kind = audit.kind_of_argument(name)
        if kind:
            audit.refused(viewer, errors.NotFound(kind, str(asked)))


def _send_to(request: HttpRequest, address: str) -> HttpResponse:
    """To the log-in and back: a form that was sent returns to the page it stood on, a fragment to its page."""
    htmx = request.headers.get("HX-Request") == "true"
    page = request.headers.get("HX-Current-URL" if htmx else "Referer", "")
    back = request.get_full_path()
    if htmx or request.method != "GET":
        ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
        parts = urlsplit(page)
        back = f"{parts.path}?{parts.query}".rstrip("?") if ours and parts.path else "/desk/"
    target = f"{address}?{urlencode({'next': back})}"
    return HttpResponse(status=204, headers={"HX-Redirect": target}) if htmx else HttpResponseRedirect(target)
