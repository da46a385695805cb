"""What Twilio posts to us. Unsigned or tampered posts are refused without a word; a replay changes nothing."""

import json
import re

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hopecare.kernel.access import Principal
from hopecare.kernel.web import public
from hopecare.messaging import services
from hopecare.messaging.gateway import solapi_text, twilio_text

_SID = re.compile(r"^(?:SM|MM)[0-9a-fA-F]{32}$")
LONGEST_TEXT, LONGEST_POST = 1600, 32 * 1024
_EMPTY_TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@csrf_exempt
@public(Principal.MESSAGES)
@require_POST
def inbound(request: HttpRequest) -> HttpResponse:
    """A text. It is stored before it is understood, so that 200 means "we have it"; the answer goes by the outbox."""
    posted = _genuine(request)
    if posted is None:
        return HttpResponse(status=403)
    sid, sender = posted.get("MessageSid", ""), posted.get("From", "")
    if not _SID.match(sid) or not sender or posted.get("AccountSid", settings.TWILIO_ACCOUNT_SID) != _account():
        return HttpResponse(status=400)
    services.receive(sid=sid, phone=sender[:40], text=_clean(posted.get("Body", "")))
    return HttpResponse(_EMPTY_TWIML, content_type="text/xml")


@csrf_exempt
@public(Principal.MESSAGES)
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    """A receipt: news moves the message forward, anything else is taken quietly."""
    posted = _genuine(request)
    if posted is None:
        return HttpResponse(status=403)
    sid, word = posted.get("MessageSid", ""), posted.get("MessageStatus", "")
    if not _SID.match(sid) or not word or posted.get("AccountSid", settings.TWILIO_ACCOUNT_SID) != _account():
        return HttpResponse(status=400)
    services.record_status(
        sid=sid,
        status=word.lower()[:12],
        error_code=_clean(posted.get("ErrorCode", ""))[:20],
        reference=request.GET.get("m", ""),
    )
    return HttpResponse(status=204)


@csrf_exempt
@public(Principal.MESSAGES)
@require_POST
def solapi_status(request: HttpRequest) -> HttpResponse:
    """Receipts of the domestic provider: a list of them in one post. What is not ours is taken quietly."""
    if not solapi_text.is_genuine(request.headers.get("X-Solapi-Secret", "")):
        return HttpResponse(status=403)
    try:
        if int(request.headers.get("Content-Length") or 0) > LONGEST_POST * 8:
            return HttpResponse(status=413)
        told = json.loads(request.body)
    except (ValueError, UnreadablePostError):
        return HttpResponse(status=400)
    for receipt in told if isinstance(told, list) else [told]:
        if isinstance(receipt, dict) and receipt.get("messageId"):
            code, fields = str(receipt.get("statusCode", "")), receipt.get("customFields")
            services.record_status(
                sid=_clean(str(receipt["messageId"]))[:40],
                status=solapi_text.word(code),
                error_code=_clean(code)[:20] if solapi_text.word(code) == "undelivered" else "",
                reference=str(fields.get("reference", "")) if isinstance(fields, dict) else "",
            )
    return HttpResponse(status=204)


def _genuine(request: HttpRequest) -> QueryDict | None:
    """The posted values if Twilio signed them over our public address, else None."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LONGEST_POST:
            return None
        posted = request.POST
    except (ValueError, BadRequest, UnreadablePostError, RawPostDataException):
        return None
    signature = request.headers.get("X-Twilio-Signature", "")
    return posted if twilio_text.is_genuine(request.get_full_path(), posted, signature) else None


def _account() -> str:
    return str(settings.TWILIO_ACCOUNT_SID)


def _clean(text: str) -> str:
    """PostgreSQL stores no NUL; lone halves of surrogate pairs cannot be encrypted."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:LONGEST_TEXT]
