"""Where the mobile API answers: everything below /api/v1/, every error a problem document."""

from django.urls import URLPattern, URLResolver, include, path

from hopecare.kernel.access import Principal
from hopecare.kernel.web import public
from mobile_api import eligibility, views
from mobile_api.api import api
from mobile_api.problems import BODY_LIMIT_BYTES, HOUSEHOLD_LIMIT_BYTES, View, guarded

PREFIX = "/api/v1/"
#: Routes that take a JSON body.
_WITH_BODY = {
    f"{prefix}{route.strip('/')}"
    for prefix, router in (("", api.default_router), ("eligibility/", eligibility.router))
    for route, view in router.path_operations.items()
    if any("POST" in operation.methods for operation in view.operations)
}
#: Routes whose body may be larger than a report.
_LARGE = {"eligibility/simulations": HOUSEHOLD_LIMIT_BYTES}


def _open(view: View, *, takes_body: bool = False, limit: int = BODY_LIMIT_BYTES) -> View:
    marked = public(Principal.INTAKE)(guarded(view, takes_body=takes_body, limit=limit))
    marked.csrf_exempt = True  # type: ignore[attr-defined]
    return marked


operations: list[URLPattern | URLResolver] = [
    URLPattern(
        pattern.pattern,
        _open(
            pattern.callback,
            takes_body=str(pattern.pattern) in _WITH_BODY,
            limit=_LARGE.get(str(pattern.pattern), BODY_LIMIT_BYTES),
        ),
        pattern.default_args,
        pattern.name,
    )
    for pattern in api.urls[0]
    if isinstance(pattern, URLPattern) and pattern.name != "api-root"
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", _open(views.document), name="openapi"),
    path("api/v1/docs", views.docs, name="api-docs"),
    path("api/v1/", include((operations, "api"), namespace="api")),
    path("api/v1/<path:rest>", _open(views.missing)),
    path("api/v1/", _open(views.missing)),
]
