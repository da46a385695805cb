"""What partners give in a week, as rows for the matcher: one row a portion, so that it needs to know of no capacity.

A portion costs nobody a question: it is promised already. Its row has room for one visit and no burden of the month.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from hopecare.kernel.access import Viewer
from volunteers.access import visible_to
from volunteers.facts import Pattern
from volunteers.models import Portion, Pupil, Standing, Turn
from volunteers.rules import recurring
from volunteers.states import PartnerState, PortionState

LICENSED = 2
#: Promised or given: a portion that nobody else gets.
TAKEN = (PortionState.PROMISED, PortionState.GIVEN)


@dataclass(frozen=True)
class Free:
    """What is left of a standing gift in one period, and on which days of the week it may be had."""

    standing: Standing
    period: date
    days: tuple[date, ...]
    left: int


@dataclass
class Gifts:
    """`rows` for the matcher; `of`: its (negative) row id → the standing gift."""

    rows: list[Any] = field(default_factory=list)
    of: dict[int, Standing] = field(default_factory=dict)


def pattern_of(standing: Standing) -> Pattern:
    return Pattern(frozenset(standing.weekdays), frozenset(standing.nth), standing.per, standing.since, standing.until)


def gifts_of_week(viewer: Viewer, engine: Any, monday: date, services: Counter[int]) -> Gifts:
    """Rows for every portion that a week's seats could use; `services`: service id → seats. Four queries."""
    found = Gifts()
    for free in free_between(viewer, monday, monday + timedelta(days=6), services):
        for _ in range(min(free.left, services[free.standing.service_id])):
            row = _row(engine, -1 - len(found.rows), free, monday)
            found.rows.append(row)
            found.of[row.id] = free.standing
    return found


def free_between(viewer: Viewer, first: date, last: date, services: Iterable[int]) -> list[Free]:
    """What is left of active partners' gifts of these services between two days, by period."""
    rows = visible_to(viewer, Standing).filter(
        Q(until=None) | Q(until__gte=first), service_id__in=list(services), partner__state=PartnerState.ACTIVE
    )
    standings = list(rows.select_related("partner", "service").order_by("pk"))
    ids = [row.pk for row in standings]
    off = set(visible_to(viewer, Turn).filter(standing__in=ids, on__range=(first, last), off_at__isnull=False)
              .values_list("standing_id", "on"))  # fmt: skip
    taken = _taken(viewer, ids, first)
    pupils = _consents(viewer, [row.partner_id for row in standings if row.pupils])
    found: list[Free] = []
    for standing in standings:
        days = [
            day
            for day in recurring.days(pattern_of(standing), first, last)
            if (standing.pk, day.on) not in off and _group_on(standing, pupils, day.on)
        ]
        found += _by_period(standing, days, taken)
    return found


def next_days(standing: Standing, today: date, days: int = 62) -> list[date]:
    """The coming days of a standing gift, soonest first."""
    return [day.on for day in recurring.days(pattern_of(standing), today, today + timedelta(days=days))]


def _by_period(standing: Standing, days: list[recurring.Day], taken: Counter[tuple[int, date]]) -> Iterator[Free]:
    periods: dict[date, list[date]] = defaultdict(list)
    for day in days:
        periods[day.period].append(day.on)
    for period, dates in periods.items():
        left = standing.capacity - taken[standing.pk, period]
        if left > 0:
            yield Free(standing, period, tuple(dates), left)


def _taken(viewer: Viewer, standings: list[int], first: date) -> Counter[tuple[int, date]]:
    rows = visible_to(viewer, Portion).filter(
        standing__in=standings, state__in=TAKEN, period__gte=recurring.period_of("month", first)
    )
    return Counter(rows.values_list("standing_id", "period"))


def _consents(viewer: Viewer, partners: list[int]) -> dict[int, list[tuple[date, date]]]:
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    if partners:
        rows = visible_to(viewer, Pupil).filter(partner__in=partners, withdrawn_on=None)
        for partner, since, until in rows.values_list("partner_id", "consent_on", "consent_until"):
            found[partner].append((since, until))
    return found


def _group_on(standing: Standing, pupils: dict[int, list[tuple[date, date]]], on: date) -> bool:
    """Minors come in a group, each with a consent that holds on that day (K10)."""
    if not standing.pupils:
        return True
    coming = sum(1 for since, until in pupils[standing.partner_id] if since <= on <= until)
    return coming >= recurring.FEWEST_PUPILS


def _row(engine: Any, row_id: int, free: Free, monday: date) -> Any:
    standing, partner = free.standing, free.standing.partner
    until = standing.paper_until
    last = min((until - monday).days, 6) if until is not None else -1
    return engine.HelperRow(
        id=row_id,
        lat=partner.lat,
        lon=partner.lon,
        town=partner.town_id,
        radius=standing.radius_km,
        skills=frozenset({standing.service_id}),
        practised=frozenset({standing.service_id}),
        levels=tuple(LICENSED if day <= last else 0 for day in range(7)),
        languages=frozenset({"ko"}),
        gender="",
        adult=False,  # never where a minor lives (D7)
        stairs_ok=True,
        car=False,
        room=1,
        load=0,
        reluctance=0,
        turn=0,
        papers={standing.paper_kind: last} if standing.paper_kind else {},
        windows=[(day.weekday(), _minute(standing.starts), _minute(standing.ends)) for day in free.days],
    )


def _minute(moment: Any) -> int:
    return int(moment.hour * 60 + moment.minute)
