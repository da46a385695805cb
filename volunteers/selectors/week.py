"""A week as plain rows for the matcher: every seat that is still free, and everybody who may be asked for one.

Read as the principal `offers`: a promise in another team's case takes the same hours. Few queries, whole tables.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q

from hopecare.kernel import clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Service
from volunteers import matching
from volunteers.access import visible_to
from volunteers.models import DayOff, Insurance, Offer, Paper, Parting, Pin, Request, Skill, Volunteer, Window
from volunteers.rules import matching as rules
from volunteers.rules import safety
from volunteers.selectors.gifts import Gifts, gifts_of_week
from volunteers.selectors.helpers import ANSWERED, LATELY, REMEMBERED, full_managers
from volunteers.states import BOOKED, LOOKING, SERVED, OfferState, RequestState, VolunteerState

WEEK = timedelta(days=7)
_COLUMNS = (
    "id", "lat", "lon", "town_id", "radius_km", "birth_year", "level", "level_until", "weekly_cap", "stairs_ok", "car",
    "gender", "languages",
)  # fmt: skip


@dataclass
class Week:
    """The rows in the order of the arrays; `requests[i]` is the request of seat i. `helpers` begin with the gifts."""

    monday: date
    requests: list[Request]
    needs: list[Any]
    helpers: list[Any]
    gifts: Gifts


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def next_monday(day: date) -> date:
    return monday_of(day) + WEEK


def wanted(viewer: Viewer, monday: date) -> list[Request]:
    """Requests of that week with a free seat, whether planned, being asked, or left to the telephone."""
    since = max(clock.at(monday, time(0)), clock.now())
    rows = visible_to(viewer, Request).filter(
        Q(state=RequestState.PLANNED) | Q(state__in=[*LOOKING]),
        during__startswith__gt=since,
        during__startswith__lt=clock.at(monday + WEEK, time(0)),
        filled__lt=F("seats"),
    )
    return list(rows.select_related("service", "town").order_by("during", "pk"))


def week(viewer: Viewer, monday: date) -> Week:
    """Everything the matcher needs for one week."""
    requests, needs = [], []
    engine = matching.load()
    rows = wanted(viewer, monday)
    links = _links(viewer, rows)
    for request in rows:
        for seat in _seats(engine, request, links):
            requests.append(request)
            needs.append(seat)
    services = Counter(request.service_id for request in requests)
    gifts = gifts_of_week(viewer, engine, monday, services)
    helpers = [*gifts.rows, *_helpers(viewer, engine, monday, set(services))]
    return Week(monday, requests, needs, helpers, gifts)


def _links(viewer: Viewer, rows: list[Request]) -> dict[str, dict[int, set[int]]]:
    """Who knows a house, who parted from it, whom staff fixed or ruled out, who was asked for it already."""
    cases = {request.case_id for request in rows}
    found: dict[str, dict[int, set[int]]] = {
        name: defaultdict(set) for name in ("known", "parted", "pin", "out", "full")
    }
    served = visible_to(viewer, Offer).filter(case_id__in=cases, state__in=[*SERVED])
    for case_id, volunteer_id in served.values_list("case_id", "volunteer_id"):
        found["known"][case_id].add(volunteer_id)
    for case_id, volunteer_id in (
        visible_to(viewer, Parting).filter(case_id__in=cases).values_list("case_id", "volunteer_id")
    ):
        found["parted"][case_id].add(volunteer_id)
    ids = [request.pk for request in rows]
    pins = visible_to(viewer, Pin).filter(request_id__in=ids, lifted_at=None)
    for request_id, volunteer_id, is_wanted in pins.values_list("request_id", "volunteer_id", "wanted"):
        found["pin" if is_wanted else "out"][request_id].add(volunteer_id)
    asked = visible_to(viewer, Offer).filter(request_id__in=ids)
    for request_id, volunteer_id in asked.values_list("request_id", "volunteer_id"):
        found["out"][request_id].add(volunteer_id)
    managed = [request for request in rows if rules.MANAGER in request.licences]
    if managed:
        full = full_managers(viewer, [request.case_id for request in managed])
        found["full"].update({request.pk: full[request.case_id] for request in managed})
    return found


def _seats(engine: Any, request: Request, links: dict[str, dict[int, set[int]]]) -> list[Any]:
    """One row a free seat; two where nobody may go alone are one bundle."""
    starts, ends = (moment.astimezone(clock.SEOUL) for moment in (request.during.lower, request.during.upper))
    if starts.date() != ends.date():
        return []
    free = request.seats - request.filled
    alone_never = request.with_minor or safety.wanted(request.service.code).two
    pinned = sorted(links["pin"][request.pk] - links["out"][request.pk])
    return [
        engine.NeedRow(
            lat=request.lat,
            lon=request.lon,
            town=request.town_id,
            weekday=starts.weekday(),
            starts=_minute(starts.time()),
            ends=_minute(ends.time()),
            service=request.service_id,
            risk=request.risk,
            empty=rules.empty_seat(urgent=request.urgent, critical=request.critical),
            licences=frozenset(request.licences),
            languages=frozenset(request.languages),
            gender=request.gender,
            minor=request.with_minor,
            stairs=request.stairs,
            car=request.car,
            bundle=request.pk if alone_never and free > 1 and place < 2 else -1,
            known=frozenset(links["known"][request.case_id]),
            barred=frozenset(links["parted"][request.case_id] | links["out"][request.pk] | links["full"][request.pk]),
            pinned=pinned[place] if place < len(pinned) else None,
        )
        for place in range(free)
    ]


def _helpers(viewer: Viewer, engine: Any, monday: date, services: set[int]) -> list[Any]:
    able = visible_to(viewer, Volunteer).filter(state=VolunteerState.ACTIVE)
    with_skill = Skill.objects.filter(service_id__in=services)
    skills = _sets(with_skill.values_list("volunteer_id", "service_id"))
    history = _history(viewer, monday)
    off = _days_off(viewer, monday)
    windows: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for owner, day, starts, ends in visible_to(viewer, Window).values_list("volunteer_id", "weekday", "starts", "ends"):
        if day not in off.get(owner, ()):
            windows[owner].append((day, _minute(starts), _minute(ends)))
    papers = _papers(viewer, monday)
    rows = []
    for row in able.values(*_COLUMNS).order_by("id").iterator(chunk_size=5000):
        owner = row["id"]
        if owner in skills and owner in windows and owner not in history.busy:
            rows.append(_helper(engine, row, monday, skills[owner], windows[owner], papers.get(owner, {}), history))
    return rows


def _days_off(viewer: Viewer, monday: date) -> dict[int, set[int]]:
    """Volunteer → weekdays of this week on which nobody asks them, whatever their windows say: days off, and those
    after the last day of their insurance."""
    found: dict[int, set[int]] = defaultdict(set)
    ending = visible_to(viewer, Insurance).filter(valid_until__lt=monday + timedelta(days=6))
    for owner, last in ending.values_list("volunteer_id", "valid_until"):
        found[owner] |= {day for day in range(7) if last is not None and last < monday + timedelta(days=day)}
    rows = visible_to(viewer, DayOff).filter(first__lt=monday + WEEK, last__gte=monday)
    for owner, first, last in rows.values_list("volunteer_id", "first", "last"):
        found[owner] |= {day for day in range(7) if first <= monday + timedelta(days=day) <= last}
    return found


@dataclass
class _History:
    """Per volunteer: promises of the week as (weekday, from, to), and what was answered, asked and done."""

    busy: set[int]
    promised: dict[int, list[tuple[int, int, int]]]
    month: dict[int, int]
    asked: dict[int, int]
    accepted: dict[int, int]
    lately: dict[int, int]
    served: dict[int, set[int]]


def _history(viewer: Viewer, monday: date) -> _History:
    offers = visible_to(viewer, Offer)
    promised: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    in_week = offers.filter(
        state__in=[*BOOKED, *SERVED],
        during__startswith__gte=clock.at(monday, time(0)),
        during__startswith__lt=clock.at(monday + WEEK, time(0)),
    )
    for owner, during in in_week.values_list("volunteer_id", "during"):
        starts, ends = (moment.astimezone(clock.SEOUL) for moment in (during.lower, during.upper))
        promised[owner].append((starts.weekday(), _minute(starts.time()), _minute(ends.time())))
    first = monday.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    month = offers.filter(
        state__in=[*BOOKED, *SERVED],
        during__startswith__gte=clock.at(first, time(0)),
        during__startswith__lt=clock.at(after, time(0)),
    )
    recent = offers.filter(asked_at__gte=clock.now() - REMEMBERED, state__in=ANSWERED)
    yes = recent.exclude(state__in=[OfferState.DECLINED, OfferState.EXPIRED])
    return _History(
        busy=set(offers.filter(state=OfferState.OFFERED).values_list("volunteer_id", flat=True)),
        promised=promised,
        month=_counts(month),
        asked=_counts(recent),
        accepted=_counts(yes),
        lately=_counts(offers.filter(asked_at__gte=clock.now() - LATELY)),
        served=_sets(offers.filter(state__in=[*SERVED]).values_list("volunteer_id", "request__service_id")),
    )


def _helper(
    engine: Any,
    row: dict[str, Any],
    monday: date,
    skills: set[int],
    windows: list[tuple[int, int, int]],
    papers: dict[str, int],
    history: _History,
) -> Any:
    owner, until = row["id"], row["level_until"]
    promised = history.promised.get(owner, [])
    levels = tuple(
        0 if until is not None and until < monday + timedelta(days=day) else row["level"] for day in range(7)
    )
    return engine.HelperRow(
        id=owner,
        lat=row["lat"],
        lon=row["lon"],
        town=row["town_id"],
        radius=row["radius_km"],
        skills=frozenset(skills),
        practised=frozenset(history.served.get(owner, ())),
        levels=levels,
        languages=frozenset(row["languages"]),
        gender=row["gender"],
        adult=rules.surely_adult(row["birth_year"], monday.year),
        stairs_ok=row["stairs_ok"],
        car=row["car"],
        room=0 if history.lately.get(owner, 0) >= rules.MOST_QUESTIONS else row["weekly_cap"] - len(promised),
        load=history.month.get(owner, 0),
        reluctance=rules.reluctance(history.asked.get(owner, 0), history.accepted.get(owner, 0)),
        turn=rules.turn(history.lately.get(owner, 0)),
        papers=papers,
        windows=[one for one in windows if not any(_meet(one, other) for other in promised)],
    )


def _papers(viewer: Viewer, monday: date) -> dict[int, dict[str, int]]:
    """Volunteer → kind → the last weekday of this week on which the paper counts."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for paper in visible_to(viewer, Paper):
        until = safety.counts_until(paper.kind, paper.valid_until, renewing=paper.renewing)
        found[paper.volunteer_id][paper.kind] = 6 if until is None else min((until - monday).days, 6)
    return found


def _meet(one: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _counts(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values("volunteer_id").annotate(n=Count("pk")).values_list("volunteer_id", "n"))


def _sets(pairs: Any) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for owner, value in pairs:
        found[owner].add(value)
    return found


def _minute(moment: time | datetime) -> int:
    return moment.hour * 60 + moment.minute


def services_of(week: Week) -> dict[int, Service]:
    return {request.service_id: request.service for request in week.requests}
