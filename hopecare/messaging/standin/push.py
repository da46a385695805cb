"""The stand-in as a push service: RFC 8030 over HTTP, with the signatures of RFC 8292 checked and nothing opened.

    POST /push/subscriptions            201, Location of the subscription, Link rel="urn:ietf:params:push"
    POST /push/to/<id>                  201, Location of the message
    GET /push/subscriptions/<id>        what waits, each with its body in base64; taking it away is delivery
    DELETE /push/subscriptions/<id>     from then on 410 for whoever posts there

A body that begins a subscription may be the application server's public key; then only its owner may post there.
"""

import base64
import json
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from py_vapid import Vapid02

from hopecare.messaging.standin.provider import Refusal

MOST_BYTES, LONGEST_LIFE = 4096, 24 * 3600
_TOPIC = re.compile(r"^[A-Za-z0-9_-]{1,32}$")
_URGENCIES = frozenset({"very-low", "low", "normal", "high"})
_VAPID = re.compile(r"^vapid t=([\w-]+\.[\w-]+)\.([\w-]+),\s*k=([\w-]+)$")
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Box:
    """One telephone's subscription; `ended` ones are remembered, as 410 and 404 differ. Messages by topic or id."""

    key: str
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    ended: bool = False


class PushService:
    """`busy`: so many of the next posts are answered 429 with Retry-After."""

    def __init__(self) -> None:
        self._boxes: dict[str, Box] = {}
        self._lock = threading.Lock()
        self.busy = 0

    def answer(self, method: str, path: str, headers: Any, body: bytes, origin: str) -> Answer:
        """Raises Refusal with the HTTP status."""
        parts = urlsplit(path).path.strip("/").split("/")
        with self._lock:
            match method, parts[1:]:
                case "POST", ["subscriptions"]:
                    return self._subscribe(body, origin)
                case "GET", ["subscriptions", name]:
                    return self._fetch(self._box(name))
                case "DELETE", ["subscriptions", name]:
                    box = self._box(name)
                    box.ended, box.messages = True, {}
                    return 204, {}, b""
                case "POST", ["to", name]:
                    return self._take(self._box(name), headers, body, origin)
        raise Refusal(404, 0, "Not found")

    def _box(self, name: str) -> Box:
        box = self._boxes.get(name)
        if box is None:
            raise Refusal(404, 0, "No such subscription")
        if box.ended:
            raise Refusal(410, 0, "Gone")
        return box

    def _subscribe(self, body: bytes, origin: str) -> Answer:
        name = secrets.token_urlsafe(24)
        self._boxes[name] = Box(body.decode("ascii", "replace").strip())
        link = f'<{origin}/push/to/{name}>; rel="urn:ietf:params:push"'
        return 201, {"Location": f"{origin}/push/subscriptions/{name}", "Link": link}, b""

    @staticmethod
    def _fetch(box: Box) -> Answer:
        waiting, box.messages = list(box.messages.values()), {}
        fresh = [row for row in waiting if row["until"] >= time.time()]
        return 200, {"Content-Type": "application/json"}, json.dumps(fresh).encode()

    def _take(self, box: Box, headers: Any, body: bytes, origin: str) -> Answer:
        if self.busy > 0:
            self.busy -= 1
            raise Refusal(429, 30, "Too many")
        _check_signature(headers.get("Authorization", ""), box.key, origin)
        life, topic = headers.get("TTL", ""), headers.get("Topic", "")
        if not life.isdecimal():
            raise Refusal(400, 0, "TTL is needed")
        if (topic and not _TOPIC.match(topic)) or headers.get("Urgency", "normal") not in _URGENCIES:
            raise Refusal(400, 0, "Topic or Urgency")
        if headers.get("Content-Encoding") != "aes128gcm":
            raise Refusal(415, 0, "Only aes128gcm")
        if len(body) > MOST_BYTES:
            raise Refusal(413, 0, "Too large")
        name = secrets.token_urlsafe(16)
        until = time.time() + min(int(life), LONGEST_LIFE)
        box.messages[topic or name] = {"body": base64.b64encode(body).decode(), "topic": topic, "until": until}
        return 201, {"Location": f"{origin}/push/messages/{name}", "TTL": life}, b""


def _check_signature(authorization: str, key: str, origin: str) -> None:
    """Who posts is who subscribed (RFC 8292): key, audience, end of validity, contact, signature."""
    found = _VAPID.match(authorization)
    if found is None:
        raise Refusal(401, 0, "vapid t=…,k=… is needed")
    signed, signature, shown = found.groups()
    try:
        claims = json.loads(base64.urlsafe_b64decode(signed.split(".")[1] + "=="))
        genuine = Vapid02.from_raw_public(shown.encode()).verify_token(signed.encode(), signature)
    except (ValueError, IndexError) as error:
        raise Refusal(403, 0, "Not a token") from error
    told = claims.get("aud") == origin and claims.get("sub") and claims.get("exp")
    if not genuine or not told or (key and shown != key):
        raise Refusal(403, 0, "Not for us, or not by whoever subscribed")
