"""The mobile API: its routers, and what becomes of errors. Each operation hands values to a service or selector."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError

from hopecare.kernel import errors
from mobile_api.eligibility import router as eligibility
from mobile_api.field import router as field
from mobile_api.imports import router as imports
from mobile_api.messages import router as messages
from mobile_api.needs import router as needs
from mobile_api.outings import router as outings
from mobile_api.problems import parts_of, problem, problem_of
from mobile_api.pushes import router as pushes
from mobile_api.reports import router as reports
from mobile_api.sign_in import me
from mobile_api.sign_in import router as auth
from mobile_api.uploads import router as uploads
from mobile_api.volunteer import router as volunteer
from mobile_api.watch import devices
from mobile_api.watch import router as watch

api = NinjaAPI(
    title="Hope Care",
    version="1",
    description="Reports about people who need help, with photos and without an account; what a household may get;"
    " telephones that sign in, a volunteer's and a field worker's day on them. Errors are problem documents"
    " (RFC 9457).",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
ROUTERS: dict[str, Router] = {
    "/reports": reports,
    "/uploads": uploads,
    "/auth": auth,
    "/me/push": pushes,
    "/me/messages": messages,
    "/me": me,
    "/volunteer": volunteer,
    "/field/households": needs,
    "/field/outings": outings,
    "/field": field,
    "/eligibility": eligibility,
    "/watch": watch,
    "/signals": devices,
    "/imports": imports,
}
for prefix, router in ROUTERS.items():
    api.add_router(prefix, router)


@api.exception_handler(ValidationError)
def _unfit(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, _("Some fields do not fit."), parts=parts_of(error.errors))


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem_of(request, errors.Unauthenticated())


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, _("This could not be read."))


@api.exception_handler(Exception)
def _anything(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem_of(request, error)
