"""From rows to the values the rules judge: a request as a task, volunteers near it as helpers. Few queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet
from django.db.models.functions import Power
from psycopg.types.range import TimestamptzRange

from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from volunteers.access import visible_to
from volunteers.facts import Candidate, Helper, Task, Window
from volunteers.models import DayOff, Insurance, Offer, Pairing, Parting, Request, Volunteer
from volunteers.rules import matching, safety
from volunteers.states import BOOKED, SERVED, OfferState, VolunteerState

#: The nearest ones who fit; forty lose nothing against all of them.
NEAREST, SHOWN_REFUSED = 60, 12
#: How far back answers are remembered, and what counts as asked lately.
REMEMBERED, LATELY = timedelta(days=182), timedelta(days=30)
ANSWERED = (OfferState.DECLINED, OfferState.EXPIRED, OfferState.NO_SHOW, OfferState.CANCELLED, *BOOKED, *SERVED)


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
        licences=frozenset(request.licences),
        languages=frozenset(request.languages),
        gender=request.gender,
        car=request.car,
    )


def candidates(
    viewer: Viewer, task: Task, *, not_asked_for: int | None = None, also: Sequence[int] = ()
) -> list[Candidate]:
    """Who may be asked, best first. `not_asked_for`: leave out everybody who has an offer of this request.

    `also`: volunteers to weigh however far they live. Runs as the principal `offers`: a promise in another team's
    case must count too. Seven queries, eight with `also`.
    """
    rows = _near(viewer, task).filter(
        windows__weekday=task.starts.weekday(),
        windows__starts__lte=task.starts.time(),
        windows__ends__gte=task.ends.time(),
    )
    rows = rows.filter(Q(off=False))
    if not_asked_for is not None:
        rows = rows.exclude(offers__request_id=not_asked_for)
    found = list(rows[:NEAREST])
    if also:
        found += rows.filter(pk__in=set(also) - {row.pk for row in found})
    return matching.rank(task, _helpers(viewer, found, task))


def papers_hold(viewer: Viewer, volunteer: Volunteer, task: Task) -> bool:
    """Whether level, licences and insurance still count on that day: asked again at the moment of the yes."""
    helper = _helpers(viewer, [volunteer], task)[0]
    in_order = matching.qualified(task, helper) and matching.insured(helper, task.starts.date())
    return in_order and task.licences <= matching.licences_on(helper, task.starts.date())


def refused(viewer: Viewer, task: Task) -> list[Candidate]:
    """The nearest with the skill who may not be asked, with what stands in the way."""
    found = matching.refused(task, _helpers(viewer, list(_near(viewer, task)[:NEAREST]), task))
    return found[:SHOWN_REFUSED]


def _near(viewer: Viewer, task: Task) -> "QuerySet[Volunteer]":
    away = Power(F("lat") - task.lat, 2, output_field=FloatField()) + Power(
        (F("lon") - task.lon) * 0.79, 2, output_field=FloatField()
    )
    day = task.starts.date()
    off = Exists(DayOff.objects.filter(volunteer=OuterRef("pk"), first__lte=day, last__gte=day))
    return (
        visible_to(viewer, Volunteer)
        .filter(state=VolunteerState.ACTIVE, skills__service_id=task.service_id)
        .annotate(away=away, off=off)
        .select_related("insurance")
        .order_by("away", "pk")
        .prefetch_related("windows", "skills", "papers")
    )


def _helpers(viewer: Viewer, rows: list[Volunteer], task: Task) -> list[Helper]:
    ids = [row.pk for row in rows]
    history = _history(viewer, ids)
    parted = visible_to(viewer, Parting).filter(volunteer_id__in=ids, case_id=task.case_id)
    barred = set(parted.values_list("volunteer_id", flat=True))
    full = full_managers(viewer, [task.case_id])[task.case_id] if matching.MANAGER in task.licences else set()
    return [replace(_helper(row, history[row.pk], task, barred=row.pk in barred), full=row.pk in full) for row in rows]


def full_managers(viewer: Viewer, cases: Sequence[int]) -> dict[int, set[int]]:
    """Case → volunteers who go to as many houses as agreed, and not to this one. One query."""
    houses: dict[int, set[int]] = defaultdict(set)
    most: dict[int, int] = {}
    rows = visible_to(viewer, Pairing).filter(ended_on=None)
    for owner, case_id, room in rows.values_list("manager__volunteer_id", "case_id", "manager__most"):
        houses[owner].add(case_id)
        most[owner] = room
    full = [owner for owner, held in houses.items() if len(held) >= most[owner]]
    return {case_id: {owner for owner in full if case_id not in houses[owner]} for case_id in cases}


def _history(viewer: Viewer, ids: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """Offers of these volunteers within half a year, and all that are open or promised."""
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    columns = ("volunteer_id", "state", "during", "case_id", "request__service_id", "asked_at")
    recent = Q(asked_at__gte=clock.now() - REMEMBERED) | Q(state__in=[OfferState.OFFERED, *BOOKED, *SERVED])
    for entry in visible_to(viewer, Offer).filter(recent, volunteer_id__in=list(ids)).values(*columns):
        rows[entry["volunteer_id"]].append(entry)
    return rows


def _helper(row: Volunteer, history: list[dict[str, Any]], task: Task, *, barred: bool) -> Helper:
    counted = [entry for entry in history if entry["state"] in (*BOOKED, *SERVED)]
    answered = [entry for entry in history if entry["state"] in ANSWERED]
    since = clock.now() - LATELY
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
        windows=() if getattr(row, "off", False) else _windows(row),
        booked=tuple(_hours(entry) for entry in history if entry["state"] in (*BOOKED, *SERVED)),
        month_count=sum(1 for entry in counted if _month(entry) == (task.starts.year, task.starts.month)),
        served=frozenset(entry["request__service_id"] for entry in served),
        known_cases=frozenset(entry["case_id"] for entry in served),
        asked_elsewhere=any(entry["state"] == OfferState.OFFERED for entry in history),
        licences=frozenset(
            (paper.kind, safety.counts_until(paper.kind, paper.valid_until, renewing=paper.renewing))
            for paper in row.papers.all()
        ),
        languages=frozenset(row.languages),
        gender=row.gender,
        car=row.car,
        barred=frozenset({task.case_id}) if barred else frozenset(),
        asked=len(answered),
        accepted=sum(1 for entry in answered if entry["state"] not in (OfferState.DECLINED, OfferState.EXPIRED)),
        lately=sum(1 for entry in history if entry["asked_at"] and entry["asked_at"] >= since),
        insured_until=_insured_until(row),
    )


def _insured_until(row: Volunteer) -> date | None:
    """Nothing written down: the centre's group policy, which has no end of its own here."""
    insurance: Insurance | None = getattr(row, "insurance", None)
    return insurance.valid_until if insurance is not None else None


def _windows(row: Volunteer) -> tuple[Window, ...]:
    return tuple(Window(one.weekday, one.starts, one.ends) for one in row.windows.all())


def _hours(entry: dict[str, Any]) -> tuple[datetime, datetime]:
    return entry["during"].lower.astimezone(clock.SEOUL), entry["during"].upper.astimezone(clock.SEOUL)


def _month(entry: dict[str, Any]) -> tuple[int, int]:
    starts = _hours(entry)[0]
    return starts.year, starts.month
