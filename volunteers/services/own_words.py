"""Words that a volunteer's telephone may send at any time, whatever was asked last: days off, and "call me"."""

from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from hopecare.messaging.facts import ReceivedMessage, ReplyOutcome
from hopecare.messaging.replies import ReplyHandler
from volunteers.models import Volunteer
from volunteers.rules import own_words, words
from volunteers.services import leaving, standby
from volunteers.services.acting import machine
from volunteers.states import VolunteerState


def reply(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
    """Understood for a telephone with one volunteer who may be asked; all else a person reads."""
    on_call, days = own_words.on_call(received.plain), own_words.days_off(text, clock.today())
    if on_call is None and days is None:
        return None
    with acting_as(system(Principal.OFFERS)) as by:
        rows = Volunteer.objects.select_related("town").filter(phone_hash=phone_hash, state=VolunteerState.ACTIVE)
        found = list(rows[:2])
        if len(found) != 1:
            return None
        volunteer = found[0]
        said = _days_off(by, volunteer, days) if on_call is None else standby.put_by_word(by, volunteer, on=on_call)
        return ReplyOutcome(said, language=volunteer.language) if said else None


def after(handler: ReplyHandler) -> ReplyHandler:
    """First the answer to the question that was asked, then the words that always hold."""

    def both(phone_hash: str, text: str, received: ReceivedMessage) -> ReplyOutcome | None:
        return handler(phone_hash, text, received) or reply(phone_hash, text, received)

    return both


def _days_off(by: Viewer, volunteer: Volunteer, days: tuple[date, date] | None) -> str:
    if days is None:
        return ""
    first, last = days
    try:
        leaving.keep_days_off(machine(by, volunteer), volunteer, first, last)
    except errors.Impossible:
        return ""
    with translation.override(volunteer.language):
        when = words.day_text(first, volunteer.language)
        if last != first:
            when = f"{when}~{words.day_text(last, volunteer.language)}"
        return _("[Hope Care] Noted: nobody asks you for %(when)s. What you promised stands.") % {"when": when}
