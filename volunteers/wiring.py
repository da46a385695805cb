"""What volunteers hang into the registries of kernel and messaging; imported once by the app config."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import events, phones
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models import UserKind
from hopecare.kernel.services.rotation import register_hash
from hopecare.messaging import phonebook, replies
from volunteers import access
from volunteers.models import Volunteer
from volunteers.services import (
    circles,
    news,
    own_words,
    partner_days,
    portions,
    projects,
    rhythm,
    standby,
    telling,
    training,
)

events.subscribe("case.closed", "volunteers.withdraw", news.case_closed)
events.subscribe("action.cancelled", "volunteers.withdraw", news.action_cancelled)
events.subscribe("package.done", "volunteers.projects", projects.task_done)
events.subscribe("gift.free", "volunteers.portions", portions.hand_on)
events.subscribe("action.cancelled", "volunteers.projects", projects.task_cancelled)
events.subscribe("person.state", "volunteers.withdraw", news.person_state)
events.subscribe("person.died", "volunteers.withdraw", news.person_died)
events.subscribe("person.sealed", "volunteers.withdraw", news.person_sealed)
events.subscribe("consent.taken_back", "volunteers.withdraw", news.consent_taken_back)
events.subscribe("case.transferred", "volunteers.follow", news.case_transferred)
events.subscribe("case.lead", "volunteers.contact", news.case_lead)
register_hash("token_hash", "token", access.token_hash)
replies.register(telling.ASK, news.reply)
replies.register(telling.REMIND, news.reminder_reply)
replies.opens(telling.ASK, news.screen)
for purpose in (telling.SETTLED, telling.TODAY):
    replies.register(purpose, news.visit_reply)
replies.describe(telling.REMIND, _("Asking on the day before whether they come"))
for purpose in (telling.ASK, telling.SETTLED, telling.CANCELLED, telling.REMIND):
    replies.on_suppressed(purpose, news.unsent)
replies.on_opt_out("volunteers", news.opted_out)
replies.register(partner_days.PARTNER, partner_days.reply)
replies.on_suppressed(partner_days.PARTNER, partner_days.unsent)
replies.on_opt_out("partners", partner_days.opted_out)
replies.register(circles.NEIGHBOUR, circles.reply)
replies.on_opt_out("circles", circles.opted_out)
replies.describe(circles.NEIGHBOUR, _("Telling a neighbour of a circle what another asks or offers"))
replies.register(training.TRAINING, training.reply)
replies.describe(training.TRAINING, _("Asking a volunteer to a course"))
replies.describe(partner_days.PARTNER, _("Telling a partner how many come"))
replies.register(standby.STAND_BY, own_words.after(standby.reply))
replies.describe(standby.STAND_BY, _("Asking a volunteer who may be rung at short notice"))
replies.register(rhythm.RHYTHM, own_words.after(rhythm.reply))
replies.describe(rhythm.RHYTHM, _("Asking a hope manager about the week's contact"))
for purpose in (telling.THANKS, telling.CLOSED, telling.CANCELLED):
    replies.register(purpose, own_words.reply)
replies.describe(telling.ASK, _("Asking a volunteer"))
replies.describe(telling.SETTLED, _("Telling a volunteer that it is settled"))
replies.describe(telling.TODAY, _("Telling a volunteer which word says what"))
replies.describe(telling.THANKS, _("Thanking a volunteer"))
replies.describe(telling.CLOSED, _("Telling a volunteer that others were first"))
replies.describe(telling.CANCELLED, _("Telling a volunteer not to come"))


def cast_phones() -> dict[str, str]:
    """Number → name of the volunteers of the cast, for the demo's telephones."""
    if not settings.HOPECARE_DEMO:
        return {}
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = (
            access.visible_to(machine, Volunteer)
            .filter(user__kind=UserKind.VOLUNTEER)
            .exclude(user__username__startswith="v-")
        )
        return {phones.normal(row.phone): row.name for row in rows}


phonebook.register(cast_phones)
