"""Where the mobile API answers: everything below /api/v1/, every error a problem document."""

from django.urls import URLPattern, URLResolver, include, path

from hopecare.kernel.access import Principal
from hopecare.kernel.web import public
from mobile_api import views
from mobile_api.api import api
from mobile_api.problems import View, guarded


def _open(view: View) -> View:
    marked = public(Principal.INTAKE)(guarded(view))
    marked.csrf_exempt = True  # type: ignore[attr-defined]
    return marked


operations: list[URLPattern | URLResolver] = [
    URLPattern(pattern.pattern, _open(pattern.callback), pattern.default_args, pattern.name)
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
