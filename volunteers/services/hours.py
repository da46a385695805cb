"""Hours: confirmed once, corrected by a line of their own, shown as a certificate. Only confirmed hours count."""

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission
from volunteers.access import get_visible
from volunteers.models import Certificate, HeardFrom, Hours, Offer, Volunteer
from volunteers.services import telling
from volunteers.services.acting import machine
from volunteers.services.answers import offer_id_of
from volunteers.states import OfferState

LONGEST_MINUTES = 12 * 60
_RELATED = ("volunteer", "request__service", "request__town")


def confirm(*, by: Viewer, offer_id: int, minutes: int, heard_from: str = HeardFrom.STAFF) -> Offer:
    """The visit was made, says the person or a colleague: a line in the ledger, and thanks. Twice is once."""
    check(by, Permission.OFFER_MANAGE)
    if not 1 <= minutes <= LONGEST_MINUTES:
        raise errors.Impossible(_between())
    with acting_as(by):
        offer = get_visible(by, Offer, named="offer", pk=offer_id, select=_RELATED)
        changed = Offer.objects.filter(pk=offer.pk, state=OfferState.DONE).update(
            state=OfferState.CONFIRMED,
            confirmed_minutes=minutes,
            confirmed_by_id=by.user_id,
            confirmed_at=clock.now(),
        )
        if changed:
            audit.changed(by, "offer", [offer.pk], "confirmed", owners=[offer.provider_id], minutes=minutes)
            with acting_as(machine(by)) as acting:
                _line(by, offer, minutes, heard_from=HeardFrom(heard_from))
                telling.thanks(acting, offer, minutes=minutes, year=_year(offer.volunteer_id)[0])
        offer.refresh_from_db(fields=["state", "confirmed_minutes"])
        return offer


def correct(*, by: Viewer, offer_id: int, minutes: int, reason: str) -> int:
    """What the visit comes to from now on, by one more line with its reason; returns the difference.

    The lines before stay as they are. Raises Impossible for a visit that is not confirmed, or without a reason.
    """
    check(by, Permission.OFFER_MANAGE)
    problems = [] if 0 <= minutes <= LONGEST_MINUTES else [_between()]
    if not reason.strip():
        problems.append(errors.required("reason"))
    if problems:
        raise errors.Impossible(*problems)
    with acting_as(by):
        offer = get_visible(by, Offer, named="offer", pk=offer_id, select=_RELATED)
        with acting_as(machine(by)):
            Volunteer.objects.select_for_update(of=("self",)).get(pk=offer.volunteer_id)
            lines = Hours.objects.filter(offer=offer).order_by("pk")
            first = lines.first()
            if first is None:
                raise errors.Impossible(Problem("not_confirmed", _("These hours are not confirmed yet.")))
            difference = minutes - (lines.aggregate(whole=Sum("minutes"))["whole"] or 0)
            if difference:
                _line(by, offer, difference, heard_from=HeardFrom.STAFF, corrects=first, reason=reason.strip()[:200])
        if difference:
            audit.changed(by, "offer", [offer.pk], "hours_corrected", owners=[offer.provider_id], minutes=difference)
        return difference


def certify_by_link(*, token: str, source_address: str | None = None) -> Certificate:
    """A certificate of this year's hours for whoever holds the volunteer's link."""
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        volunteer_id = Offer.objects.values_list("volunteer_id", flat=True).get(pk=offer_id_of(token))
    return _certify(by, volunteer_id)


def certify_by_app(*, volunteer_id: int, source_address: str | None = None) -> Certificate:
    """The same for a telephone signed in with the volunteer's number."""
    return _certify(system(Principal.OFFERS, source_address=source_address), volunteer_id)


def certify(*, by: Viewer, offer_id: int) -> Certificate:
    """Staff print it for somebody without a telephone of that kind."""
    check(by, Permission.OFFER_MANAGE)
    with acting_as(by):
        offer = get_visible(by, Offer, named="offer", pk=offer_id)
        return _certify(machine(by), offer.volunteer_id)


def _certify(by: Viewer, volunteer_id: int) -> Certificate:
    """The same hours twice are the same certificate."""
    with acting_as(by):
        volunteer = Volunteer.objects.get(pk=volunteer_id)
        minutes, visits = _year(volunteer_id)
        if minutes <= 0:
            raise errors.Impossible(Problem("no_hours", _("No hours of this year are confirmed yet.")))
        today = clock.today()
        with transaction.atomic():
            row, fresh = Certificate.objects.get_or_create(
                volunteer=volunteer,
                first=today.replace(month=1, day=1),
                last=today.replace(month=12, day=31),
                minutes=minutes,
                visits=visits,
                defaults={"code": codes.new_code(), "issued_on": today},
            )
        if fresh:
            audit.changed(machine(by, volunteer), "certificate", [row.pk], "issued", minutes=minutes)
        return row


def _year(volunteer_id: int) -> tuple[int, int]:
    """(minutes, visits) of this year, corrections included."""
    rows = Hours.objects.filter(volunteer_id=volunteer_id, on__year=clock.today().year)
    found = rows.aggregate(minutes=Sum("minutes"), visits=Count("pk", filter=Q(corrects=None)))
    return found["minutes"] or 0, found["visits"]


def _line(
    by: Viewer,
    offer: Offer,
    minutes: int,
    *,
    heard_from: HeardFrom,
    corrects: Hours | None = None,
    reason: str = "",
) -> None:
    Hours.objects.create(
        offer=offer,
        volunteer_id=offer.volunteer_id,
        team_id=offer.team_id,
        provider_id=offer.provider_id,
        case_id=offer.case_id,
        service_id=offer.request.service_id,
        on=offer.during.lower.astimezone(clock.SEOUL).date(),
        minutes=minutes,
        heard_from=heard_from,
        corrects=corrects,
        reason=reason,
        recorded_by_id=by.user_id,
        recorded_at=clock.now(),
    )


def _between() -> Problem:
    return Problem("minutes", _("Between 1 minute and 12 hours, please."), "minutes")
