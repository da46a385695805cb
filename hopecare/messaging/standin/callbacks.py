"""Signed posts to our web: receipts of what was sent, and texts that somebody typed on the demo's telephone."""

import base64
import hashlib
import heapq
import hmac
import http.client
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TRIES, SECONDS = 8, 6.0


def signature(token: str, url: str, parameters: dict[str, str]) -> str:
    """X-Twilio-Signature: HMAC-SHA1 over the address and the sorted names and values."""
    signed = url + "".join(name + parameters[name] for name in sorted(parameters))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


@dataclass(order=True)
class Post:
    """One post that is due at `at` (time.monotonic). `done` is called with the HTTP status, 0 = nobody there."""

    at: float
    order: int
    url: str = field(compare=False)
    parameters: dict[str, str] = field(compare=False)
    done: Callable[[int], None] = field(compare=False)
    before: Callable[[], None] = field(compare=False, default=lambda: None)
    tries: int = field(compare=False, default=0)


class Postman:
    """Posts what is due, one after the other, so that receipts never crowd out people. Nothing but this machine is
    ever called (D16).
    """

    def __init__(self, token: str, public_url: str, deliver_url: str) -> None:
        self._token, self._public, self._deliver = token, public_url.rstrip("/"), deliver_url.rstrip("/")
        self._due: list[Post] = []
        self._ready = threading.Condition()
        self._count = itertools.count()
        threading.Thread(target=self._work, daemon=True).start()

    def post(
        self,
        url: str,
        parameters: dict[str, str],
        *,
        after: float = 0.0,
        urgent: bool = False,
        before: Callable[[], None] = lambda: None,
        done: Callable[[int], None] = lambda status: None,
    ) -> None:
        """In `after` seconds, or before everything that waits. `before` runs once, just before the first try."""
        self._put(Post(0.0 if urgent else time.monotonic() + after, next(self._count), url, parameters, done, before))

    def _put(self, item: Post) -> None:
        with self._ready:
            heapq.heappush(self._due, item)
            self._ready.notify()

    def _work(self) -> None:
        connections: dict[str, http.client.HTTPConnection] = {}
        while True:
            item = self._next()
            if item.tries == 0:
                item.before()
            status = self._send(item, connections)
            if status >= 500 or status == 0:
                item.tries += 1
                if item.tries < TRIES:
                    item.at = time.monotonic() + min(0.5 * 2**item.tries, 10)
                    self._put(item)
                    continue
            item.done(status)

    def _next(self) -> Post:
        with self._ready:
            while True:
                wait = self._due[0].at - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)
                self._ready.wait(wait)

    def _send(self, item: Post, connections: dict[str, http.client.HTTPConnection]) -> int:
        signed = signature(self._token, item.url, item.parameters)
        target = urlsplit(self._deliver + item.url.removeprefix(self._public))
        if not item.url.startswith(self._public) or target.hostname not in LOOPBACK:
            return 403
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": signed,
            "Host": urlsplit(self._public).netloc,
            "User-Agent": "TwilioProxy/1.1",
        }
        path = target.path + (f"?{target.query}" if target.query else "")
        for fresh in (False, True):
            connection = None if fresh else connections.get(target.netloc)
            if connection is None:
                connection = http.client.HTTPConnection(target.netloc, timeout=SECONDS)
                fresh = True
            try:
                connection.request("POST", path, urlencode(item.parameters), headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                connections.pop(target.netloc, None)
                if fresh:
                    return 0
            else:
                connections[target.netloc] = connection
                return answer.status
        return 0
