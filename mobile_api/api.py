"""The mobile API, the only place that knows django-ninja: each operation hands values to a service or selector."""

import json
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Header, NinjaAPI
from ninja.errors import HttpError, ValidationError

from cases.facts import Told
from cases.selectors import report_status
from cases.services import reports
from hopecare.kernel import codes, rates
from hopecare.kernel.access import Principal, system
from mobile_api.eligibility import router as eligibility
from mobile_api.problems import parts_of, problem, problem_of
from mobile_api.schemas import KEY_PATTERN, NewReport, Problem, Receipt, ReportStatus

api = NinjaAPI(
    title="Hope Care",
    version="1",
    description="Reports about people who need help and what a household may get, without an account."
    " Errors are problem documents (RFC 9457).",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
api.add_router("/eligibility", eligibility)
ERRORS_OF_POST = frozenset({400, 405, 409, 413, 415, 422, 429, 503})
ERRORS_OF_GET = frozenset({404, 405, 429, 503})
_ANSWER = ("code", "status", "promised_by", "status_url")


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, _("Some fields do not fit."), parts=parts_of(error.errors))


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, _("This could not be read."))


@api.exception_handler(Exception)
def _anything(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_of(request, error)


@api.post(
    "/reports", response={201: Receipt, ERRORS_OF_POST: Problem}, operation_id="create_report", summary="Report a need"
)
def create_report(
    request: HttpRequest,
    report: NewReport,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            pattern=KEY_PATTERN,
            description="at least 128 random bits; the same key and body within 30 days give the same answer",
        ),
    ] = None,
) -> HttpResponse:
    """Takes a report; the town office and the zone's centre see it at once. Without an account the key itself is the
    client: keep it until you have an answer, and send the same again when you are not sure."""
    rates.demand("report", rates.client_of(request), settings.PUBLIC_FORM_RATE)
    receipt = reports.receive(by=system(Principal.INTAKE), told=_told(report), key=idempotency_key or "")
    answer = {name: receipt.answer[name] for name in _ANSWER}
    response = HttpResponse(json.dumps(answer), status=201, content_type="application/json")
    response["Location"] = f"{settings.PUBLIC_URL}/api/v1/reports/{answer['code']}"
    if receipt.again:
        response["Idempotent-Replayed"] = "true"
    return response


def _told(report: NewReport) -> Told:
    place = report.place
    whole = place.lat is not None and place.lon is not None
    return Told(
        about=report.about,
        town=place.town or "",
        directions=place.words,
        lat=place.lat if whole else None,
        lon=place.lon if whole else None,
        seen=tuple(report.seen),
        words=report.words,
        urgency=report.urgency,
        language=report.reporter.language,
        reporter_phone=report.reporter.phone or "",
        door="app",
    )


@api.get(
    "/reports/{code}",
    response={200: ReportStatus, ERRORS_OF_GET: Problem},
    operation_id="read_report_status",
    summary="How a report stands",
)
def read_report_status(request: HttpRequest, code: str) -> HttpResponse:
    """A wrong code answers exactly like a missing one."""
    rates.demand("status", rates.client_of(request), settings.STATUS_READ_RATE)
    status = report_status.status_of(code)
    steps = [{"status": step.name, "at": str(step.on)} for step in status.steps if step.done and step.on]
    body: dict[str, Any] = {
        "code": codes.shown(status.code),
        "status": status.name,
        "steps": steps,
        "updated_at": str(status.updated_on),
    }
    return HttpResponse(json.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"})
