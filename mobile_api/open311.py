"""Open311 GeoReport v2 at /open311/v2/, JSON and XML: places only, blurred, without a word anybody typed (D3).

https://wiki.open311.org/GeoReport_v2 — a request's id is given at once, so its token is its id.
"""

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from cases.facts import PlaceTold
from cases.selectors import places as selectors
from cases.selectors.places import PublicPlace
from cases.services import places as services
from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal
from hopecare.kernel.services import api_keys, documents
from hopecare.kernel.services.api_keys import Purpose
from hopecare.kernel.web import HopeRequest, public
from mobile_api import limits
from mobile_api.open311_forms import FORMATS, answer

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-22T00:00:00+09:00"
MOST_IDS = 50
#: What a form may hold beside its photo.
FORM_BYTES = 64 * 1024
_ATTRIBUTE = re.compile(r"^attribute\[([a-z_]{1,40})\]$")
View = Callable[..., HttpResponseBase]


class Refused(Exception):
    """An error of the specification: an HTTP code and a sentence."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def resource(*methods: str) -> Callable[[View], View]:
    """A public resource in two formats; every refusal is `errors/error` with code and description."""

    def mark(view: View) -> View:
        @wraps(view)
        def inner(request: HopeRequest, *args: Any, kind: str, **kwargs: Any) -> HttpResponseBase:
            if kind not in FORMATS:
                raise errors.NotFound
            try:
                limits.demand(request, "open311", settings.STATUS_READ_RATE)
                response = _asked(view, request, methods, args, kwargs, kind)
            except Refused as refused:
                response = _errors(kind, refused.code, [refused.words])
            except errors.NotFound:
                response = _errors(kind, 404, [_("Cannot be found.")])
            except errors.TooMany as error:
                response = _errors(kind, 429, [_("That was often. Please wait a moment.")])
                response["Retry-After"] = str(error.retry_after)
            except errors.Impossible as error:
                missing = any(problem.code == "unknown_service" for problem in error.problems)
                words = [f"{problem.field}: {problem.words}" for problem in error.problems]
                response = _errors(kind, 404 if missing else 400, words)
            limits.tell(request, response)
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return csrf_exempt(public(Principal.INTAKE)(inner))

    return mark


def _asked(
    view: View, request: HttpRequest, methods: tuple[str, ...], args: Any, kwargs: Any, kind: str
) -> HttpResponseBase:
    if request.method not in methods:
        response = _errors(kind, 405, [_("This address does not do that.")])
        response["Allow"] = ", ".join(methods)
        return response
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_LIMIT_BYTES + FORM_BYTES:
        raise Refused(413, _("This is more than can be taken at once."))
    asked = request.POST if request.method == "POST" else request.GET
    if asked.get("jurisdiction_id", settings.HOPECARE_CITY) != settings.HOPECARE_CITY:
        raise Refused(404, _("This jurisdiction is not ours."))
    return view(request, *args, kind=kind, **kwargs)


def _errors(kind: str, code: int, words: list[str]) -> HttpResponse:
    return answer(kind, "errors", "error", [{"code": code, "description": line} for line in words], status=code)


def _name(row: dict[str, Any], field: str = "name") -> str:
    return str(row[f"{field}_ko" if (get_language() or "ko").startswith("ko") else f"{field}_en"])


@resource("GET", "HEAD")
def discovery(request: HttpRequest, kind: str) -> HttpResponse:
    endpoint = {
        "specification": SPECIFICATION,
        "url": f"{settings.PUBLIC_URL}/open311/v2",
        "changeset": CHANGESET,
        "type": "test" if settings.HOPECARE_DEMO else "production",
        "formats": list(FORMATS.values()),
    }
    body = {
        "changeset": CHANGESET,
        "contact": _("The central desk of Hope Care: %(url)s") % {"url": f"{settings.PUBLIC_URL}/help/"},
        "key_service": _("Ask the central desk for a key: %(url)s") % {"url": f"{settings.PUBLIC_URL}/help/"},
        "endpoints": [endpoint],
    }
    return answer(kind, "discovery", "", body)


@resource("GET", "HEAD")
def services_list(request: HttpRequest, kind: str) -> HttpResponse:
    rows = [
        {
            "service_code": row["code"],
            "service_name": _name(row),
            "description": _name(row, "words"),
            "metadata": bool(row.get("attributes")),
            "type": "realtime",
            "keywords": row["group"],
            "group": row["group"],
        }
        for row in selectors.kinds()
    ]
    return answer(kind, "services", "service", rows)


@resource("GET", "HEAD")
def service(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    row = next((row for row in selectors.kinds() if row["code"] == code), None)
    if row is None:
        raise errors.NotFound
    attributes = [
        {
            "variable": True,
            "code": one["code"],
            "datatype": "singlevaluelist",
            "required": True,
            "datatype_description": _("Choose one"),
            "order": order,
            "description": _name(one),
            "values": [{"key": value["key"], "name": _name(value)} for value in one["values"]],
        }
        for order, one in enumerate(row.get("attributes", ()), 1)
    ]
    return answer(kind, "service_definition", "", {"service_code": code, "attributes": attributes})


@resource("GET", "HEAD", "POST")
def requests(request: HttpRequest, kind: str) -> HttpResponse:
    if request.method == "POST":
        return _post(request, kind)
    asked = request.GET
    ids = [part for part in asked.get("service_request_id", "").split(",") if part][:MOST_IDS]
    state = asked.get("status", "")
    if state not in ("", "open", "closed", "open,closed", "closed,open"):
        raise Refused(400, _("status is open or closed."))
    found = selectors.public_places(
        ids=ids,
        categories_wanted=[part for part in asked.get("service_code", "").split(",") if part],
        state="" if "," in state else state,
        since=_moment(asked.get("start_date", "")),
        until=_moment(asked.get("end_date", "")),
    )
    return answer(kind, "service_requests", "request", [_told(place) for place in found])


@resource("GET", "HEAD")
def one_request(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    return answer(kind, "service_requests", "request", [_told(selectors.public_place(code))])


@resource("GET", "HEAD")
def token(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    found = selectors.public_place(code)
    return answer(kind, "service_requests", "request", [{"service_request_id": found.code, "token": found.code}])


@public(Principal.INTAKE)
def media(request: HttpRequest, code: str) -> HttpResponse:
    """A photo that somebody of the team has looked at and let everybody see (D9)."""
    if request.method not in ("GET", "HEAD"):
        raise errors.NotFound
    limits.demand(request, "open311", settings.STATUS_READ_RATE)
    found = selectors.public_photo(code)
    headers = {
        "Cache-Control": "public, max-age=300",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Access-Control-Allow-Origin": "*",
    }
    return HttpResponse(documents.content_of(found), content_type=found.content_type, headers=headers)


def _post(request: HttpRequest, kind: str) -> HttpResponse:
    """Name, telephone, e-mail and device of the specification are not read, so that they are nowhere."""
    limits.demand(request, "open311-post", settings.PUBLIC_FORM_RATE)
    asked = request.POST
    client = _client(request, asked.get("api_key", ""))
    if not asked.get("service_code"):
        raise Refused(400, _("service_code was not provided."))
    lat, lon = _degrees(asked.get("lat", ""), 90), _degrees(asked.get("long", ""), 180)
    told = PlaceTold(
        category=asked["service_code"],
        lat=lat if lon is not None else None,
        lon=lon if lat is not None else None,
        address=asked.get("address_string", "")[:300],
        words=asked.get("description", ""),
        attributes=tuple((found[1], asked[name]) for name in asked if (found := _ATTRIBUTE.match(name))),
        media_url=asked.get("media_url", "").strip(),
    )
    media = request.FILES.get("media")
    photo = documents.keep_photo(media, media.size or 0, field="media") if media else None
    code = services.receive(told=told, photo=photo, client_id=client)
    notice = _("Somebody looks at it within seven days. Please do not tell of people here; for them: %(url)s")
    row = {
        "service_request_id": code,
        "service_notice": notice % {"url": f"{settings.PUBLIC_URL}/report/"},
        "account_id": None,
    }
    return answer(kind, "service_requests", "request", [row], status=201)


def _client(request: HttpRequest, key: str) -> int | None:
    """The id of the key's row, None for a key of the setting; each key has a rate of its own."""
    found = api_keys.holder(key, Purpose.OPEN311) if key else None
    if found is None and not any(constant_time_compare(key, known) for known in settings.OPEN311_KEYS):
        raise Refused(403, _("Missing or invalid api_key."))
    limits.demand(request, "open311-key", settings.DEVICE_RATE, client=str(found or "setting"))
    return found


def _degrees(text: str, most: float) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise Refused(400, _("lat and long are degrees.")) from error
    if not -most <= value <= most:
        raise Refused(400, _("lat and long are degrees."))
    return value


def _moment(text: str) -> datetime | None:
    """A W3C moment; a space is a plus that was not written as %2B."""
    if not text:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2100:
        raise Refused(400, _("start_date and end_date are moments such as 2026-11-22T00:00:00Z."))
    return found if found.tzinfo else found.replace(tzinfo=clock.SEOUL)


def _told(place: PublicPlace) -> dict[str, Any]:
    korean = (get_language() or "ko").startswith("ko")
    return {
        "service_request_id": place.code,
        "status": place.state,
        "status_notes": None,
        "service_name": _name(place.category),
        "service_code": place.category["code"],
        "description": _name(place.category, "words"),
        "agency_responsible": place.agency_ko if korean else place.agency_en,
        "service_notice": None,
        "requested_datetime": place.requested_at.astimezone(clock.SEOUL).isoformat(),
        "updated_datetime": place.updated_at.astimezone(clock.SEOUL).isoformat(),
        "expected_datetime": clock.at(place.promised_on, clock.CLOSES).isoformat(),
        "address": place.town_ko if korean else place.town_en,
        "address_id": None,
        "zipcode": None,
        "lat": place.lat,
        "long": place.lon,
        "media_url": f"{settings.PUBLIC_URL}/open311/v2/media/{place.code}.jpg" if place.photo else None,
    }
