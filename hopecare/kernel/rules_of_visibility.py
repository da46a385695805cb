"""Visibility of the kernel's own private models; imported by the app config."""

from hopecare.kernel.access import scoped_rule, section_rule, visibility
from hopecare.kernel.models import (
    Address,
    Coverage,
    Document,
    Ground,
    Household,
    Membership,
    Person,
    ResidentNumber,
    SafeContact,
)
from hopecare.kernel.permissions import Permission

visibility(Document, Ground)(scoped_rule)
visibility(Address, Household, Person, ResidentNumber, SafeContact)(section_rule(Permission.SECTION_IDENTITY))
visibility(Coverage, Membership)(section_rule(Permission.SECTION_HOUSEHOLD))
