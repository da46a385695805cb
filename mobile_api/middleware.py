"""The API's short way: its callers bring no cookie, so that no session, account or page is made ready for them."""

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from mobile_api.problems import problem
from mobile_api.urls import PREFIX
from mobile_api.views import docs

Respond = Callable[[HttpRequest], HttpResponseBase]


class ApiMiddleware:
    """Answers below /api/v1/ in the caller's language; the page about the API goes the way of all pages."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PREFIX):
            return self.respond(request)
        match = resolve(request.path_info)  # the last address below the prefix takes everything
        if match.func is docs:
            return self.respond(request)
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.resolver_match = match
        if not _readable(request):
            return problem(400, _("This could not be read."))
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ("Accept-Language",))
        return response


def _readable(request: HttpRequest) -> bool:
    """What the pages' way asks as well: a host that is ours, and no NUL, which PostgreSQL stores nowhere."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return "\0" not in request.path_info and "%00" not in request.META.get("QUERY_STRING", "")
