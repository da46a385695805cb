"""Which provider carries text messages here: one interface, a module each (`send`, `recent`, `capabilities`)."""

from typing import Protocol

from django.conf import settings

from hopecare.messaging.gateway import solapi_text, twilio_text
from hopecare.messaging.gateway.capabilities import Capabilities
from hopecare.messaging.gateway.errors import Accepted, Found


class Provider(Protocol):
    """Every door raises Permanent, OptedOut, Refused, Transient or Uncertain (see gateway.errors)."""

    def capabilities(self) -> Capabilities: ...

    def send(self, *, reference: str, to: str, body: str) -> Accepted: ...

    def recent(self, *, to: str) -> list[Found]: ...


PROVIDERS: dict[str, Provider] = {"twilio": twilio_text, "solapi": solapi_text}


def provider() -> Provider:
    return PROVIDERS[settings.SMS_PROVIDER]
