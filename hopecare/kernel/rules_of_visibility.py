"""Visibility of the kernel's own private models; imported by the app config."""

from hopecare.kernel.access import scoped_rule, visibility
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

visibility(Address, Coverage, Document, Ground, Household, Membership, Person, ResidentNumber, SafeContact)(scoped_rule)
