"""What cases hangs into the kernel's registries; imported once by the app config."""

from django.utils.translation import gettext_lazy as _

from cases import access
from cases.services import alarm_news, benefits, check_ins, own_watch, presence, referrals, satisfaction, signals
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
events.subscribe("person.state", "cases.watch", signals.person_state)
events.subscribe("person.sealed", "cases.watch", signals.person_sealed)
events.subscribe("case.closed", "cases.watch", signals.case_closed)
events.subscribe("case.transferred", "cases.watch", signals.case_transferred)
events.subscribe("visit.nobody_opened", "cases.watch", signals.nobody_opened)
replies.register(check_ins.ASK, own_watch.reply)
replies.register(alarm_news.NEIGHBOUR, own_watch.neighbour)
replies.register(satisfaction.ASK, satisfaction.reply)
replies.describe(satisfaction.ASK, _("Asking how a service was"))
replies.describe(check_ins.ASK, _("Asking somebody whether they are well"))
replies.describe(alarm_news.NEIGHBOUR, _("Asking somebody to look after a neighbour"))
replies.describe(alarm_news.DUTY, _("Ringing the duty telephone: an alarm nobody answered"))
replies.describe(alarm_news.NIGHT, _("Ringing whoever answers at night: an alarm waits"))
replies.describe(presence.DUTY, _("Ringing the duty telephone: somebody has not come out of a visit"))
replies.on_suppressed(check_ins.ASK, check_ins.unsent)
replies.on_opt_out("cases.watch", own_watch.opted_out)
