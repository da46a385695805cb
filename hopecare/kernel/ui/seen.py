"""The page 누가 보았나, for every kind of record that an app registered with the audit."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from hopecare.kernel import audit
from hopecare.kernel.permissions import Permission
from hopecare.kernel.selectors.audit_trail import audit_trail
from hopecare.kernel.web import HopeRequest, staff

audit.register_words(
    {
        "view": _("looked"),
        "trail": _("asked who looked"),
        "refused": _("was refused"),
        "search": _("found by search"),
        "print": _("printed"),
        "logged_in": _("logged in"),
        "factor_added": _("added a second step"),
        "factor_removed": _("took a second step away"),
        "affiliation_confirmed": _("confirmed for the quarter"),
        "affiliation_ended": _("ended the work here"),
        "account_opened": _("opened the account"),
        "team_moved": _("moved to another team"),
        "code_asked": _("asked for a code"),
        "device_signed_in": _("signed a telephone in"),
        "device_named": _("named a telephone"),
        "device_ended": _("signed a telephone out"),
        "created": _("added"),
        "sealed": _("sealed"),
        "safe_contact": _("changed the safe contact"),
        "resident_number": _("took in a resident number"),
        "state_noted": _("noted something about a person"),
        "ground": _("noted a ground or consent"),
        "state_here": _("noted: is here"),
        "state_hospital": _("noted: in hospital"),
        "state_moved": _("noted: moved away"),
        "state_died": _("noted: died"),
    }
)


@staff(Permission.CASE_VIEW, Permission.AUDIT_VIEW)
@require_GET
def case_seen(request: HopeRequest, number: str) -> HttpResponseBase:
    looks = audit_trail(request.viewer, "case", number)
    refusals = sum(look.refused for look in looks)
    words = {"number": number, "looks": looks, "refusals": refusals, "back": f"/desk/cases/{number}/"}
    return render(request, "kernel/seen.html", words)
