"""The watch board: open alarms and their next step, calls to make, people by standing, what came of it (R92, D10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from cases.models import (
    Alarm,
    AlarmResult,
    AlarmStep,
    Case,
    CheckIn,
    Watch,
    WatchAway,
    WatchContact,
    WatchSource,
    WatchWay,
)
from cases.rules import watching as rules
from cases.selectors.own_watch import OwnWatch, own
from cases.states import WatchState
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check, get_visible, visible_to
from hopecare.kernel.permissions import Permission

PAGE, MOST = 50, 200
SHOWN = ("alarms", "calls", "people", "over")
STANDINGS = ("on", "away", "paused", "ended")
_OF_ALARM = ("watch__person", "case__lead", "case__town", "taken_by")
_OF_WATCH = ("person", "case__lead", "case__town", "caller")


@dataclass(frozen=True)
class Counts:
    """`alarms` open ones, `late` those past their step, `calls` to make, `people` on or resting."""

    alarms: int
    late: int
    calls: int
    people: int


def counts(viewer: Viewer) -> Counts:
    """Three small counts of what the viewer sees, in two queries."""
    check(viewer, Permission.CASE_VIEW)
    found = visible_to(viewer, Alarm).filter(ended_at=None)
    told = found.aggregate(alarms=Count("pk"), late=Count("pk", filter=Q(next_at__lte=clock.now())))
    calls = Count("check_ins", filter=_to_ring("check_ins__"), distinct=True)
    watched = visible_to(viewer, Watch).exclude(state=WatchState.ENDED)
    people = watched.aggregate(people=Count("pk", distinct=True), calls=calls)
    return Counts(**told, **people)


def _to_ring(prefix: str = "") -> Q:
    wanted = {"way": WatchWay.CALL, "answered_at": None, "missed_at": None, "pk__isnull": False}
    return Q(**{f"{prefix}{name}": value for name, value in wanted.items()})


def open_alarms(viewer: Viewer) -> list[Alarm]:
    """The next step first; those that wait for nothing but a result last. One query, the read logged."""
    rows = visible_to(viewer, Alarm).filter(ended_at=None).select_related(*_OF_ALARM)
    return _read(viewer, list(rows.order_by(F("next_at").asc(nulls_last=True), "pk")[:MOST]))


def ended_alarms(viewer: Viewer, *, result: str = "", after: str = "") -> tuple[list[Alarm], str]:
    """A page, the newest first, and the key of the next one ("" when there is none)."""
    rows = visible_to(viewer, Alarm).exclude(ended_at=None).select_related(*_OF_ALARM, "ended_by")
    if result in AlarmResult.values:
        rows = rows.filter(result=result)
    return _page(viewer, rows, after)


def watched(viewer: Viewer, *, standing: str = "", after: str = "") -> tuple[list[Watch], str]:
    """A page of people by standing, the newest first; `away` is on with an absence that runs now. Two queries."""
    rows = visible_to(viewer, Watch).select_related(*_OF_WATCH).annotate(is_away=Exists(_away()))
    if standing in {"on", "away"}:
        rows = rows.filter(state=WatchState.ON, is_away=standing == "away")
    elif standing in STANDINGS:
        rows = rows.filter(state=standing)
    else:
        rows = rows.exclude(state=WatchState.ENDED)
    return _page(viewer, rows, after)


def _away() -> QuerySet[WatchAway]:
    now = clock.now()
    return WatchAway.objects.filter(watch=OuterRef("pk"), starts_at__lte=now, ends_at__gt=now)


def _page(viewer: Viewer, rows: QuerySet[Any], after: str) -> tuple[list[Any], str]:
    if after.isascii() and after.isdecimal() and len(after) < 18:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.order_by("-pk")[: PAGE + 1])
    more = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    return _read(viewer, found[:PAGE]), more


def _read(viewer: Viewer, rows: list[Any]) -> list[Any]:
    if rows:
        ids, owners = [row.case_id for row in rows], {row.provider_id for row in rows}
        audit.read(viewer, "case", ids, owners=owners, what="watch")
    return rows


def calls_to_make(viewer: Viewer) -> list[CheckIn]:
    """Who is rung instead of asked by text; those of the viewer first. One query, the read logged."""
    rows = visible_to(viewer, CheckIn).filter(_to_ring(), watch__state=WatchState.ON)
    found = list(rows.select_related(*(f"watch__{name}" for name in _OF_WATCH)).order_by("answer_by", "pk")[:MOST])
    found.sort(key=lambda row: (row.watch.caller_id != viewer.user_id, row.answer_by, row.pk))
    return _read(viewer, found)


@dataclass(frozen=True)
class Figures:
    """Of the last days: ended alarms by result, the share of false ones, minutes to a first answer on average."""

    days: int
    total: int
    by_result: dict[str, int]
    climbed: int
    false_percent: int
    first_answer_minutes: int | None


def figures(viewer: Viewer) -> Figures:
    """False and missed alarms are measured and shown (D10). One query."""
    days = rules.figure("figures_days")
    rows = visible_to(viewer, Alarm).filter(ended_at__gte=clock.now() - timedelta(days=days))
    waited = ExpressionWrapper(F("answered_at") - F("opened_at"), output_field=DurationField())
    per_result = {value: Count("pk", filter=Q(result=value)) for value in AlarmResult.values}
    climbed = Count("pk", filter=~Q(rung="call"))
    told = rows.aggregate(total=Count("pk"), climbed=climbed, waited=Avg(waited), **per_result)
    total, waited_for = told["total"], told["waited"]
    return Figures(
        days=days,
        total=total,
        by_result={value: told[value] for value in AlarmResult.values},
        climbed=told["climbed"],
        false_percent=round(100 * told["false"] / total) if total else 0,
        first_answer_minutes=round(waited_for.total_seconds() / 60) if waited_for is not None else None,
    )


@dataclass(frozen=True)
class AlarmView:
    """An alarm with the person's own plan first."""

    alarm: Alarm
    steps: list[AlarmStep]
    contacts: list[WatchContact]
    away_until: datetime | None


def alarm_view(viewer: Viewer, alarm_id: int) -> AlarmView:
    """The visible alarm, its read logged; NotFound (logged as refused) otherwise."""
    check(viewer, Permission.CASE_VIEW)
    related = (*_OF_ALARM, "case__provider", "watch__person__safe_contact", "ended_by")
    alarm = get_visible(viewer, Alarm, named="alarm", pk=alarm_id, select=related)
    audit.read(viewer, "case", [alarm.case_id], owners=[alarm.provider_id], what="watch")
    now = clock.now()
    aways = visible_to(viewer, WatchAway).filter(watch=alarm.watch_id, starts_at__lte=now, ends_at__gt=now)
    return AlarmView(
        alarm=alarm,
        steps=list(visible_to(viewer, AlarmStep).filter(alarm=alarm).order_by("pk")),
        contacts=contacts_of(viewer, alarm.watch_id),
        away_until=aways.order_by("-ends_at").values_list("ends_at", flat=True).first(),
    )


def contacts_of(viewer: Viewer, watch_id: int) -> list[WatchContact]:
    return list(visible_to(viewer, WatchContact).filter(watch=watch_id, ended_at=None).order_by("rank", "pk"))


@dataclass(frozen=True)
class WatchView:
    """One watch with all that belongs to it; `own` is what the person sees, too."""

    watch: Watch
    own: OwnWatch
    contacts: list[WatchContact]
    sources: list[WatchSource]
    aways: list[WatchAway]


def watches_of(viewer: Viewer, case: Case) -> list[Watch]:
    """Of one case, those that run first."""
    rows = visible_to(viewer, Watch).filter(case=case).select_related("person", "caller")
    return sorted(rows.order_by("-pk"), key=lambda row: row.state == WatchState.ENDED)


def watch_view(viewer: Viewer, case: Case, watch_id: int) -> WatchView:
    related = (*_OF_WATCH, "provider", "person__safe_contact")
    watch = get_visible(viewer, Watch, named="watch", pk=watch_id, select=related)
    if watch.case_id != case.pk:
        raise errors.NotFound("watch", str(watch_id))
    aways = visible_to(viewer, WatchAway).filter(watch=watch, ends_at__gt=clock.now()).order_by("starts_at")
    return WatchView(
        watch=watch,
        own=own(viewer, watch),
        contacts=contacts_of(viewer, watch.pk),
        sources=list(visible_to(viewer, WatchSource).filter(watch=watch, ended_at=None).order_by("pk")),
        aways=list(aways),
    )
