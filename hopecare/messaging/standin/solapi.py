"""The stand-in as the domestic provider: signed JSON in, its own codes out; the texts stand in the same book."""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any

from hopecare.messaging.standin.book import Text
from hopecare.messaging.standin.provider import Provider, Refusal

_AUTHORIZATION = re.compile(r"^HMAC-SHA256 apiKey=(\S+), date=(\S+), salt=(\S+), signature=([0-9a-f]{64})$")
_CODES = {"queued": "2000", "sending": "3000", "sent": "3000", "delivered": "4000"}


class Domestic:
    """Speaks /messages/v4/… over the texts of `provider`; key and secret are the stand-in's login."""

    def __init__(self, provider: Provider, key: str, secret: str) -> None:
        self._provider, self._key, self._secret = provider, key, secret

    def answer(self, method: str, path: str, authorization: str, body: str, values: dict[str, str]) -> dict[str, Any]:
        """Raises Refusal with the HTTP status and code 0; the words are the provider's error codes."""
        self._check(authorization)
        if (method, path) == ("POST", "/messages/v4/send"):
            return self._take(body)
        if (method, path) == ("GET", "/messages/v4/list"):
            rows = self._provider.book.newest(_international(values.get("to", "")))
            return {"messageList": {text.sid: self._row(text) for text in rows[: int(values.get("limit", 50))]}}
        raise Refusal(404, 0, "NotFound")

    def _check(self, authorization: str) -> None:
        match = _AUTHORIZATION.match(authorization)
        if match is None or match.group(1) != self._key:
            raise Refusal(401, 0, "InvalidAPIKey")
        _, date, salt, signature = match.groups()
        expected = hmac.new(self._secret.encode(), (date + salt).encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, expected):
            raise Refusal(403, 0, "SignatureDoesNotMatch")

    def _take(self, body: str) -> dict[str, Any]:
        try:
            message = json.loads(body)["message"]
            to, sender, text = str(message["to"]), str(message["from"]), str(message["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise Refusal(400, 0, "ValidationError") from error
        if message.get("type") == "SMS" and len(text.encode("cp949", "replace")) > 90:
            raise Refusal(400, 0, "MessageTooLong")
        return self._row(self._provider.take(_international(to), sender, text, "")) | {"statusCode": "2000"}

    def _row(self, text: Text) -> dict[str, Any]:
        return {
            "messageId": text.sid,
            "groupId": "G4V" + text.sid[2:18],
            "to": _national(text.to),
            "from": text.sender,
            "text": text.body,
            "country": "82",
            "statusCode": _CODES.get(text.status, "3040"),
            "dateCreated": datetime.fromtimestamp(text.at, UTC).isoformat(),
        }


def _international(number: str) -> str:
    return "+82" + number[1:] if number.startswith("0") else number


def _national(number: str) -> str:
    return "0" + number.removeprefix("+82")
