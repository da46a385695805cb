"""Days of the mobile unit and pop-up events: stops in driving order with hours, who is to be seen, what came of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q

from cases.models import Case, Intake, Outing, OutingStop, StopPerson
from cases.rules import intakes as rules
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import Team, TeamKind, User
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Halt:
    """A stop with its hour; `people` whom the viewer may see, `intakes` typed there."""

    stop: OutingStop
    at: datetime
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
    """One day: four queries, reads of the people shown logged."""
    check(viewer, Permission.CASE_OPEN)
    outing = Outing.objects.filter(pk=outing_id).select_related("start", "made_by").first()
    if outing is None:
        raise errors.NotFound("outing", str(outing_id))
    stops = list(outing.stops.select_related("town").order_by("pk"))
    start = (outing.start.lat, outing.start.lon)
    points = [(stop.lat, stop.lon) for stop in stops]
    ordered = [stops[index] for index in rules.order_of(start, points)]
    leaves = clock.at(outing.on, outing.leaves_at)
    way, stays = [(stop.lat, stop.lon) for stop in ordered], [stop.minutes for stop in ordered]
    hours = rules.arrivals(leaves, start, way, stays)
    people, intakes = _people(viewer, ordered), _intakes(viewer, ordered)
    halts = [
        Halt(stop, at, people.get(stop.pk, []), intakes.get(stop.pk, []))
        for stop, at in zip(ordered, hours, strict=True)
    ]
    back = hours[-1] + timedelta(minutes=stays[-1]) + rules.drive(way[-1], start) if ordered else None
    return Day(outing, list(outing.crew.order_by("name")), halts, back)


def _people(viewer: Viewer, stops: list[OutingStop]) -> dict[int, list[StopPerson]]:
    rows = (
        visible_to(viewer, StopPerson)
        .filter(stop__in=stops)
        .select_related("case__main_person__safe_contact", "recorded_by")
        .order_by("pk")
    )
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
