"""The door to push services: one encrypted POST to one telephone (RFC 8030, RFC 8291), signed by us (RFC 8292).

The service learns when, how much and to which telephone; what is said only the telephone can open.
"""

import base64
import binascii
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import http_ece
import urllib3
from django.conf import settings
from django.utils.crypto import salted_hmac
from py_vapid import Vapid02
from urllib3.exceptions import HTTPError

from hopecare.kernel import clock
from hopecare.kernel.secrets import push_key
from hopecare.messaging.gateway.addresses import LOOPBACK, check_host
from hopecare.messaging.gateway.errors import Permanent, Refused, Transient

CONNECT_SECONDS, READ_SECONDS = 3.0, 8.0
#: What no telephone has fetched by then has gone as a text.
TTL_SECONDS = 600
TOKEN_SECONDS = 12 * 3600
MOST_BYTES = 4096
LONGEST_ADDRESS = 1000
_POINT_BYTES, _SECRET_BYTES = 65, 16


class Gone(Permanent):
    """This telephone takes no push messages any more."""


@dataclass(frozen=True)
class Target:
    """One telephone: `endpoint` at its push service, its public key and the secret shared with it, as base64url."""

    id: int
    endpoint: str
    receiver_key: str
    secret: str


def message_id(reference: str) -> str:
    """How the telephone names the push when it has shown it: nothing can be read from it, nobody can guess one."""
    return salted_hmac("hopecare.push", reference, algorithm="sha256").hexdigest()[:32]


def public_key() -> str:
    """By which browsers know who may write to their telephone, as base64url of the uncompressed point."""
    return _authorization("https://localhost").partition(",k=")[2]


def check_service(endpoint: str) -> None:
    """Raises Refused for an address that is none of the known push services; in the demo only this machine's."""
    try:
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").lower()
    except ValueError as error:
        raise Refused("no_push_service") from error
    known = any(host == name or (name.startswith(".") and host.endswith(name)) for name in settings.PUSH_SERVICES)
    local = settings.HOPECARE_DEMO and host in LOOPBACK
    if len(endpoint) > LONGEST_ADDRESS or parts.username is not None or not (known or local):
        raise Refused("no_push_service")
    if parts.scheme != "https" and not local:
        raise Refused("no_push_service")
    check_host(endpoint)


def check_keys(receiver_key: str, secret: str) -> bool:
    """Whether these are a point of the curve and sixteen bytes."""
    try:
        point = unwritten(receiver_key)
        Vapid02.from_raw_public(written(point).encode())
        return len(point) == _POINT_BYTES and len(unwritten(secret)) == _SECRET_BYTES
    except ValueError:
        return False


def send(target: Target, *, body: str, topic: str) -> None:
    """Hand one message over. Raises Gone, Permanent, Refused or Transient; a lost answer is Transient, as the same
    topic takes the place of the first."""
    check_service(target.endpoint)
    try:
        with urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS), retries=False
        ) as pool:
            answer = pool.request(
                "POST",
                target.endpoint,
                body=sealed(target, body.encode()),
                headers=headers_for(target.endpoint, topic),
                redirect=False,
            )
    except HTTPError as error:
        raise Transient("connect") from error
    _read(answer)


def sealed(target: Target, clear: bytes) -> bytes:
    """What only this telephone can open (aes128gcm, RFC 8188 and 8291)."""
    ours = Vapid02()
    ours.generate_keys()
    content: bytes = http_ece.encrypt(
        clear,
        private_key=ours.private_key,
        dh=unwritten(target.receiver_key),
        auth_secret=unwritten(target.secret),
        version="aes128gcm",
    )
    return content


def headers_for(endpoint: str, topic: str) -> dict[str, str]:
    parts = urlsplit(endpoint)
    return {
        "Authorization": _authorization(f"{parts.scheme}://{parts.netloc}"),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(TTL_SECONDS),
        "Topic": topic,
        "Urgency": "high",
    }


def _read(answer: urllib3.BaseHTTPResponse) -> None:
    status = answer.status
    if status in {200, 201, 202}:
        return
    if status in {404, 410}:
        raise Gone(str(status))
    if status == 429 or status >= 500:
        asked = answer.headers.get("Retry-After", "")
        raise Transient(str(status), float(asked) if asked.isdecimal() else None)
    raise Permanent(str(status))


def _authorization(audience: str) -> str:
    """`vapid t=…,k=…`: who writes, to whom, until when; with an address at which the service's people reach us."""
    claims = {"aud": audience, "exp": int(clock.now().timestamp()) + TOKEN_SECONDS, "sub": settings.PUSH_CONTACT}
    return str(_vapid(push_key(settings.HOPECARE_HOME)).sign(claims)["Authorization"])


@cache
def _vapid(key: bytes) -> Vapid02:
    return Vapid02.from_raw(written(key).encode())


def written(value: bytes) -> str:
    """base64url without padding, as browsers write it."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unwritten(text: str) -> bytes:
    """Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
