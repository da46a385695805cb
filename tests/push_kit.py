"""A push service on this machine, and a browser with keys of its own that subscribes to it and opens what came."""

import base64
import json
import os
import re
from collections.abc import Iterator
from threading import Thread
from typing import Any

import http_ece
import pytest
import requests
from py_vapid import Vapid02

from hopecare.messaging.gateway.push import written
from hopecare.messaging.standin.__main__ import DEMO_ACCOUNT, DEMO_TOKEN
from hopecare.messaging.standin.book import Book
from hopecare.messaging.standin.callbacks import Postman
from hopecare.messaging.standin.provider import Provider
from hopecare.messaging.standin.server import Server


@pytest.fixture
def service(settings: Any) -> Iterator[Server]:
    """The stand-in, for texts and for push."""
    provider = Provider(
        Book(None), Postman(DEMO_TOKEN, "http://nobody.example", "http://127.0.0.1:9"), "", "0310000001", 0.01
    )
    server = Server(0, provider, DEMO_ACCOUNT, DEMO_TOKEN)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    settings.HOPECARE_DEMO, settings.TWILIO_API_URL = True, f"http://127.0.0.1:{server.server_port}"
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = DEMO_ACCOUNT, DEMO_TOKEN
    yield server
    server.shutdown()
    server.server_close()


class Receiver:
    """A browser as a push service and we see it."""

    def __init__(self, service: Server, public_key: str) -> None:
        address = f"http://127.0.0.1:{service.server_port}/push/subscriptions"
        made = requests.post(address, data=public_key, timeout=5)
        found = re.search(r'<(.+)>; rel="urn:ietf:params:push"', made.headers["Link"])
        assert found
        self.box, self.endpoint = made.headers["Location"], found[1]
        self.keys, self.secret = Vapid02(), os.urandom(16)
        self.keys.generate_keys()

    @property
    def subscription(self) -> dict[str, Any]:
        claims = {"aud": "https://x.example", "sub": "mailto:a@b.example", "exp": 1}
        point = self.keys.sign(claims)["Authorization"].partition(",k=")[2]
        return {"endpoint": self.endpoint, "keys": {"p256dh": point, "auth": written(self.secret)}}

    def fetched(self) -> list[dict[str, Any]]:
        """What came since the last time, opened."""
        rows = requests.get(self.box, timeout=5).json()
        return [json.loads(self._opened(base64.b64decode(row["body"]))) for row in rows]

    def _opened(self, body: bytes) -> bytes:
        salt_and_size, length = 20, body[20]
        assert length == 65 and len(body) > salt_and_size + length
        clear: bytes = http_ece.decrypt(
            body, private_key=self.keys.private_key, auth_secret=self.secret, version="aes128gcm"
        )
        return clear

    def leave(self) -> None:
        assert requests.delete(self.box, timeout=5).status_code == 204
