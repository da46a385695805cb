"""Text messages through Twilio: the only file that knows its client."""

import logging
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import urllib3
from django.conf import settings
from twilio.base.exceptions import TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from hopecare.messaging.gateway.addresses import check_host
from hopecare.messaging.gateway.capabilities import Capabilities
from hopecare.messaging.gateway.errors import (
    OPTED_OUT_CODES,
    PERMANENT_CODES,
    TRANSIENT_CODES,
    Accepted,
    Found,
    OptedOut,
    Permanent,
    Refused,
    Transient,
    Uncertain,
)
from hopecare.messaging.segments import Charset

CONNECT_SECONDS, READ_SECONDS = 3.0, 8.0
THREADS = 8
#: How many of the newest messages to a number are looked through after a time-out.
LOOK_BACK = 50
_OFFICIAL = "api.twilio.com"


#: Twilio's guideline for Korea: one-way and a numeric sender; the stand-in of the demo reads replies.
TWILIO = Capabilities(two_way=False, charset=Charset.UCS2, bytes=None, receipts=True, buttons=False, domestic=False)
STAND_IN = Capabilities(two_way=True, charset=Charset.UCS2, bytes=None, receipts=True, buttons=False, domestic=False)


def capabilities() -> Capabilities:
    return TWILIO if urlsplit(settings.TWILIO_API_URL).hostname == _OFFICIAL else STAND_IN


def check_allowed() -> None:
    """Raises Refused where this city or the demo forbids this provider."""
    if settings.DOMESTIC_PROVIDERS_ONLY and not capabilities().domestic:
        raise Refused("provider_abroad")
    check_host(settings.TWILIO_API_URL)


class _Door(HttpClient):  # type: ignore[misc]
    """The client's HTTP with our address, our time-outs, no proxies, no redirects and no retries of its own.

    urllib3 by itself: the client's usual way through requests costs three times the processor time.
    """

    def __init__(self, api_url: str) -> None:
        super().__init__(logging.getLogger("twilio.http_client"), False, READ_SECONDS)
        self._api = urlsplit(api_url.rstrip("/"))
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._pool = urllib3.PoolManager(maxsize=THREADS, block=False, timeout=timeout, retries=False)

    def request(
        self,
        method: str,
        url: str,
        params: Any = None,
        data: Any = None,
        headers: Any = None,
        auth: Any = None,
        timeout: Any = None,
        allow_redirects: bool = False,
    ) -> Response:
        asked = urlsplit(url)
        query = "&".join(part for part in (asked.query, urlencode(params or {})) if part)
        url = urlunsplit((self._api.scheme, self._api.netloc, self._api.path + asked.path, query, ""))
        check_host(url)
        sent = dict(headers or {})
        if auth:
            sent |= urllib3.util.make_headers(basic_auth=":".join(auth))
        body = urlencode(data).encode() if data else None
        answer = self._pool.request(method, url, body=body, headers=sent, redirect=False)
        return Response(answer.status, answer.data.decode("utf-8", "replace"), answer.headers)


@cache
def _client(account: str, token: str, api_url: str) -> Client:
    return Client(account, token, http_client=_Door(api_url))


def client() -> Client:
    return _client(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_API_URL)


def send(*, reference: str, to: str, body: str) -> Accepted:
    """Hand one text over. Raises Permanent, OptedOut, Refused, Transient or Uncertain (see gateway.errors).

    The call-back address carries `reference` (our row and try), so that an id that got lost in a crash comes home
    with the first receipt.
    """
    check_allowed()
    callback = f"{settings.PUBLIC_URL}/sms/twilio/status/?m={reference}"
    try:
        made = client().messages.create(to=to, from_=settings.TWILIO_FROM, body=body, status_callback=callback)
    except TwilioRestException as error:
        raise _sorted(error) from error
    except (NewConnectionError, ConnectTimeoutError) as error:
        raise Transient("connect") from error  # refused before anything was said: safe to repeat
    except (HTTPError, ValueError, KeyError) as error:
        raise Uncertain(_short(error)) from error
    return Accepted(str(made.sid), str(made.status or "queued"))


def recent(*, to: str) -> list[Found]:
    """The newest messages from us to a number, newest first.

    Twilio takes no key that would make a create repeatable, so this is how we ask whether one arrived. Raises like
    `send`.
    """
    check_allowed()
    try:
        rows = client().messages.list(to=to, limit=LOOK_BACK)
        return [Found(str(row.sid), str(row.status or "queued"), str(row.body)) for row in rows]
    except TwilioRestException as error:
        raise _sorted(error) from error
    except (HTTPError, ValueError, KeyError) as error:
        raise Uncertain(_short(error)) from error


def is_genuine(path: str, parameters: Any, signature: str) -> bool:
    """Whether Twilio signed this call-back: over the public address, not over what a proxy made of it.

    `path` with its query string; an empty token means that nothing is genuine.
    """
    if not settings.TWILIO_AUTH_TOKEN or not signature:
        return False
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    return bool(validator.validate(f"{settings.PUBLIC_URL}{path}", parameters, signature))


def _sorted(error: TwilioRestException) -> Exception:
    code = int(error.code or 0)
    if code in OPTED_OUT_CODES:
        return OptedOut(str(code))
    if code in PERMANENT_CODES:
        return Permanent(str(code))
    if error.status == 429 or code in TRANSIENT_CODES or error.status in {401, 403}:
        return Transient(str(code or error.status), 30.0 if error.status == 429 else None)
    if error.status >= 500:
        return Uncertain(str(code or error.status))
    return Permanent(str(code or error.status))


def _short(error: Exception) -> str:
    return "late" if isinstance(error, ReadTimeoutError) else "cut_off"
