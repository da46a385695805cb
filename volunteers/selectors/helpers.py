"""From rows to the values the rules judge: a request as a task, volunteers near it as helpers. Few queries."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import Power
from psycopg.types.range import TimestamptzRange

from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from volunteers.access import visible_to
from volunteers.facts import Candidate, Helper, Task, Window
from volunteers.models import Offer, Request, Volunteer
from volunteers.rules import matching
from volunteers.states import BOOKED, SERVED, OfferState, VolunteerState

#: The nearest ones who fit; forty lose nothing against all of them.
NEAREST, SHOWN_REFUSED = 60, 12


def range_of(starts: datetime, minutes: int) -> TimestamptzRange:
    return TimestamptzRange(starts, starts + timedelta(minutes=minutes), "[)")


def task_of(request: Request) -> Task:
    """What the rules need of a request; times in Seoul."""
    return Task(
        service_id=request.service_id,
        town_id=request.town_id,
        lat=request.lat,
        lon=request.lon,
        starts=request.during.lower.astimezone(clock.SEOUL),
        ends=request.during.upper.astimezone(clock.SEOUL),
        risk=request.risk,
        case_id=request.case_id,
        stairs=request.stairs,
        with_minor=request.with_minor,
    )


def candidates(viewer: Viewer, task: Task, *, not_asked_for: int | None = None) -> list[Candidate]:
    """Who may be asked, best first. `not_asked_for`: leave out everybody who has an offer of this request.

    Runs as the principal `offers`: a promise in another team's case must count too. Five queries.
    """
    rows = _near(viewer, task).filter(
        windows__weekday=task.starts.weekday(),
        windows__starts__lte=task.starts.time(),
        windows__ends__gte=task.ends.time(),
    )
    if not_asked_for is not None:
        rows = rows.exclude(offers__request_id=not_asked_for)
    return matching.rank(task, _helpers(viewer, list(rows[:NEAREST]), task))


def refused(viewer: Viewer, task: Task) -> list[Candidate]:
    """The nearest with the skill who may not be asked, with what stands in the way."""
    found = matching.refused(task, _helpers(viewer, list(_near(viewer, task)[:NEAREST]), task))
    return found[:SHOWN_REFUSED]


def _near(viewer: Viewer, task: Task) -> "QuerySet[Volunteer]":
    away = Power(F("lat") - task.lat, 2, output_field=FloatField()) + Power(
        (F("lon") - task.lon) * 0.79, 2, output_field=FloatField()
    )
    return (
        visible_to(viewer, Volunteer)
        .filter(state=VolunteerState.ACTIVE, skills__service_id=task.service_id)
        .annotate(away=away)
        .order_by("away", "pk")
        .prefetch_related("windows", "skills")
    )


def _helpers(viewer: Viewer, rows: list[Volunteer], task: Task) -> list[Helper]:
    history = _history(viewer, [row.pk for row in rows])
    return [_helper(row, history[row.pk], task) for row in rows]


def _history(viewer: Viewer, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Open, promised and done offers of these volunteers."""
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    states = [OfferState.OFFERED, *BOOKED, *SERVED]
    columns = ("volunteer_id", "state", "during", "case_id", "request__service_id")
    for entry in visible_to(viewer, Offer).filter(volunteer_id__in=list(ids), state__in=states).values(*columns):
        rows[entry["volunteer_id"]].append(entry)
    return rows


def _helper(row: Volunteer, history: list[dict[str, Any]], task: Task) -> Helper:
    counted = [entry for entry in history if entry["state"] != OfferState.OFFERED]
    served = [entry for entry in history if entry["state"] in SERVED]
    return Helper(
        id=row.pk,
        state=row.state,
        town_id=row.town_id,
        lat=row.lat,
        lon=row.lon,
        radius_km=row.radius_km,
        birth_year=row.birth_year,
        level=row.level,
        level_until=row.level_until,
        weekly_cap=row.weekly_cap,
        stairs_ok=row.stairs_ok,
        skills=frozenset(skill.service_id for skill in row.skills.all()),
        windows=tuple(Window(one.weekday, one.starts, one.ends) for one in row.windows.all()),
        booked=tuple(_hours(entry) for entry in history if entry["state"] in (*BOOKED, *SERVED)),
        month_count=sum(1 for entry in counted if _month(entry) == (task.starts.year, task.starts.month)),
        served=frozenset(entry["request__service_id"] for entry in served),
        known_cases=frozenset(entry["case_id"] for entry in served),
        asked_elsewhere=any(entry["state"] == OfferState.OFFERED for entry in history),
    )


def _hours(entry: dict[str, Any]) -> tuple[datetime, datetime]:
    return entry["during"].lower.astimezone(clock.SEOUL), entry["during"].upper.astimezone(clock.SEOUL)


def _month(entry: dict[str, Any]) -> tuple[int, int]:
    starts = _hours(entry)[0]
    return starts.year, starts.month
