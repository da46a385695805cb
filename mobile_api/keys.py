"""Who calls: a telephone that signed in shows its access token in the Authorization header, never in an address."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from hopecare.kernel import errors
from hopecare.kernel.access import Principal, Viewer, system
from hopecare.kernel.models import Device
from hopecare.kernel.services import devices
from hopecare.kernel.web import source_address
from mobile_api import limits


class DeviceKey(HttpBearer):
    """Short-lived access token of a telephone (ten minutes); `POST /auth/tokens` gives the next one."""

    def authenticate(self, request: HttpRequest, token: str) -> Device:
        device = devices.device_of(token)
        limits.demand(request, "device", settings.DEVICE_RATE, client=str(device.uuid))
        return device


def nobody(request: HttpRequest) -> bool:
    """Lets in whoever shows no key; a key that is shown must hold."""
    if request.headers.get("Authorization"):
        raise errors.Unauthenticated
    return True


#: For routes that ask for a key, and for those where one may be shown.
NEEDED = DeviceKey()
WELCOME: list[Any] = [NEEDED, nobody]


def device_in(request: HttpRequest) -> Device | None:
    """The telephone that was let in, if it showed a key."""
    found = getattr(request, "auth", None)
    return found if isinstance(found, Device) else None


def keeper(request: HttpRequest) -> Viewer:
    """The principal that reads and changes telephones, with the caller's address for the audit."""
    return system(Principal.DEVICES, source_address=source_address(request))
