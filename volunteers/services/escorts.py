"""The first visit of a volunteer to a house: somebody who knows the house goes along."""

from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, acting_as, check
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import CallKind, Escort, Offer
from volunteers.rules import safety
from volunteers.services import telling
from volunteers.services.acting import machine
from volunteers.states import SERVED, OfferState


def wanted(offer: Offer) -> bool:
    """One who goes alone, to a house where they have not been, for a service that asks for it (safety.yaml)."""
    request = offer.request
    if request.seats > 1 or not safety.wanted(request.service.code).first:
        return False
    been = Offer.objects.filter(volunteer_id=offer.volunteer_id, case_id=offer.case_id, state__in=[*SERVED])
    return not been.exists()


def begin(acting: Viewer, offer: Offer) -> None:
    """The promise stands: the lead is asked to go along. Twice is once."""
    if not wanted(offer):
        return
    keys = {"team_id": offer.team_id, "provider_id": offer.provider_id, "case_id": offer.case_id}
    _row, fresh = Escort.objects.get_or_create(offer=offer, defaults=keys)
    if fresh:
        url = f"/desk/matching/{offer.request.action_id}/"
        step, who = f"first-{offer.pk}", offer.volunteer.name
        telling.notice(acting, offer.request, step, telling.FIRST_VISIT, url, who=who)


def go_along(*, by: Viewer, offer_id: int) -> Escort:
    """ "I go along": the volunteer reads by name who waits at the door; somebody else may take it over later."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        related = ("volunteer", "request__town", "request__service")
        offer = get_visible(by, Offer, named="offer", pk=offer_id, select=related)
        with acting_as(machine(by)) as acting:
            escort = Escort.objects.select_for_update().filter(offer=offer).first()
            if escort is None:
                keys = {"team_id": offer.team_id, "provider_id": offer.provider_id, "case_id": offer.case_id}
                escort = Escort(offer=offer, **keys)
            if (escort.user_id == by.user_id and escort.pk) or offer.state != OfferState.SCHEDULED:
                return escort
            escort.user_id, escort.named_at = by.user_id, clock.now()
            escort.save()
            offer.calls.filter(kind=CallKind.ESCORT, done_at=None).update(done_at=clock.now(), done_by_id=by.user_id)
            audit.changed(acting, "escort", [escort.pk], "named", owners=[escort.provider_id])
            telling.escort(acting, offer, by.name, step=f"escort-{by.user_id}")
            return escort


def ring_where_nobody_goes_along() -> int:
    """A day before and nobody is named: it stands on the call list, so that nobody stands alone at a strange door."""
    now = clock.now()
    rows = Escort.objects.filter(
        user=None,
        rung_at=None,
        offer__state=OfferState.SCHEDULED,
        offer__during__startswith__gt=now,
        offer__during__startswith__lte=now + telling.DAY,
    )
    found = list(rows.select_for_update(of=("self",), skip_locked=True).select_related("offer")[: telling.MOST])
    for escort in found:
        escort.rung_at = now
        escort.save(update_fields=["rung_at"])
        telling.call(escort.offer, CallKind.ESCORT, "first_visit")
    return len(found)
