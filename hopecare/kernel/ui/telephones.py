"""A telephone of one's own as a key to the phone app: a code behind the second factor, the list, and its end."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hopecare.kernel import errors, rates
from hopecare.kernel.access import Principal, Viewer, system
from hopecare.kernel.models import UserKind
from hopecare.kernel.services import devices
from hopecare.kernel.web import HopeRequest, member, source_address

CODES_A_MINUTE = 6


@member(UserKind.STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def telephones(request: HopeRequest) -> HttpResponseBase:
    """GET lists; POST shows a fresh code once."""
    code = ""
    if request.method == "POST":
        rates.demand("staff-code", str(request.viewer.user_id), CODES_A_MINUTE)
        code = devices.staff_code(by=request.viewer)
    found = devices.devices_of(by=_keeper(request), phone=_owner(request))
    minutes, days = int(devices.STAFF_CODE_LIFE.total_seconds()) // 60, devices.STAFF_LIFE.days
    context = {"code": code, "telephones": found, "minutes": minutes, "days": days}
    return render(request, "account/telephones.html", context)


@member(UserKind.STAFF)
@require_POST
def end(request: HopeRequest, uuid: UUID) -> HttpResponseBase:
    """Its keys stop working at once; what it keeps goes at its next signal."""
    devices.revoke(by=_keeper(request), phone=_owner(request), uuid=str(uuid), own="")
    messages.success(request, _("The telephone is signed out."))
    return HttpResponseRedirect(reverse("telephones"))


def _keeper(request: HopeRequest) -> Viewer:
    return system(Principal.DEVICES, source_address=source_address(request))


def _owner(request: HopeRequest) -> str:
    if request.viewer.user_id is None:
        raise errors.Unauthenticated
    return devices.staff_owner(request.viewer.user_id)
