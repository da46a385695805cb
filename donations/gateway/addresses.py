"""Where a gateway may connect to: in the demo nowhere but this machine (D16)."""

from urllib.parse import urlsplit

from django.conf import settings

from donations.gateway.errors import Refused

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def check_host(url: str) -> str:
    """The address itself; raises Refused for anything but the stand-in while HOPECARE_DEMO is on (D16)."""
    parts = urlsplit(url)
    if settings.HOPECARE_DEMO and (parts.hostname not in LOOPBACK or parts.username is not None):
        raise Refused("demo_only_stand_in")
    return url.rstrip("/")
