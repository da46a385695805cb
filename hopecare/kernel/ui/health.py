"""For machines: is the process alive, can it serve, a few figures. Never a name, never a session."""

from ipaddress import ip_address

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from hopecare.kernel import errors
from hopecare.kernel.health import health, metrics
from hopecare.kernel.web import HopeRequest, public


@public()
@never_cache
@require_GET
def healthz(request: HopeRequest) -> HttpResponseBase:
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@public()
@never_cache
@require_GET
def readyz(request: HopeRequest) -> HttpResponseBase:
    """200 or 503 with `{ok, parts}`; broker, worker and beat are degraded, as requests still succeed."""
    state = health()
    return JsonResponse({"ok": state.ok, "parts": state.parts}, status=200 if state.ok else 503)


@public()
@never_cache
@require_GET
def figures(request: HopeRequest) -> HttpResponseBase:
    """Prometheus text for a collector on this machine; what a proxy passes on is not from this machine."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if forwarded or not ip_address(request.META.get("REMOTE_ADDR") or "0.0.0.0").is_loopback:
        raise errors.NotFound
    return HttpResponse(metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")
