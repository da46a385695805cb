"""The door to partners' systems: one signed POST, no redirects, no proxies, short time-outs."""

import hashlib
import hmac

import urllib3
from urllib3.exceptions import HTTPError

from hopecare.messaging.gateway.addresses import check_host

CONNECT_SECONDS, READ_SECONDS = 3.0, 5.0
#: A receiver refuses what is older: a call that was overheard cannot be played again later.
TOLERANCE_SECONDS = 300
SIGNATURE = "Hope-Care-Signature"


def signature(secret: str, moment: int, body: bytes) -> str:
    """`t=1795334400,v1=<hex>`: HMAC-SHA256 over "t.body" with the partner's secret."""
    signed = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={signed}"


def post(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    """The answer's status; None when nobody answered. Raises Refused where this address is not allowed."""
    check_host(url)
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    try:
        with urllib3.PoolManager(timeout=timeout, retries=False) as pool:
            return int(pool.request("POST", url, body=body, headers=headers, redirect=False).status)
    except HTTPError:
        return None
