"""Where the mobile API answers: everything below /api/v1/, every error a problem document."""

from django.urls import URLPattern, URLResolver, include, path

from hopecare.kernel.access import Principal
from hopecare.kernel.services.uploads import PART_BYTES
from hopecare.kernel.web import public
from mobile_api import open311, phone, views
from mobile_api.api import ROUTERS, api
from mobile_api.imports import MOST_BYTES
from mobile_api.problems import BYTES, HOUSEHOLD_LIMIT_BYTES, Body, View, guarded

PREFIX = "/api/v1/"
_METHODS_WITH_BODY = frozenset({"POST", "PATCH", "PUT"})
#: Routes that read something else than a report's worth of JSON, or nothing.
_OTHER_BODIES: dict[str, Body | None] = {
    "eligibility/simulations": Body(frozenset({"POST"}), HOUSEHOLD_LIMIT_BYTES),
    "imports/<code>/file": Body(frozenset({"POST"}), MOST_BYTES, BYTES),
    "imports/<code>/rows": Body(frozenset({"POST"}), HOUSEHOLD_LIMIT_BYTES),
    "uploads/<upload>": Body(frozenset({"PATCH"}), PART_BYTES, BYTES),
    "reports/<code>/withdrawal": None,
    "me/push/<push>/shown": None,
    "volunteer/people/<person>/certificate": None,
    "volunteer/offers/<offer>/withdrawal": None,
}


def _bodies() -> dict[str, Body | None]:
    """Route as Django writes it → what it reads."""
    found: dict[str, Body | None] = {}
    for prefix, router in ROUTERS.items():
        for route, view in router.path_operations.items():
            methods = _METHODS_WITH_BODY & {method for operation in view.operations for method in operation.methods}
            if methods:
                found[f"{prefix}{route}".strip("/").replace("{", "<").replace("}", ">")] = Body(methods)
    return found | _OTHER_BODIES


def _open(view: View, body: Body | None = None) -> View:
    marked = public(Principal.INTAKE)(guarded(view, body=body))
    marked.csrf_exempt = True  # type: ignore[attr-defined]
    return marked


_BODIES = _bodies()
operations: list[URLPattern | URLResolver] = [
    URLPattern(
        pattern.pattern,
        _open(pattern.callback, _BODIES.get(str(pattern.pattern))),
        pattern.default_args,
        pattern.name,
    )
    for pattern in {str(one.pattern): one for one in api.urls[0]}.values()  # one view answers all methods of a path
    if isinstance(pattern, URLPattern) and pattern.name != "api-root"
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("m/", phone.app, name="phone-app"),
    path("m/manifest.webmanifest", phone.manifest, name="phone-manifest"),
    path("m/worker.js", phone.worker, name="phone-worker"),
    path("open311/v2/discovery.<str:kind>", open311.discovery),
    path("open311/v2/services.<str:kind>", open311.services_list),
    path("open311/v2/services/<str:code>.<str:kind>", open311.service),
    path("open311/v2/requests.<str:kind>", open311.requests),
    path("open311/v2/requests/<str:code>.<str:kind>", open311.one_request),
    path("open311/v2/media/<str:code>.jpg", open311.media),
    path("open311/v2/tokens/<str:code>.<str:kind>", open311.token),
    path("api/v1/openapi.json", _open(views.document), name="openapi"),
    path("api/v1/docs", views.docs, name="api-docs"),
    path("api/v1/", include((operations, "api"), namespace="api")),
    path("api/v1/<path:rest>", _open(views.missing)),
    path("api/v1/", _open(views.missing)),
]
