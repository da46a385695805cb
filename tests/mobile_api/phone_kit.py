"""A telephone that signs in, in a few words."""

import json
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from hopecare.messaging.models import Message
from tests.database import as_owner

NUMBER = "010-0000-0042"


def call(client: Client, method: str, path: str, body: Any = None, key: str = "", **headers: str) -> HttpResponse:
    """One request to the API; `key` is an access token, `headers` with underscores."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    if key:
        given["Authorization"] = f"Bearer {key}"
    data = body if isinstance(body, bytes) else json.dumps(body) if body is not None else b""
    kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
    return client.generic(method, f"/api/v1{path}", data, content_type=kind, headers=given)  # type: ignore[return-value]


def code_sent(number: str = NUMBER) -> str:
    """The digits in the newest text message to this number."""
    with as_owner():
        texts = [row.body for row in Message.objects.filter(purpose="sign_in.code").order_by("-pk")]
    found = re.search(r"\b(\d{6})\b", texts[0])
    assert found
    return found[1]


def sign_in(client: Client, number: str = NUMBER, **more: str) -> dict[str, Any]:
    """Tokens of a telephone that asked for a code and typed it."""
    assert call(client, "POST", "/auth/codes", {"phone": number}).status_code == 202
    answer = call(client, "POST", "/auth/devices", {"phone": number, "code": code_sent(), **more})
    assert answer.status_code == 201, answer.content
    return dict(json.loads(answer.content))
