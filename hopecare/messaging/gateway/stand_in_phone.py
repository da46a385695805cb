"""The telephones of the demo: what the stand-in delivered, and typing a text on one of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from django.conf import settings

from hopecare.kernel import clock
from hopecare.messaging.gateway.addresses import check_host

SECONDS = 8.0


class NobodyThere(Exception):
    """The stand-in does not answer."""


@dataclass(frozen=True)
class PhoneText:
    """One text on a telephone; `mine`: typed on it, else received by it. `status` in the provider's words."""

    number: str
    body: str
    at: datetime
    mine: bool
    status: str


def telephones() -> dict[str, list[PhoneText]]:
    """E.164 number → its texts, oldest first; the telephone with the newest text first. Raises NobodyThere."""
    answer = _ask("GET", "/stand-in/phones")
    return {phone["number"]: [_text(phone["number"], text) for text in phone["texts"]] for phone in answer["phones"]}


def type_text(*, number: str, body: str) -> bool:
    """Somebody types a text; True when our web has taken it (else the stand-in tries again). Raises NobodyThere."""
    answer = _ask("POST", "/stand-in/inbound", {"From": number, "Body": body})
    return 200 <= int(answer["status"]) < 300


def _text(number: str, text: dict[str, Any]) -> PhoneText:
    at = datetime.fromtimestamp(float(text["at"]), UTC).astimezone(clock.SEOUL)
    return PhoneText(number, str(text["body"]), at, text["direction"] == "inbound", str(text["status"]))


def _ask(method: str, path: str, values: dict[str, str] | None = None) -> dict[str, Any]:
    url = settings.TWILIO_API_URL.rstrip("/") + path
    check_host(url)
    login = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, url, data=values, auth=login, timeout=SECONDS, allow_redirects=False)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
            return found
    except (requests.RequestException, ValueError) as error:
        raise NobodyThere from error
