"""The mobile unit's day and pop-up events: crew, stops, people to see, results on the case the same evening (R16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from cases import access
from cases.facts import seen_version
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
from cases.rules import intakes as rules
from cases.selectors.team import consents_to_sharing
from cases.services import timeline
from cases.services.locking import actor, born_once, first_time, locked_case
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, acting_as, check, get_visible, visible_to
from hopecare.kernel.models import Address, Affiliation, Team, TeamKind, TeamMembership, Town, User
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.people import share_with_case
from hopecare.messaging.facts import Recipient
from hopecare.messaging.services import notify

LONGEST_WORDS = 2000
EVENT_MINUTES = 240
CAME_LATE = gettext_noop("Case %(number)s: a result of the mobile unit's day came late.")


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
    """A new day of the unit, or an event, whose place is its first stop. The unit is planned by the central team; an
    event by any centre."""
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
        if outing.kind == OutingKind.POPUP:
            _stop(row, outing.start, row.name, EVENT_MINUTES)
        audit.changed(by, "outing", [row.pk], "planned", crew=[user.pk for user in outing.crew])
        return row


def add_stop(*, by: Viewer, outing_id: int, town: Town, place: str, minutes: int) -> OutingStop:
    """A place of the day, at the rough middle of its town."""
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        outing = _outing(outing_id)
        if not place.strip():
            raise errors.Impossible(errors.required("place"))
        stop = _stop(outing, town, place.strip(), minutes)
        audit.changed(by, "outing", [outing.pk], "stop", stop=stop.pk)
        return stop


def _stop(outing: Outing, town: Town, place: str, minutes: int) -> OutingStop:
    return OutingStop.objects.create(outing=outing, town=town, place=place, lat=town.lat, lon=town.lon, minutes=minutes)


def _outing(outing_id: int) -> Outing:
    outing = Outing.objects.filter(pk=outing_id, cancelled_at=None).first()
    if outing is None:
        raise errors.NotFound("outing", str(outing_id))
    return outing


def add_person(*, by: Viewer, stop_id: int, number: str, purpose: str = "") -> StopPerson:
    """Somebody to see at this stop. The crew may look at the case from the working day before, when it prepares and
    prints, until the end of that day, with consent (R58, K6)."""
    with acting_as(by):
        stop = OutingStop.objects.select_related("outing").filter(pk=stop_id).first()
        if stop is None or stop.outing.cancelled_at is not None:
            raise errors.NotFound("stop", str(stop_id))
        case = locked_case(by, number, Permission.CASE_OPEN)
        known = visible_to(by, StopPerson).filter(stop=stop, case=case).first()
        if known is not None:
            return known
        seats = _seats_for_key(by, case, stop.outing)
        _nearer(by, stop, case)
        row = StopPerson.objects.create(
            stop=stop, case=case, team_id=case.team_id, provider_id=case.provider_id, purpose=purpose.strip()
        )
        _let_crew_in(by, case, row, seats)
        audit.changed(by, "case", [case.pk], "on_stop", owners=[case.provider_id], stop=stop.pk)
        return row


def _seats_for_key(by: Viewer, case: Case, outing: Outing) -> list[OutingCrew]:
    """All of the crew but the case's own team, also who has another key: it may end before what they wrote is sent.

    Impossible where the consent is missing for somebody who would not see the case on that day.
    """
    until = clock.at(outing.on, access.LAST_MOMENT)
    members = set(visible_to(by, CaseMember).filter(case=case, ends_on=None).values_list("user_id", flat=True))
    there = TeamMembership.objects.filter(team=case.team_id, starts_on__lte=outing.on)
    team = set(there.filter(Q(ends_on=None) | Q(ends_on__gte=outing.on)).values_list("user_id", flat=True))
    grants = [grant for grant in access.grants_of(case) if grant.seat_id is None]
    granted = {grant.user_id for grant in grants if grant.ends_at is None or grant.ends_at >= until}
    outside = [seat for seat in outing.seats.select_related("user", "outing") if seat.user_id not in team]
    agreed = [seat for seat in outside if consents_to_sharing(case, seat.user)]
    refused = [seat.user.name for seat in outside if seat not in agreed and seat.user_id not in members | granted]
    if refused:
        words = _("%(names)s may see the case only with the person's consent to case management.")
        raise errors.Impossible(errors.Problem("no_consent", words % {"names": ", ".join(refused)}, "number"))
    return agreed


def _let_crew_in(by: Viewer, case: Case, row: StopPerson, seats: Sequence[OutingCrew]) -> None:
    if not seats:
        return
    on = row.stop.outing.on
    starts, ends = clock.at(clock.working_day_before(on), time()), clock.at(on, access.LAST_MOMENT)
    access.grant_round(by=by, case=case, row=row, seats=seats, starts_at=starts, ends_at=ends)
    share_with_case(household_id=case.household_id, case_id=case.pk)


def _nearer(by: Viewer, stop: OutingStop, case: Case) -> None:
    """The stop of one person moves to where they live, roughly; with several it stays in the middle of town."""
    if stop.people.exists():
        return
    home = visible_to(by, Address).filter(household=case.household_id, ends_on=None, rough_lat__isnull=False).first()
    if home is not None and home.rough_lat is not None and home.rough_lon is not None:
        OutingStop.objects.filter(pk=stop.pk).update(lat=home.rough_lat, lon=home.rough_lon)


def record_result(
    *,
    by: Viewer,
    person_id: int,
    result: str,
    words: str = "",
    client_id: UUID | None = None,
    version: str = "",
    written: datetime | None = None,
) -> StopPerson:
    """What came of it, on the case at once. A second record of the same stop changes nothing. `written`: by the clock
    of the tablet.

    With `version` (facts.seen_version) only on top of the state that was read, else Stale; on top of a colleague's
    result it is a choice of the one who saw both: theirs stays in the timeline. The same `client_id` counts once.
    """
    check(by, Permission.VISIT_RECORD)
    with born_once(), acting_as(by):
        row, case = locked_row(by, person_id)
        if row.result and not version:
            return row
        if result not in SeenResult.values:
            raise errors.Impossible(errors.required("result"))
        if taken_before(by, row, client_id) or says_the_same(row, result, words):
            return row
        _demand(row, version)
        write(by, case, row, Outcome(result, words.strip(), client_id, written))
        return row


@dataclass(frozen=True)
class Outcome:
    result: str
    words: str
    client_id: UUID | None = None
    written: datetime | None = None


def says_the_same(row: StopPerson, result: str, words: str) -> bool:
    return row.result == result and words.strip() in row.words


def write(by: Viewer, case: Case, row: StopPerson, told: Outcome) -> None:
    """The result onto the row and the case, inside the transaction that holds both."""
    before, (at, came) = row.result, stamps(row, told.written)
    row.result, row.words, row.client_id = told.result, told.words, told.client_id
    row.recorded_at, row.came_at, row.recorded_by_id = at, came, actor(by)
    row.save(update_fields=["result", "words", "client_id", "recorded_at", "came_at", "recorded_by"])
    if before == SeenResult.MET != told.result:
        _not_met_after_all(by, case, row)
    met = told.result == SeenResult.MET
    kind = EntryKind.CONTACT if met else EntryKind.NOTE
    way = "mobile_unit" if met else f"mobile_unit_{told.result}"
    more: dict[str, Any] = {"instead": bool(before), **late(by, case, row, came, told.client_id)}
    timeline.append(by, case, kind, words=row.words, at=at, way=way, outing=row.stop.outing_id, **more)
    audit.changed(by, "case", [case.pk], "seen_outside", owners=[case.provider_id], result=told.result)


def stamps(row: StopPerson, written: datetime | None) -> tuple[datetime, datetime | None]:
    """When it was written, and when it came where that is a later day."""
    outing, now = row.stop.outing, clock.now()
    at = rules.written_at(written or now, begins=clock.at(outing.on, outing.leaves_at), now=now)
    return at, now if at.astimezone(clock.SEOUL).date() < clock.today() else None


def late(
    by: Viewer, case: Case, row: StopPerson, came: datetime | None, key: UUID | None, words: str = CAME_LATE
) -> dict[str, Any]:
    """What the entry tells of a result that came on a later day; the lead hears of it."""
    if came is None:
        return {}
    if case.lead_id != by.user_id:
        notify(
            by=by,
            purpose="late_result",
            about=("stop", row.pk),
            step=f"{key or came.isoformat()}",
            to=Recipient.user(case.lead_id),
            words=words,
            parameters={"number": case.number},
            link=f"/desk/cases/{case.number}/history/",
            provider_id=case.provider_id,
        )
    return {"came": came.isoformat()}


def add_words(
    *,
    by: Viewer,
    person_id: int,
    words: str,
    version: str,
    client_id: UUID | None = None,
    written: datetime | None = None,
) -> StopPerson:
    """What a second one of the crew has to add to a result that stands, signed with their name; nothing is replaced.

    Raises Stale when it changed since `version`, Impossible before there is a result and when it becomes too long.
    """
    check(by, Permission.VISIT_RECORD)
    line = f"{by.name}: {words.strip()}"
    with acting_as(by):
        row, case = locked_row(by, person_id)
        if taken_before(by, row, client_id):
            return row
        _demand(row, version)
        if not row.result:
            raise errors.Impossible(errors.Problem("no_result", _("Please record first what came of it.")))
        row.words = "\n\n".join(part for part in (row.words, line) if part)
        if len(row.words) > LONGEST_WORDS:
            words_long = _("Together this is too long. Please shorten it.")
            raise errors.Impossible(errors.Problem("too_long", words_long, "words"))
        row.save(update_fields=["words"])
        at, came = stamps(row, written)
        way, outing, more = "mobile_unit_more", row.stop.outing_id, late(by, case, row, came, client_id)
        timeline.append(by, case, EntryKind.NOTE, words=words.strip(), at=at, way=way, outing=outing, **more)
        audit.changed(by, "case", [case.pk], "seen_outside_more", owners=[case.provider_id])
        return row


def locked_row(by: Viewer, person_id: int) -> tuple[StopPerson, Case]:
    """The case is locked; the row is read behind the lock."""
    row = get_visible(by, StopPerson, named="stop", select=("stop__outing",), pk=person_id)
    case = locked_case(by, _number(by, row), Permission.CASE_VIEW, open_only=False)
    row.refresh_from_db()
    return row, case


def taken_before(by: Viewer, row: StopPerson, client_id: UUID | None) -> bool:
    """Whether this very sending was taken before, whatever stands there since."""
    return client_id is not None and not first_time(by, f"seen:{row.pk}:{client_id}")


def _demand(row: StopPerson, version: str) -> None:
    now = seen_version(row.result, row.words)
    if version and version != now:
        raise errors.Stale(now)


def _not_met_after_all(by: Viewer, case: Case, row: StopPerson) -> None:
    """A meeting that is called a mistake does not keep the case off the list of those whom nobody has reached."""
    case.last_contact_at = timeline.last_contact(case, leaving={"way": "mobile_unit", "outing": row.stop.outing_id})
    case.save(update_fields=["last_contact_at"])


def _number(by: Viewer, row: StopPerson) -> str:
    return get_visible(by, Case, named="case", pk=row.case_id).number


def may_cancel(by: Viewer, outing: Outing) -> bool:
    """The central centre, and for an event whoever goes or acts for the organisation that made it."""
    if is_central(by) or outing.kind == OutingKind.MOBILE_UNIT:
        return is_central(by)
    today = clock.today()
    makers = Affiliation.objects.filter(user=outing.made_by_id, organisation=by.organisation_id, starts_on__lte=today)
    works = makers.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    return outing.seats.filter(user=by.user_id).exists() or works.exists()


def cancel(*, by: Viewer, outing_id: int) -> Outing:
    """The day is off; people who were to be seen stand in their lead's hands again, and the crew's keys end now."""
    check(by, Permission.CASE_OPEN)
    with acting_as(by):
        outing = _outing(outing_id)
        if not may_cancel(by, outing):
            raise errors.Forbidden("central")
        outing.cancelled_at = clock.now()
        outing.save(update_fields=["cancelled_at"])
        access.end_keys(by=by, of=Q(seat__outing=outing.pk))
        audit.changed(by, "outing", [outing.pk], "cancelled")
        return outing
