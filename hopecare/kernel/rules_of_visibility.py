"""Visibility of the kernel's own private models; imported by the app config."""

from django.db.models import Q

from hopecare.kernel.access import Principal, Viewer, met, scoped_rule, section_rule, visibility
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

_identity = section_rule(Permission.SECTION_IDENTITY)
_household = section_rule(Permission.SECTION_HOUSEHOLD)
visibility(Document)(scoped_rule)
visibility(Address, Household)(_identity)
visibility(Coverage)(_household)


@visibility(Person)
def person_rule(viewer: Viewer) -> Q:
    return _identity(viewer) & met(viewer, "id")


@visibility(ResidentNumber, SafeContact)
def of_person_rule(viewer: Viewer) -> Q:
    return _identity(viewer) & met(viewer)


@visibility(Ground)
def ground_rule(viewer: Viewer) -> Q:
    return scoped_rule(viewer) & met(viewer)


@visibility(Membership)
def membership_rule(viewer: Viewer) -> Q:
    return _household(viewer) & met(viewer)


@visibility(SignInCode, Device, DeviceKey, ApiKey)
def device_rule(viewer: Viewer) -> Q:
    """Telephones that sign in are nobody's business but their owners'."""
    return Q() if viewer.principal == Principal.DEVICES else Q(pk__in=[])
