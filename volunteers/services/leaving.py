"""One tap to pause or to leave, and partings: nobody has to say why, and everything that follows is done at once."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import DayOff, Offer, Parting, Volunteer
from volunteers.services import answers, managers, rhythm, visits
from volunteers.services.acting import machine
from volunteers.states import BOOKED, OfferState, VolunteerState

PAUSE_DAYS, LONGEST_PAUSE, MOST_OFF = 30, 366, timedelta(days=365)


def pause(*, token: str, days: int = PAUSE_DAYS, source_address: str | None = None) -> Volunteer:
    """By the volunteer's own link: nobody asks her until then. What she has promised stands."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer = _by_token(token)
        return _pause(machine(by, volunteer), volunteer, days)


def pause_by_app(*, volunteer_id: int, days: int = PAUSE_DAYS, source_address: str | None = None) -> Volunteer:
    """By a telephone signed in with the volunteer's number."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer = Volunteer.objects.get(pk=volunteer_id)
        return _pause(machine(by, volunteer), volunteer, days)


def resume_by_app(*, volunteer_id: int, source_address: str | None = None) -> Volunteer:
    """Rested enough: asked again from now on. Changes nothing for somebody who does not rest."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer_id)
        if volunteer.state == VolunteerState.PAUSED:
            volunteer.state, volunteer.paused_until = VolunteerState.ACTIVE, None
            volunteer.save(update_fields=["state", "paused_until"])
            audit.changed(machine(by, volunteer), "volunteer", [volunteer.pk], "resumed")
        return volunteer


def leave(*, token: str, source_address: str | None = None) -> Volunteer:
    """By the volunteer's own link: no more questions and no more texts; her promises are taken back."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer = _by_token(token)
        return _leave(machine(by, volunteer), volunteer)


def pause_for(*, by: Viewer, volunteer_id: int, days: int = PAUSE_DAYS) -> Volunteer:
    """The coordinator heard that somebody wants a rest."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        return _pause(machine(by, volunteer), volunteer, days)


def leave_for(*, by: Viewer, volunteer_id: int) -> Volunteer:
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        return _leave(machine(by, volunteer), volunteer)


def come_back(*, by: Viewer, volunteer_id: int) -> Volunteer:
    """The rest is over early. Whoever rests because of something that went wrong waits until that is settled."""
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        if volunteer.state != VolunteerState.PAUSED:
            return volunteer
        if volunteer.paused_until is None:
            words = _("They rest until something that went wrong is settled.")
            raise errors.Impossible(Problem("rests", words))
        volunteer.state, volunteer.paused_until = VolunteerState.ACTIVE, None
        volunteer.save(update_fields=["state", "paused_until"])
        audit.changed(by, "volunteer", [volunteer.pk], "back_from_pause")
        return volunteer


def not_on(*, by: Viewer, volunteer_id: int, first: date | None, last: date | None) -> None:
    """Days on which nobody asks them, whatever their weekly hours say; what is promised for them stands.

    Without a last day it is one day. Raises Impossible for days that are past or more than a year.
    """
    check(by, Permission.VOLUNTEER_MANAGE)
    with acting_as(by):
        volunteer = get_visible(by, Volunteer, named="volunteer", pk=volunteer_id)
        keep_days_off(by, volunteer, first, last)


def not_on_by_link(*, token: str, first: date | None, last: date | None, source_address: str | None = None) -> None:
    """The same by the volunteer's own link."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer = _by_token(token)
        keep_days_off(machine(by, volunteer), volunteer, first, last)


def not_on_by_app(
    *, volunteer_id: int, first: date | None, last: date | None, source_address: str | None = None
) -> None:
    """The same by a telephone signed in with the volunteer's number."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer = Volunteer.objects.get(pk=volunteer_id)
        keep_days_off(machine(by, volunteer), volunteer, first, last)


def keep_days_off(acting: Viewer, volunteer: Volunteer, first: date | None, last: date | None) -> None:
    """Write them down. Raises Impossible as `not_on`."""
    last = last or first
    if first is None or last is None or not clock.today() <= last or not timedelta() <= last - first <= MOST_OFF:
        raise errors.Impossible(Problem("days", _("From a day to a later one, within a year, please."), "first"))
    with acting_as(acting):
        _row, fresh = DayOff.objects.get_or_create(volunteer=volunteer, first=first, last=last)
        if fresh:
            audit.changed(acting, "volunteer", [volunteer.pk], "days_off", days=(last - first).days + 1)


def part_by_link(*, token: str, source_address: str | None = None) -> Parting:
    """The volunteer would rather go to another house; no reason is asked for."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        offer = Offer.objects.select_related("volunteer").get(pk=answers.offer_id_of(token))
        return _part(machine(by, offer.volunteer), offer, "volunteer", None)


def part(*, by: Viewer, offer_id: int, wished_by: str = "house") -> Parting:
    """This volunteer and this house do not meet again; no reason is asked for and none is kept."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        offer = get_visible(by, Offer, named="offer", pk=offer_id)
        return _part(machine(by), offer, "volunteer" if wished_by == "volunteer" else "house", by.user_id)


def _part(acting: Viewer, offer: Offer, wished_by: str, noted_by: int | None) -> Parting:
    with acting_as(acting):
        parting, fresh = Parting.objects.get_or_create(
            volunteer_id=offer.volunteer_id,
            case_id=offer.case_id,
            defaults={
                "wished_by": wished_by,
                "noted_by_id": noted_by,
                "noted_at": clock.now(),
                "team_id": offer.team_id,
                "provider_id": offer.provider_id,
            },
        )
        if fresh:
            audit.changed(acting, "parting", [parting.pk], "noted", owners=[offer.provider_id])
            free_the_coming(acting, volunteer_id=offer.volunteer_id, case_id=offer.case_id)
            managers.end_all(acting, manager__volunteer_id=offer.volunteer_id, case_id=offer.case_id)
        return parting


def _by_token(token: str) -> Volunteer:
    volunteer_id = Offer.objects.values_list("volunteer_id", flat=True).get(pk=answers.offer_id_of(token))
    return Volunteer.objects.get(pk=volunteer_id)


def _pause(acting: Viewer, volunteer: Volunteer, days: int) -> Volunteer:
    if not 1 <= days <= LONGEST_PAUSE:
        raise errors.Impossible(Problem("days", _("Between a day and a year, please."), "days"))
    if volunteer.state != VolunteerState.ACTIVE:
        return volunteer
    with acting_as(acting):
        volunteer.state, volunteer.paused_until = VolunteerState.PAUSED, clock.today() + timedelta(days=days)
        volunteer.save(update_fields=["state", "paused_until"])
        audit.changed(acting, "volunteer", [volunteer.pk], "paused", days=days)
        decline_open(volunteer)
    return volunteer


def _leave(acting: Viewer, volunteer: Volunteer) -> Volunteer:
    if volunteer.state == VolunteerState.LEFT:
        return volunteer
    with acting_as(acting):
        volunteer.state, volunteer.sms_ok, volunteer.paused_until = VolunteerState.LEFT, False, None
        volunteer.save(update_fields=["state", "sms_ok", "paused_until"])
        audit.changed(acting, "volunteer", [volunteer.pk], "left")
        decline_open(volunteer)
        free_the_coming(acting, volunteer_id=volunteer.pk)
        rhythm.without_manager(acting, volunteer)
    return volunteer


def free_the_coming(acting: Viewer, **which: int) -> None:
    """Every promise still ahead is taken back, and others are asked."""
    coming = Offer.objects.filter(state__in=[*BOOKED], during__startswith__gt=clock.now(), **which)
    for offer_id in list(coming.values_list("pk", flat=True)):
        visits.take_promise_back(acting, offer_id)


def decline_open(volunteer: Volunteer) -> None:
    """A question that is open is a no by now: the next one is asked."""
    rows = Offer.objects.filter(volunteer=volunteer, state=OfferState.OFFERED)
    for offer_id in list(rows.values_list("pk", flat=True)):
        answers.answer_by_word(offer_id=offer_id, yes=False)
