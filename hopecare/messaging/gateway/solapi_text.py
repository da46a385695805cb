"""Text messages through Solapi, a provider in the country: a small signed client of our own over HTTP.

Each request carries `HMAC-SHA256 apiKey=…, date=…, salt=…, signature=…`, the signature being over date and salt. Texts
are EUC-KR: 90 bytes are a short message, more a long one. Answers of people do not come this way.
"""

import hashlib
import hmac
import json
import secrets
from functools import cache
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.utils.crypto import constant_time_compare

from hopecare.kernel import clock, phones
from hopecare.messaging.gateway.addresses import check_host
from hopecare.messaging.gateway.capabilities import Capabilities
from hopecare.messaging.gateway.errors import Accepted, Found, Permanent, Transient, Uncertain
from hopecare.messaging.segments import DOMESTIC_LIMIT, Charset, euc_kr_bytes

CONNECT_SECONDS, READ_SECONDS = 3.0, 8.0
LOOK_BACK = 50
CAPABILITIES = Capabilities(
    two_way=False, charset=Charset.EUC_KR, bytes=DOMESTIC_LIMIT, receipts=True, buttons=True, domestic=True
)
#: The provider's own codes: 2000 taken, 3000 on its way, 4000 arrived; every other 1…, 3… is a failure with a reason.
_TAKEN, _WAITING, _ARRIVED = "2000", "3000", "4000"
#: Answers to a request that may be asked again; every other refusal would be refused again.
_AGAIN = frozenset(
    {"TooManyRequests", "InternalError", "NotEnoughBalance", "SignatureDoesNotMatch", "RequestTimeTooSkewed"}
)


def capabilities() -> Capabilities:
    return CAPABILITIES


def send(*, reference: str, to: str, body: str) -> Accepted:
    """Hand one text over. `reference` travels as a field of ours and comes back with the receipt."""
    size = euc_kr_bytes(body)
    kind = "SMS" if size is not None and size <= DOMESTIC_LIMIT else "LMS"
    message = {
        "to": _national(to),
        "from": settings.SOLAPI_FROM,
        "text": body,
        "type": kind,
        "customFields": {"reference": reference},
    }
    answer = _ask("POST", "/messages/v4/send", {"message": message})
    code = str(answer.get("statusCode", ""))
    if code not in {_TAKEN, _WAITING, _ARRIVED}:
        raise Permanent(code or "unknown")
    if not answer.get("messageId"):
        raise Uncertain("no_id")
    return Accepted(str(answer["messageId"]), word(code))


def recent(*, to: str) -> list[Found]:
    """The newest messages from us to a number, newest first: how we ask whether one arrived after a time-out."""
    query = urlencode({"to": _national(to), "from": settings.SOLAPI_FROM, "limit": LOOK_BACK})
    rows = _ask("GET", f"/messages/v4/list?{query}").get("messageList", {})
    found = sorted(rows.values(), key=lambda row: str(row.get("dateCreated", "")), reverse=True)
    return [
        Found(str(row["messageId"]), word(str(row.get("statusCode", ""))), str(row.get("text", ""))) for row in found
    ]


def word(code: str) -> str:
    """The provider's code as the word of a receipt (messaging.states)."""
    return {_TAKEN: "queued", _WAITING: "sent", _ARRIVED: "delivered"}.get(code, "undelivered")


def is_genuine(secret: str) -> bool:
    """Whether a call-back bears the secret that was agreed with the provider; without one nothing is genuine."""
    agreed = str(settings.SOLAPI_WEBHOOK_SECRET)
    return bool(agreed) and constant_time_compare(secret, agreed)


def signed(key: str, secret: str, date: str, salt: str) -> str:
    """The value of the Authorization header."""
    signature = hmac.new(secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
    return f"HMAC-SHA256 apiKey={key}, date={date}, salt={salt}, signature={signature}"


def _ask(method: str, path: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
    url = settings.SOLAPI_API_URL.rstrip("/") + path
    check_host(url)
    date, salt = clock.now().isoformat(), secrets.token_hex(16)
    headers = {
        "Authorization": signed(settings.SOLAPI_API_KEY, settings.SOLAPI_API_SECRET, date, salt),
        "Content-Type": "application/json; charset=utf-8",
    }
    body = json.dumps(values, ensure_ascii=False).encode() if values is not None else None
    try:
        answer = _session().request(
            method, url, data=body, headers=headers, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False
        )
    except requests.ConnectTimeout as error:
        raise Transient("connect") from error
    except requests.ConnectionError as error:
        # refused before anything was said is safe to repeat; cut off in the middle is not
        refused = "NewConnectionError" in repr(error)
        raise (Transient("connect") if refused else Uncertain("cut_off")) from error
    except requests.RequestException as error:
        raise Uncertain("late" if isinstance(error, requests.Timeout) else "cut_off") from error
    return _read(answer)


def _read(answer: requests.Response) -> dict[str, Any]:
    try:
        told: dict[str, Any] = answer.json()
    except ValueError as error:
        raise Uncertain("unreadable") from error
    if answer.status_code < 400:
        return told
    code = str(told.get("errorCode", answer.status_code))[:20]
    if answer.status_code == 429 or code in _AGAIN or answer.status_code in {401, 403}:
        raise Transient(code, 30.0 if answer.status_code == 429 else None)
    if answer.status_code >= 500:
        raise Uncertain(code)
    raise Permanent(code)


@cache
def _session() -> requests.Session:
    """One pool for the process; no proxies of the environment, as a proxy would read names and numbers."""
    session = requests.Session()
    session.trust_env = False
    return session


def _national(number: str) -> str:
    """+821000000041 → 01000000041, as providers in the country write it."""
    return "0" + number.removeprefix("+82") if number.startswith("+82") else phones.shown(number).replace("-", "")
