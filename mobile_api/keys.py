"""Who calls: a telephone that signed in shows its access token in the Authorization header, never in an address."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer

from hopecare.kernel import errors
from hopecare.kernel.access import Principal, Viewer, system
from hopecare.kernel.models import Device, User, UserKind
from hopecare.kernel.services import devices
from hopecare.kernel.viewers import viewer_of
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


def own(request: HttpRequest) -> Device:
    """The same where the router lets nobody in without one."""
    device: Device = request.auth  # type: ignore[attr-defined]
    return device


def worker(request: HttpRequest) -> Viewer:
    """The member of staff whose telephone this is, with the permissions and keys of this very moment.

    Raises Forbidden for the telephones of everybody else, and Unauthenticated once the account is closed.
    """
    device = own(request)
    if device.user_id is None:
        raise errors.Forbidden("staff")
    user = User.objects.filter(pk=device.user_id, kind=UserKind.STAFF, is_active=True).first()
    if user is None:
        raise errors.Unauthenticated
    return viewer_of(user, source_address=source_address(request))


def keeper(request: HttpRequest) -> Viewer:
    """The principal that reads and changes telephones, with the caller's address for the audit."""
    return system(Principal.DEVICES, source_address=source_address(request))
