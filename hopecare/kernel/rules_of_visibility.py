"""Visibility of the kernel's own private models; imported by the app config."""

from django.db.models import Q

from hopecare.kernel.access import Principal, Viewer, scoped_rule, section_rule, visibility
from hopecare.kernel.models import (
    Address,
    ApiKey,
    Coverage,
    Device,
    DeviceKey,
    Document,
    Ground,
    Household,
    Membership,
    Person,
    ResidentNumber,
    SafeContact,
    SignInCode,
)
from hopecare.kernel.permissions import Permission

visibility(Document, Ground)(scoped_rule)
visibility(Address, Household, Person, ResidentNumber, SafeContact)(section_rule(Permission.SECTION_IDENTITY))
visibility(Coverage, Membership)(section_rule(Permission.SECTION_HOUSEHOLD))


@visibility(SignInCode, Device, DeviceKey, ApiKey)
def device_rule(viewer: Viewer) -> Q:
    """Telephones that sign in are nobody's business but their owners'."""
    return Q() if viewer.principal == Principal.DEVICES else Q(pk__in=[])
