"""A provider's call-back: is it genuine, then keep it. What it means is asked of the provider by the worker."""

from collections.abc import Callable

from donations.gateway import providers
from donations.gateway.errors import Forged
from donations.services import charging


def receive(provider: str, body: bytes, header: Callable[[str], str]) -> bool:
    """False for anything the provider did not sign within the last minutes."""
    try:
        event_id, about = providers.genuine(provider, body, header)
    except Forged:
        return False
    charging.keep_event(provider, event_id, about)
    return True
