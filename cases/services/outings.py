"""The mobile unit's day and pop-up events: crew, stops, people to see, results on the case the same evening (R16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases import access
from cases.models import (
    Case,
    CaseMember,
    EntryKind,
    Outing,
    OutingCrew,
    OutingKind,
    OutingStop,
    SeenResult,
    StopPerson,
)
from cases.selectors.team import consents_to_sharing
from cases.services import timeline
from cases.services.locking import actor, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.models import Address, Affiliation, Team, TeamKind, TeamMembership, Town, User
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import share_with_case


@dataclass(frozen=True)
class NewOuting:
    """A day: `crew` are accounts, `start` the town where the vehicle stands."""

    kind: str
    on: date
    leaves_at: time
    name: str
    start: Town | None
    crew: Sequence[User] = ()
    vehicle: str = ""


def is_central(by: Viewer) -> bool:
    """The mobile unit is the central centre's: its own people plan the days."""
    return Team.objects.filter(pk__in=by.team_ids, kind=TeamKind.CENTRAL).exists()


def plan(*, by: Viewer, outing: NewOuting) -> Outing:
    """A new day of the unit, or an event. The unit is planned by the central team; an event by any centre."""
    check(by, Permission.CASE_OPEN)
    found = []
    if outing.kind == OutingKind.MOBILE_UNIT and not is_central(by):
        words = _("The central centre plans the mobile unit. Please ring them, and add your people to their stops.")
        found.append(errors.Problem("not_central", words, "kind"))
    if outing.on < clock.today():
        found.append(errors.Problem("past_day", _("That day has passed."), "on"))
    if not outing.name.strip():
        found.append(errors.required("name"))
    if outing.start is None:
        found.append(errors.required("start"))
    if not outing.crew:
        found.append(errors.Problem("no_crew", _("Who goes? At least one name."), "crew"))
    if found or outing.start is None:
        raise errors.Impossible(*found)
    with acting_as(by):
        row = Outing.objects.create(
            kind=outing.kind,
            on=outing.on,
            leaves_at=outing.leaves_at,
            name=outing.name.strip(),
            vehicle=outing.vehicle.strip(),
            start=outing.start,
            made_by_id=actor(by),
        )
        OutingCrew.objects.bulk_create(OutingCrew(outing=row, user=user) for user in outing.crew)
        audit.changed(by, "outing", [row.pk], "planned", crew=[user.pk for user in outing.crew])
        return row


def add_stop(*, by: Viewer, outing_id: int, town: Town, place: str, minutes: int) -> OutingStop:
    """A place of the day, at the rough middle of its town."""
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        outing = _outing(outing_id)
        if not place.strip():
            raise errors.Impossible(errors.required("place"))
        stop = OutingStop.objects.create(
            outing=outing, town=town, place=place.strip(), lat=town.lat, lon=town.lon, minutes=minutes
        )
        audit.changed(by, "outing", [outing.pk], "stop", stop=stop.pk)
        return stop


def _outing(outing_id: int) -> Outing:
    outing = Outing.objects.filter(pk=outing_id, cancelled_at=None).first()
    if outing is None:
        raise errors.NotFound("outing", str(outing_id))
    return outing


def add_person(*, by: Viewer, stop_id: int, number: str, purpose: str = "") -> StopPerson:
    """Somebody to see at this stop. The crew may look at the case until the end of that day, with consent (R58, K6)."""
    with acting_as(by):
        stop = OutingStop.objects.select_related("outing").filter(pk=stop_id).first()
        if stop is None or stop.outing.cancelled_at is not None:
            raise errors.NotFound("stop", str(stop_id))
        case = locked_case(by, number, Permission.CASE_OPEN)
        known = visible_to(by, StopPerson).filter(stop=stop, case=case).first()
        if known is not None:
            return known
        _let_crew_in(by, case, stop)
        _nearer(by, stop, case)
        row = StopPerson.objects.create(
            stop=stop, case=case, team_id=case.team_id, provider_id=case.provider_id, purpose=purpose.strip()
        )
        audit.changed(by, "case", [case.pk], "on_stop", owners=[case.provider_id], stop=stop.pk)
        return row


def _let_crew_in(by: Viewer, case: Case, stop: OutingStop) -> None:
    """Grants for those of the crew who do not see the case on that day; they end with it, and shorten no longer one."""
    outing = stop.outing
    until = clock.at(outing.on, time(23, 59, 59))
    members = set(visible_to(by, CaseMember).filter(case=case, ends_on=None).values_list("user_id", flat=True))
    there = TeamMembership.objects.filter(team=case.team_id, starts_on__lte=outing.on)
    team = set(there.filter(Q(ends_on=None) | Q(ends_on__gte=outing.on)).values_list("user_id", flat=True))
    granted = {grant.user_id for grant in access.grants_of(case) if grant.ends_at is None or grant.ends_at >= until}
    known = members | team | granted
    strangers = [seat.user for seat in outing.seats.select_related("user") if seat.user_id not in known]
    if not strangers:
        return
    refused = [user.name for user in strangers if not consents_to_sharing(case, user)]
    if refused:
        words = _("%(names)s may see the case only with the person's consent to case management.")
        raise errors.Impossible(errors.Problem("no_consent", words % {"names": ", ".join(refused)}, "number"))
    for user in strangers:
        access.grant_case(by=by, case=case, user=user, reason=outing.name[:200], ends_at=until)
    share_with_case(household_id=case.household_id, case_id=case.pk)


def _nearer(by: Viewer, stop: OutingStop, case: Case) -> None:
    """The stop of one person moves to where they live, roughly; with several it stays in the middle of town."""
    if stop.people.exists():
        return
    home = visible_to(by, Address).filter(household=case.household_id, ends_on=None, rough_lat__isnull=False).first()
    if home is not None and home.rough_lat is not None and home.rough_lon is not None:
        OutingStop.objects.filter(pk=stop.pk).update(lat=home.rough_lat, lon=home.rough_lon)


def record_result(
    *, by: Viewer, person_id: int, result: str, words: str = "", client_id: UUID | None = None
) -> StopPerson:
    """What came of it, on the case at once. A second record of the same stop changes nothing."""
    check(by, Permission.VISIT_RECORD)
    with acting_as(by):
        row = get_visible(by, StopPerson, named="stop", select=("stop__outing",), pk=person_id)
        case = locked_case(by, _number(by, row), Permission.CASE_VIEW, open_only=False)
        row.refresh_from_db()
        if row.result:
            return row
        if result not in SeenResult.values:
            raise errors.Impossible(errors.required("result"))
        row.result, row.words, row.client_id = result, words.strip(), client_id
        row.recorded_at, row.recorded_by_id = clock.now(), actor(by)
        row.save(update_fields=["result", "words", "client_id", "recorded_at", "recorded_by"])
        met = result == SeenResult.MET
        kind = EntryKind.CONTACT if met else EntryKind.NOTE
        way = "mobile_unit" if met else f"mobile_unit_{result}"
        timeline.append(by, case, kind, words=row.words, way=way, outing=row.stop.outing_id)
        audit.changed(by, "case", [case.pk], "seen_outside", owners=[case.provider_id], result=result)
        return row


def _number(by: Viewer, row: StopPerson) -> str:
    return get_visible(by, Case, named="case", pk=row.case_id).number


def may_cancel(by: Viewer, outing: Outing) -> bool:
    """The central centre, and for an event whoever goes or acts for the organisation that made it."""
    if is_central(by) or outing.kind == OutingKind.MOBILE_UNIT:
        return is_central(by)
    makers = Affiliation.objects.filter(user=outing.made_by_id, organisation=by.organisation_id, ends_on=None)
    return outing.seats.filter(user=by.user_id).exists() or makers.exists()


def cancel(*, by: Viewer, outing_id: int) -> Outing:
    """The day is off; people who were to be seen stand in their lead's hands again."""
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        outing = _outing(outing_id)
        if not may_cancel(by, outing):
            raise errors.Forbidden("central")
        outing.cancelled_at = clock.now()
        outing.save(update_fields=["cancelled_at"])
        audit.changed(by, "outing", [outing.pk], "cancelled")
        return outing
