"""What a volunteer does on a telephone signed in with her number: found among her own, then done by the same
transactions as a link, a word or a call. All of it may be sent again: what stands already stays as it is.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from hopecare.kernel import clock, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.errors import Problem
from volunteers.models import Certificate, Offer
from volunteers.selectors import by_app
from volunteers.selectors.standby import week_of
from volunteers.services import answers, hours, leaving, standby, visits
from volunteers.states import SERVED, OfferState, Outcome

#: A telephone without signal keeps what it was told for so long; and so far its clock may be ahead of ours.
KEPT, AHEAD = timedelta(days=7), timedelta(minutes=10)


def answer(*, phone: str, offer: UUID, yes: bool, source_address: str | None = None) -> Outcome:
    """Yes or no to a question; what others or the hour settled first is told as the outcome, never as an error."""
    offer_id = _offer_id(phone, offer)
    return answers.answer_by_app(offer_id=offer_id, yes=yes, source_address=source_address)


def cannot_come(*, phone: str, offer: UUID, source_address: str | None = None) -> bool:
    """She takes her promise back; False when there was none any more."""
    by = system(Principal.OFFERS, source_address=source_address)
    return visits.take_promise_back(by, _offer_id(phone, offer))


def tell(*, phone: str, offer: UUID, what: str, at: datetime | None = None, source_address: str | None = None) -> None:
    """`what`: arrived, done or nobody, at the moment at which the telephone was told so.

    Told again changes nothing. Raises Impossible before the hour, after a week, for a moment to come, and where the
    centre has noted something else meanwhile: then somebody has to talk.
    """
    offer_id, moment = _offer_id(phone, offer), _moment(at)
    if visits.told_by_app(offer_id=offer_id, what=what, at=moment, source_address=source_address):
        return
    with acting_as(system(Principal.OFFERS)):
        row = Offer.objects.select_related("request").get(pk=offer_id)
    if row.state in SERVED or (what == "arrived" and row.state == OfferState.SCHEDULED):
        return
    words = _("The centre has noted something else for this visit. Please ring %(name)s: %(phone)s.")
    contact = {"name": row.request.contact_name, "phone": row.request.contact_phone}
    raise errors.Impossible(Problem("noted_otherwise", words % contact))


def pause(*, phone: str, person: UUID, days: int, source_address: str | None = None) -> None:
    """Nobody asks her for so many days; what she has promised stands."""
    leaving.pause_by_app(volunteer_id=_volunteer_id(phone, person), days=days, source_address=source_address)


def resume(*, phone: str, person: UUID, source_address: str | None = None) -> None:
    leaving.resume_by_app(volunteer_id=_volunteer_id(phone, person), source_address=source_address)


def on_call(
    *, phone: str, person: UUID, on: bool, at: datetime | None = None, source_address: str | None = None
) -> None:
    """She may be rung at short notice this week, or not any more. A week that is over by now is not this one."""
    which, said = _volunteer_id(phone, person), _moment(at).astimezone(clock.SEOUL).date()
    if week_of(said) == week_of(clock.today()):
        standby.put_by_app(volunteer_id=which, on=on, source_address=source_address)


def not_on(
    *, phone: str, person: UUID, first: date | None, last: date | None, source_address: str | None = None
) -> None:
    """Nobody asks her for these days. Raises Impossible for days that are past or more than a year."""
    which = _volunteer_id(phone, person)
    leaving.not_on_by_app(volunteer_id=which, first=first, last=last, source_address=source_address)


def certify(*, phone: str, person: UUID, source_address: str | None = None) -> Certificate:
    """This year's confirmed hours on a paper that others can look up. Raises Impossible when there are none."""
    return hours.certify_by_app(volunteer_id=_volunteer_id(phone, person), source_address=source_address)


def _moment(at: datetime | None) -> datetime:
    now = clock.now()
    if at is None or now < at <= now + AHEAD:
        return now
    if at > now:
        raise errors.Impossible(Problem("to_come", _("The clock of this telephone is ahead of ours."), "at"))
    if at < now - KEPT:
        raise errors.Impossible(Problem("too_old", _("This is too long ago. Please ring your contact."), "at"))
    return at


def _offer_id(phone: str, offer: UUID) -> int:
    with acting_as(system(Principal.OFFERS)) as machine:
        return by_app.offer_id_of(machine, phone, offer)


def _volunteer_id(phone: str, person: UUID) -> int:
    with acting_as(system(Principal.OFFERS)) as machine:
        return by_app.volunteer_id_of(machine, phone, person)
