"""Days of the mobile unit and pop-up events: stops in driving order with hours, who is to be seen, what came of it."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Q

from cases.models import Case, Intake, Outing, OutingKind, OutingStop, StopPerson
from cases.rules import intakes as rules
from cases.selectors import warnings
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import Address, Team, TeamKind, User
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Halt:
    """A stop with its hour, `drive` minutes from the one before; `people` whom the viewer may see, each with its
    warnings, `intakes` typed there."""

    stop: OutingStop
    at: datetime
    drive: int
    people: list[StopPerson] = field(default_factory=list)
    intakes: list[Intake] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    outing: Outing
    crew: list[User]
    halts: list[Halt]
    back_at: datetime | None

    @property
    def intakes(self) -> int:
        return sum(len(halt.intakes) for halt in self.halts)

    @property
    def cases(self) -> int:
        """How many of the day's intakes have become a case."""
        return sum(1 for halt in self.halts for intake in halt.intakes if intake.case_id)


def coming(viewer: Viewer) -> list[Outing]:
    """From a fortnight ago on, the next first; public to staff, no person stands in it."""
    check(viewer, Permission.CASE_OPEN)
    since = clock.today() - timedelta(days=14)
    rows = Outing.objects.filter(on__gte=since).select_related("start").prefetch_related("crew")
    return list(rows.annotate(places=Count("stops")).order_by("cancelled_at", "on", "leaves_at")[:60])


def day(viewer: Viewer, outing_id: int) -> Day:
    """One day: five queries, reads of the people shown logged."""
    check(viewer, Permission.CASE_OPEN)
    outing = Outing.objects.filter(pk=outing_id).select_related("start", "made_by").first()
    if outing is None:
        raise errors.NotFound("outing", str(outing_id))
    return driven(viewer, outing)


def days_of(viewer: Viewer, on: date) -> list[Day]:
    """The outings of a day on which one goes along oneself, by the hour at which they leave."""
    check(viewer, Permission.VISIT_RECORD)
    rows = Outing.objects.filter(on=on, seats__user=viewer.user_id).select_related("start", "made_by")
    return [driven(viewer, outing) for outing in rows.order_by("leaves_at", "pk")]


def day_of(viewer: Viewer, *, outing_id: int = 0, stop_id: int = 0, person_id: int = 0) -> Day:
    """An outing on which one goes along, by its own key or that of one of its stops or of somebody to see there.

    Raises NotFound for those of others, and for people whom one may not see.
    """
    check(viewer, Permission.VISIT_RECORD)
    if person_id:
        stop_id = visible_to(viewer, StopPerson).filter(pk=person_id).values_list("stop", flat=True).first() or 0
    wanted = {"pk": outing_id} if outing_id else {"stops": stop_id}
    rows = Outing.objects.filter(seats__user=viewer.user_id, **wanted).select_related("start", "made_by")
    outing = rows.first()
    if outing is None:
        raise errors.NotFound("outing", str(outing_id or stop_id or person_id))
    return driven(viewer, outing)


def is_mine(viewer: Viewer, person_id: int) -> bool:
    """Whether one goes along where somebody is to be seen whom one sees now."""
    check(viewer, Permission.VISIT_RECORD)
    rows = visible_to(viewer, StopPerson).filter(pk=person_id, stop__outing__seats__user=viewer.user_id)
    return rows.exists()


def driven(viewer: Viewer, outing: Outing) -> Day:
    """The stops in the order of the shortest round with their hours. An event stands where it is, from its hour on."""
    stops = list(outing.stops.select_related("town").order_by("pk"))
    start = (outing.start.lat, outing.start.lon)
    leaves = clock.at(outing.on, outing.leaves_at)
    event = outing.kind == OutingKind.POPUP
    ordered = stops if event else [stops[index] for index in rules.order_of(start, [_point(stop) for stop in stops])]
    way, stays = [_point(stop) for stop in ordered], [stop.minutes for stop in ordered]
    hours = [leaves for _ in ordered] if event else rules.arrivals(leaves, start, way, stays)
    drives = [0 if event else _minutes(rules.drive(one, other)) for one, other in pairwise([start, *way])]
    people, intakes = _people(viewer, ordered), _intakes(viewer, ordered)
    halts = [
        Halt(stop, at, drive, people.get(stop.pk, []), intakes.get(stop.pk, []))
        for stop, at, drive in zip(ordered, hours, drives, strict=True)
    ]
    home = timedelta() if event or not way else rules.drive(way[-1], start)
    ends = [at + timedelta(minutes=stay) for at, stay in zip(hours, stays, strict=True)]
    return Day(outing, list(outing.crew.order_by("name")), halts, max(ends) + home if ends else None)


def _point(stop: OutingStop) -> rules.Point:
    return stop.lat, stop.lon


def _minutes(time: timedelta) -> int:
    return round(time.total_seconds() / 60)


def _people(viewer: Viewer, stops: list[OutingStop]) -> dict[int, list[StopPerson]]:
    rows = (
        visible_to(viewer, StopPerson)
        .filter(stop__in=stops)
        .select_related("case__main_person__safe_contact", "case__lead", "recorded_by")
        .annotate(warned=warnings.flag_keys("case_id"))
        .order_by("pk")
    )
    warnings.attach(viewer, rows)
    found: dict[int, list[StopPerson]] = {}
    for row in rows:
        found.setdefault(row.stop_id, []).append(row)
    shown = [row for one in found.values() for row in one]
    audit.read(viewer, "case", [row.case_id for row in shown], owners={row.provider_id for row in shown}, what="day")
    return found


def _intakes(viewer: Viewer, stops: list[OutingStop]) -> dict[int, list[Intake]]:
    found: dict[int, list[Intake]] = {}
    for row in visible_to(viewer, Intake).filter(stop__in=stops).select_related("case").order_by("pk"):
        if row.stop_id is not None:
            found.setdefault(row.stop_id, []).append(row)
    return found


def ways(viewer: Viewer, found: Day) -> dict[int, str]:
    """Household → how to get there, in words or as the address stands, as far as the viewer may see it."""
    homes = {row.case.household_id for halt in found.halts for row in halt.people}
    rows = visible_to(viewer, Address).filter(household__in=homes, ends_on=None).order_by("starts_on", "pk")
    return {row.household_id: row.directions or row.line for row in rows}


def person_at_stop(viewer: Viewer, row_id: int) -> StopPerson:
    """Somebody to be seen, with their case; NotFound otherwise."""
    check(viewer, Permission.VISIT_RECORD)
    rows = visible_to(viewer, StopPerson).select_related("stop__outing", "case__main_person__safe_contact")
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise errors.NotFound("stop", str(row_id))
    return row


def my_cases(viewer: Viewer) -> list[Case]:
    """Open cases one leads, for the picker of a stop."""
    rows = visible_to(viewer, Case).filter(lead=viewer.user_id, closed_at=None).select_related("main_person", "town")
    return list(rows.order_by("main_person__name", "pk")[:200])


def crews() -> list[User]:
    """Who may go along: everybody of a mixed or the central team."""
    today = clock.today()
    inside = Q(team_memberships__team__kind__in=[TeamKind.MIXED, TeamKind.CENTRAL])
    current = Q(team_memberships__ends_on=None) | Q(team_memberships__ends_on__gte=today)
    return list(User.objects.filter(inside & current, is_active=True).distinct().order_by("name", "pk"))


def plans_the_unit(viewer: Viewer) -> bool:
    """Whether the viewer belongs to the central team, whose vehicle it is."""
    return Team.objects.filter(pk__in=viewer.team_ids, kind=TeamKind.CENTRAL).exists()
