"""Reports over the API: taken once, read by their code, added to, and taken back (R27, D2)."""

import hashlib
import json
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Header, Router

from cases.facts import Told, with_safety
from cases.selectors import report_status, reporters
from cases.services import reports
from hopecare.kernel import codes, errors
from hopecare.kernel.access import Principal, system
from hopecare.kernel.services import uploads
from mobile_api import limits
from mobile_api.keys import WELCOME, device_in
from mobile_api.schemas import KEY_PATTERN, Added, Echo, MoreWords, NewReport, Problem, Receipt, ReportStatus

router = Router()
ERRORS_OF_POST = frozenset({400, 405, 409, 413, 415, 422, 429, 503})
ERRORS_OF_GET = frozenset({404, 405, 429, 503})
ERRORS_OF_ADDING = ERRORS_OF_POST | {404}
ERRORS_OF_ECHO = ERRORS_OF_GET | {400, 413, 415, 422}
ERRORS_OF_TAKING_BACK = frozenset({404, 405, 412, 422, 429, 503})
_ANSWER = ("code", "status", "promised_by", "status_url")
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=KEY_PATTERN,
        description="at least 128 random bits; the same key and body within 30 days give the same answer",
    ),
]
Match = Annotated[str | None, Header(alias="If-Match", description="the ETag of the state that was read")]


@router.post(
    "",
    auth=WELCOME,
    response={201: Receipt, ERRORS_OF_POST | {401}: Problem},
    operation_id="create_report",
    summary="Report a need",
)
def create_report(request: HttpRequest, report: NewReport, idempotency_key: Key = None) -> HttpResponse:
    """Takes a report; the town office and the zone's centre see it at once. Without an account the key itself is the
    client: keep it until you have an answer, and send the same again when you are not sure. No key is needed; with the
    key of a registered reporter's telephone the report bears their name and kind, which nobody but the team reads."""
    limits.demand(request, "report", settings.PUBLIC_FORM_RATE)
    photos = list(dict.fromkeys(uploads.draft(number) for number in report.photos))
    receipt = reports.receive(
        by=system(Principal.INTAKE),
        told=_told(request, report),
        key=idempotency_key or "",
        photos=photos,
    )
    answer = {name: receipt.answer[name] for name in _ANSWER}
    answer["ring_first"] = bool(receipt.answer.get("ring_first"))
    response = HttpResponse(json.dumps(answer), status=201, content_type="application/json")
    response["Location"] = f"{settings.PUBLIC_URL}/api/v1/reports/{answer['code']}"
    if receipt.again:
        response["Idempotent-Replayed"] = "true"
    return response


def _told(request: HttpRequest, report: NewReport) -> Told:
    place, device = report.place, device_in(request)
    known = reporters.reporter_of(device.phone) if device else None
    whole = place.lat is not None and place.lon is not None
    return Told(
        about=report.about,
        town=place.town or "",
        directions=place.words,
        lat=place.lat if whole else None,
        lon=place.lon if whole else None,
        seen=tuple(report.seen),
        words=with_safety(report.words, report.reporter.safe_when, report.reporter.safe_say),
        urgency=report.urgency,
        language=report.reporter.language,
        reporter_phone=device.phone if device and known else report.reporter.phone or "",
        reporter_name=known.name if known else "",
        reporter_kind=known.kind if known else "citizen",
        door="app",
    )


@router.get(
    "/{code}",
    response={200: ReportStatus, ERRORS_OF_GET: Problem},
    operation_id="read_report_status",
    summary="How a report stands",
)
def read_report_status(request: HttpRequest, code: str) -> HttpResponse:
    """A wrong code answers exactly like a missing one. The ETag changes with the answer."""
    limits.demand(request, "status", settings.STATUS_READ_RATE)
    return _stands(code)


@router.post(
    "/{code}/words",
    response={200: Added, ERRORS_OF_ADDING: Problem},
    operation_id="add_to_report",
    summary="Say what was seen since",
)
def add_to_report(request: HttpRequest, code: str, more: MoreWords, idempotency_key: Key = None) -> HttpResponse:
    """Possible at any time and answered alike, whatever was done since. With the same key it is added once."""
    limits.demand(request, "report", settings.PUBLIC_FORM_RATE)
    found = report_status.status_of(code)
    key = idempotency_key or codes.new_code()
    dangerous = reports.add_words(code=found.code, words=more.words, key=key)
    return _json({"code": codes.shown(found.code), "ring_first": dangerous})


@router.post(
    "/{code}/echo",
    response={200: ReportStatus, ERRORS_OF_ECHO: Problem},
    operation_id="echo_report",
    summary="Is it better?",
)
def echo_report(request: HttpRequest, code: str, echo: Echo) -> HttpResponse:
    """For a report about oneself, once somebody was there; "not better" opens it again with a new promise. May be sent
    again. A report about a neighbour answers like a missing one (D2)."""
    limits.demand(request, "report", settings.PUBLIC_FORM_RATE)
    reports.echo(code=report_status.status_of(code).code, better=echo.better)
    return _stands(code)


@router.post(
    "/{code}/withdrawal",
    response={200: ReportStatus, ERRORS_OF_TAKING_BACK: Problem},
    operation_id="withdraw_report",
    summary="Take a report back",
)
def withdraw_report(request: HttpRequest, code: str, if_match: Match = None) -> HttpResponse:
    """The wish is kept and answered alike whatever was done since; the team may look all the same. With If-Match only
    when the status is still the one that was read."""
    limits.demand(request, "report", settings.PUBLIC_FORM_RATE)
    standing = _stands(code)
    if if_match not in (None, "*", standing["ETag"]):
        raise errors.Stale(standing["ETag"].strip('"'))
    reports.withdraw(code=codes.read(code) or "")
    return _stands(code)


def _stands(code: str) -> HttpResponse:
    status = report_status.status_of(code)
    steps = [{"status": step.name, "at": str(step.on)} for step in status.steps if step.done and step.on]
    return _json(
        {
            "code": codes.shown(status.code),
            "status": status.name,
            "steps": steps,
            "updated_at": str(status.updated_on),
        }
    )


def _json(body: dict[str, Any]) -> HttpResponse:
    text = json.dumps(body)
    etag = hashlib.sha256(text.encode()).hexdigest()[:24]
    headers = {"Cache-Control": "no-store", "ETag": f'"{etag}"'}
    return HttpResponse(text, content_type="application/json", headers=headers)
