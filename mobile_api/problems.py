"""Every error of the API is one problem document (RFC 9457) with words for a person in the caller's language."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from hopecare.kernel import errors
from hopecare.kernel.services import once, uploads
from mobile_api import limits

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
BODY_LIMIT_BYTES = 64 * 1024
#: A household told at length, and one that is told absurdly, which deserves an answer naming the field.
HOUSEHOLD_LIMIT_BYTES = 2 * 1024 * 1024
JSON, BYTES = "application/json", "application/octet-stream"
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Body:
    """What a route reads: for these methods, at most so many bytes of this kind."""

    methods: frozenset[str]
    limit: int = BODY_LIMIT_BYTES
    kind: str = JSON


class Unconditional(Exception):
    """An edit that does not say which state it was made from."""


def problem(
    status: int, detail: str = "", *, parts: list[dict[str, str]] | None = None, retry_after: int | None = None
) -> HttpResponse:
    """A problem document; `parts` = [{pointer, code, detail}] for the fields that do not fit."""
    title = HTTPStatus(status).phrase
    body = {
        "type": f"{settings.PUBLIC_URL}/api/v1/docs#{status}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "errors": parts or [],
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def guarded(view: View, *, body: Body | None = None) -> View:
    """Refuse a body that cannot be meant before it is parsed, and turn every refusal of the view into a problem."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            refused = _refused_unread(request, body) if body and request.method in body.methods else None
            response = refused or view(request, *args, **kwargs)
        except Exception as error:
            response = problem_of(request, error)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            answer = problem(405, _("This address does not do that."))
            answer["Allow"] = response["Allow"]
            return answer
        limits.tell(request, response)
        return response

    inner.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is read here
    return inner


def _refused_unread(request: HttpRequest, body: Body) -> HttpResponse | None:
    if int(request.META.get("CONTENT_LENGTH") or 0) > body.limit:
        return problem(413, _("This is more than can be taken at once."))
    if request.content_type != body.kind:
        return problem(415, _("Please send %(kind)s.") % {"kind": body.kind})
    return None


def problem_of(request: HttpRequest, error: Exception) -> HttpResponse:
    """The answer to an exception; what nobody foresaw is logged and told without details."""
    match error:
        case errors.Impossible():
            parts = [
                {"pointer": pointer_of(found.field), "code": found.code, "detail": str(found.words)}
                for found in error.problems
            ]
            return problem(422, " ".join(part["detail"] for part in parts), parts=parts)
        case errors.NotFound() | errors.Forbidden():
            return problem(404, _("Cannot be found."))
        case errors.Unauthenticated():
            answer = problem(401, _("Please sign in anew with your number and a code."))
            answer["WWW-Authenticate"] = 'Bearer realm="hopecare"'
            return answer
        case errors.Stale():
            answer = problem(412, _("It was changed meanwhile. Please look at it again first."))
            answer["ETag"] = f'"{error.version}"'
            return answer
        case Unconditional():
            return problem(428, _("Please say with If-Match which state you are changing."))
        case uploads.Elsewhere():
            answer = problem(409, _("This part does not begin where the last one ended."))
            answer["Upload-Offset"] = str(error.upload.offset)
            return answer
        case errors.TooMany():
            return problem(429, _("That was often. Please wait a moment."), retry_after=error.retry_after)
        case once.StillRunning():
            return problem(409, _("The first request with this key is still at work."), retry_after=1)
        case once.OtherBody():
            return problem(422, _("This key was used for another report."), parts=[_key_part()])
        case OperationalError() | InterfaceError():
            return problem(
                503, _("We cannot take this just now. Please send it again in half a minute."), retry_after=30
            )
        case BadRequest() | SuspiciousOperation():
            return problem(400, _("This could not be read."))
    log.exception("api request failed", exc_info=error)
    return problem(500, _("Something broke on our side. Please send it again, or ring us."))


def _key_part() -> dict[str, str]:
    return {
        "pointer": "header:Idempotency-Key",
        "code": "key_used",
        "detail": _("This key was used for another report."),
    }


#: field of a rule → place in the request's JSON
_POINTERS = {
    "town": "/place/town",
    "directions": "/place/words",
    "reporter_phone": "/reporter/phone",
    "": "",
}


def pointer_of(field: str) -> str:
    return field if field.startswith("/") else _POINTERS.get(field, f"/{field}")


def parts_of(found: list[Any]) -> list[dict[str, str]]:
    """pydantic's errors in the caller's language; what was sent is not repeated."""
    return [
        {
            "pointer": "/" + "/".join(str(step) for step in entry["loc"][2:])
            if entry["loc"][:1] == ("body",)
            else ":".join(str(step) for step in entry["loc"]),
            "code": entry["type"],
            "detail": _sentence(entry),
        }
        for entry in found[:50]
    ]


def _sentence(entry: dict[str, Any]) -> str:
    context = entry.get("ctx", {})
    match entry["type"]:
        case "missing":
            return _("This is needed.")
        case "string_too_long":
            return _("This is too long: at most %(limit)s signs, please.") % {"limit": f"{context['max_length']:,}"}
        case "literal_error":
            return _("This must be one of: %(known)s.") % {"known": context["expected"].replace("'", "")}
        case "extra_forbidden":
            return _("We do not know this field.")
        case "too_long" if entry["loc"][-1:] == ("photos",):
            return _("At most %(limit)s photos, please.") % {"limit": entry["ctx"]["max_length"]}
    return _("This does not fit: %(why)s") % {"why": entry["msg"]}
