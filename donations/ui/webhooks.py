"""What payment providers post to us. Unsigned, changed or old posts are refused; a replay changes nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from donations.services import callbacks
from hopecare.kernel.access import Principal
from hopecare.kernel.web import public

LONGEST_POST = 256 * 1024


def _hook(provider: str) -> Any:
    @csrf_exempt
    @public(Principal.GIVING)
    @require_POST
    def view(request: HttpRequest) -> HttpResponse:
        try:
            if int(request.headers.get("Content-Length") or 0) > LONGEST_POST:
                return HttpResponse(status=413)
            body = request.body
        except (ValueError, UnreadablePostError, RawPostDataException):
            return HttpResponse(status=400)
        kept = callbacks.receive(provider, body, lambda name: request.headers.get(name, ""))
        return HttpResponse(status=200 if kept else 400)

    view.__name__ = view.__qualname__ = f"{provider}_webhook"
    return view


stripe_hook, portone_hook = _hook("stripe"), _hook("portone")
