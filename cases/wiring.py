"""What cases hangs into the kernel's registries; imported once by the app config."""

from django.utils.translation import gettext_lazy as _

from cases import access
from cases.services import benefits, referrals
from hopecare.kernel import events
from hopecare.kernel.access import register_reach
from hopecare.kernel.audit import register_subject
from hopecare.messaging import replies

register_reach(access.REACH)
register_subject("case", access.case_by_number, url_argument="number", answers_for=access.leads_case)
register_subject("report", access.report_by_code, url_argument="code")
events.subscribe("rules.activated", "cases.run_benefits_again", benefits.rules_activated)
replies.describe(referrals.REMINDER, _("Reminding somebody of an appointment"))
replies.on_suppressed(referrals.REMINDER, referrals.unsent)
