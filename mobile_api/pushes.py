"""Push messages to this telephone: switched on, switched off, and which one it has shown. A number's questions, or
the notices of the member of staff whose telephone it is.

Nothing personal travels: an id that only this number's telephones know, and which screen to open. It ends with the
telephone; where there is no push, and where nobody has seen one, text messages go as before.
"""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from hopecare.messaging.services import pushes
from mobile_api.account_schemas import PushTold, Subscription
from mobile_api.answers import private
from mobile_api.keys import NEEDED, own
from mobile_api.schemas import Problem

router = Router(auth=NEEDED)
ERRORS_OF_READING = frozenset({401, 405, 429, 503})
ERRORS_OF_SHOWING = ERRORS_OF_READING | {404}
ERRORS_OF_WRITING = ERRORS_OF_READING | {400, 413, 415, 422}


@router.get(
    "",
    response={200: PushTold, ERRORS_OF_READING: Problem},
    operation_id="read_push",
    summary="Whether questions or notices come as push",
)
def read_push(request: HttpRequest) -> HttpResponse:
    """With our public key, which a browser wants for a subscription (applicationServerKey)."""
    return _told(request)


@router.put(
    "",
    response={200: PushTold, ERRORS_OF_WRITING: Problem},
    operation_id="switch_push_on",
    summary="Tell me by push on this telephone",
)
def switch_push_on(request: HttpRequest, new: Subscription) -> HttpResponse:
    """What the browser's PushSubscription tells of itself. Told again, the newest address counts. Only the known push
    services are written to. Off until asked for, and off again when the telephone is signed out."""
    pushes.subscribe(device=own(request), endpoint=new.endpoint, receiver_key=new.keys.p256dh, secret=new.keys.auth)
    return _told(request)


@router.delete(
    "",
    response={204: None, ERRORS_OF_READING: Problem},
    operation_id="switch_push_off",
    summary="No push any more",
)
def switch_push_off(request: HttpRequest) -> HttpResponse:
    pushes.unsubscribe(device=own(request))
    return HttpResponse(status=204)


@router.post(
    "/{push}/shown",
    response={204: None, ERRORS_OF_SHOWING: Problem},
    operation_id="push_shown",
    summary="This push was shown",
)
def push_shown(request: HttpRequest, push: str) -> HttpResponse:
    """So that no text message follows. `push` is the `id` in the push."""
    pushes.shown(device=own(request), message=push)
    return HttpResponse(status=204)


def _told(request: HttpRequest) -> HttpResponse:
    return private({"on": pushes.is_on(own(request)), "public_key": pushes.public_key()})
