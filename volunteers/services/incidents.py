"""What went wrong, told by either side: kept for the lead and the centre alone, never shown to the other side."""

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from hopecare.messaging import services as messages
from hopecare.messaging.facts import Recipient
from volunteers.access import get_visible
from volunteers.models import Incident, IncidentKind, Offer, Side, Volunteer
from volunteers.services import leaving, telling
from volunteers.services.acting import machine
from volunteers.services.answers import offer_id_of
from volunteers.states import BOOKED, SERVED, OfferState, VolunteerState

LONGEST = 4000
#: After a promise something may have happened; a mere question is none.
_AFTER_A_PROMISE = (*BOOKED, *SERVED, OfferState.NO_SHOW, OfferState.CANCELLED)


def tell_by_link(*, token: str, kind: str, words: str, source_address: str | None = None) -> Incident:
    """The volunteer tells it by her own link. Raises Impossible without a promise or without words."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        offer_id = offer_id_of(token)
        offer = Offer.objects.select_related("request", "volunteer").get(pk=offer_id)
        return _note(machine(by, offer.volunteer), offer, Side.VOLUNTEER, kind, words, rests=False, staff=None)


def note(*, by: Viewer, offer_id: int, told_by: str, kind: str, words: str, rests: bool = False) -> Incident:
    """Somebody of the house or the volunteer told it to a colleague.

    `rests`: the volunteer is asked by nobody and taken out of what was promised, until it is settled.
    """
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        related = ("request", "volunteer")
        offer = get_visible(by, Offer, named="offer", pk=offer_id, select=related)
        if told_by not in Side.values:
            raise errors.Impossible(errors.required("told_by"))
        return _note(machine(by), offer, Side(told_by), kind, words, rests=rests, staff=by.user_id)


def settle(*, by: Viewer, incident_id: int, outcome: str) -> Incident:
    """What was done about it; whoever rested for it may be asked again. Twice is once."""
    check(by, Permission.OFFER_MANAGE)
    if not outcome.strip():
        raise errors.Impossible(errors.required("outcome"))
    with acting_as(by):
        incident = get_visible(by, Incident, named="incident", pk=incident_id)
        if incident.settled_at is not None:
            return incident
        rested, incident.rests = incident.rests, False
        incident.outcome = outcome.strip()[:LONGEST]
        incident.settled_at, incident.settled_by_id = clock.now(), by.user_id
        incident.save(update_fields=["rests", "outcome", "settled_at", "settled_by"])
        audit.changed(by, "incident", [incident.pk], "settled", owners=[incident.provider_id])
        if rested:
            with acting_as(machine(by)) as acting:
                _wake(acting, incident.volunteer_id)
        return incident


def _note(
    acting: Viewer, offer: Offer, side: Side, kind: str, words: str, *, rests: bool, staff: int | None
) -> Incident:
    problems = [] if words.strip() else [errors.required("words")]
    if kind not in IncidentKind.values:
        problems.append(errors.required("kind"))
    if offer.state not in _AFTER_A_PROMISE:
        problems.append(Problem("no_visit", _("There was no visit yet. Please ring your contact.")))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(acting):
        incident = Incident.objects.create(
            offer=offer,
            volunteer_id=offer.volunteer_id,
            team_id=offer.team_id,
            provider_id=offer.provider_id,
            case_id=offer.case_id,
            lead_id=offer.request.lead_id,
            told_by=side,
            kind=kind,
            words=words.strip()[:LONGEST],
            told_at=clock.now(),
            noted_by_id=staff,
            rests=rests,
        )
        audit.changed(acting, "incident", [incident.pk], "told", owners=[incident.provider_id], side=str(side))
        _tell_lead(acting, incident)
        if rests:
            _rest(acting, offer.volunteer_id)
        return incident


def _tell_lead(acting: Viewer, incident: Incident) -> None:
    """That there is something to read; not what it is."""
    messages.notify(
        by=acting,
        purpose="volunteers",
        about=("incident", incident.pk),
        step="told",
        to=Recipient.user(incident.lead_id),
        words=telling.INCIDENT,
        parameters={},
        link=f"/desk/matching/incidents/{incident.pk}/",
        provider_id=incident.provider_id,
    )


def _rest(acting: Viewer, volunteer_id: int) -> None:
    """Paused without a last day: only the settling ends it."""
    volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer_id)
    if volunteer.state in (VolunteerState.ACTIVE, VolunteerState.PAUSED):
        volunteer.state, volunteer.paused_until = VolunteerState.PAUSED, None
        volunteer.save(update_fields=["state", "paused_until"])
        audit.changed(acting, "volunteer", [volunteer.pk], "rests")
        leaving.decline_open(volunteer)
        leaving.free_the_coming(acting, volunteer_id=volunteer.pk)


def _wake(acting: Viewer, volunteer_id: int) -> None:
    if Incident.objects.filter(volunteer_id=volunteer_id, rests=True).exists():
        return
    rows = Volunteer.objects.filter(pk=volunteer_id, state=VolunteerState.PAUSED, paused_until=None)
    if rows.update(state=VolunteerState.ACTIVE):
        audit.changed(acting, "volunteer", [volunteer_id], "back_from_pause")
