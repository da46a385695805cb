"""Request ids, the idle clock of sessions, and errors turned into pages that betray nothing."""

import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from hopecare.kernel import audit, clock, errors, logs
from hopecare.kernel.access import Viewer
from hopecare.kernel.ui import problems

Respond = Callable[[HttpRequest], HttpResponseBase]
TOUCH_EVERY_SECONDS = 60


class RequestIdMiddleware:
    """Takes a well-formed X-Request-ID or makes one; it stands in every log line and in the answer."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        token = given if 8 <= len(given) <= 64 and given.replace("-", "").isalnum() else secrets.token_hex(8)
        logs.request_id.set(token)
        response = self.respond(request)
        response["X-Request-ID"] = token
        return response


class ViewerMiddleware:
    """Slides the idle clock and answers our own errors; who is looking is worked out by the view's mark."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.viewer = Viewer()  # type: ignore[attr-defined]
        response = self.respond(request)
        self._touch(request)
        if getattr(request.user, "is_authenticated", False):
            response.headers.setdefault("Cache-Control", "no-store, private")
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
                return problems.not_found(request)
            case errors.Unauthenticated():
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
            case errors.TooMany():
                return problems.too_many(request, error.retry_after)
            case OperationalError():
                return problems.database_down(request)
        return None


def client_key(request: HttpRequest) -> Any:
    """Whom a rate is counted against."""
    return request.META.get("REMOTE_ADDR", "")
