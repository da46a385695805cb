"""My day: who to see, what falls due, what waits for me (R27, K1, D4, D15). Five queries, all on indexes.

A name that the viewer may not read is empty, as for a sealed person who is somebody else's (D5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    DateTimeField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models import Case as Choice
from django.db.models.functions import Coalesce, JSONObject

from cases.models import Action, AftercareCheck, CallBack, Case, CloseReason, Intake, Report, Visit
from cases.selectors import warnings
from cases.selectors.engagements import NOTHING, Engagements, engagements
from cases.selectors.inbox import OPEN, WAITING, is_late
from cases.selectors.waiting import Waiting, waiting
from cases.selectors.warnings import flag_keys
from cases.states import ActionState, CaseStage, IntakeState
from hopecare.kernel import audit, clock, phones
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Person, SafeContact, User
from hopecare.kernel.permissions import Permission
from hopecare.kernel.prepared import prepared
from hopecare.kernel.statements import array

AHEAD = timedelta(days=10)
CAP = 99
AFTERCARE_AHEAD = timedelta(days=14)
SHOWN_DUES, SHOWN_WAITING, SHOWN_AFTERCARE = 7, 6, 5
_OPEN_ACTIONS = [ActionState.OPEN, ActionState.DOING, ActionState.OFFERED, ActionState.BOOKED]
_STAGE_DUE = (
    ((CaseStage.INTAKE, CaseStage.SURVEY), "survey_due"),
    ((CaseStage.CONFERENCE,), "conference_due"),
    ((CaseStage.PLANNING,), "plan_due"),
)


@dataclass(frozen=True)
class Check:
    """An aftercare check that is due soon or late; `person` is empty where the viewer may not read the name."""

    months: int
    due_on: date
    case_id: int
    provider_id: int
    number: str
    person: str
    closed_at: datetime | None
    why: Any
    away: str | None = None


@dataclass(frozen=True)
class Tallies:
    """Counts for the menu and the head of the day; reports, calls and intakes are the team's, the rest is one's own."""

    visits: int = 0
    actions: int = 0
    reports: int = 0
    late: int = 0
    calls: int = 0
    calls_late: int = 0
    intakes: int = 0
    intakes_late: int = 0
    aftercare: int = 0
    stages: dict[str, int] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def cases(self) -> int:
        return sum(self.stages.values())

    @property
    def today(self) -> int:
        return self.visits + self.actions

    @property
    def capped_reports(self) -> int | str:
        return f"{CAP}+" if self.reports > CAP else self.reports


@dataclass(frozen=True)
class Due:
    """An action, or the end of a stage of a case one leads (K1). `kind`: action, survey, conference, plan."""

    on: date
    kind: str
    number: str
    title: str
    person: str
    helper: str = ""
    category_ko: str = ""
    category_en: str = ""
    away: str = ""

    @property
    def days(self) -> int:
        return (self.on - clock.today()).days


@dataclass(frozen=True)
class Day:
    day: date
    tallies: Tallies
    visits: Sequence[Visit]
    dues: Sequence[Due]
    waiting: Sequence[Waiting]
    aftercare: Sequence[Check]
    engaged: Engagements

    @property
    def due_today(self) -> int:
        return sum(1 for due in self.dues if due.on <= self.day)

    @property
    def waits(self) -> int:
        """Reports, approvals and questions that wait for me."""
        return len(self.waiting) + len(self.engaged.asked)

    @cached_property
    def first(self) -> Waiting | None:
        """The broken promise that comes before everything else."""
        late = [entry for entry in self.waiting if is_late(entry.report)]
        return min(late, key=lambda entry: (not entry.rings, entry.report.promised_at), default=None)


def day(viewer: Viewer, on: date) -> Day:
    """Everything of one day, its reads logged as one row."""
    counted = tallies(viewer, checks=SHOWN_AFTERCARE)
    found = Day(
        on,
        counted,
        agenda(viewer, on, on + timedelta(days=1)),
        dues(viewer, max(on, clock.today()) + AHEAD),
        waiting(viewer),
        counted.checks,
        engagements(viewer, on, on + timedelta(days=1), asked=True),
    )
    log_day(viewer, found.visits, found.engaged, found.aftercare, [entry.report for entry in found.waiting])
    return found


def log_day(
    viewer: Viewer,
    visits: Sequence[Visit],
    engaged: Engagements = NOTHING,
    checks: Sequence[Check] = (),
    reports: Sequence[Report] = (),
) -> None:
    """One row for all that a page of the day showed of cases and reports."""
    cases = {visit.case_id for visit in visits if visit.case_id} | {check.case_id for check in checks}
    cases |= set(engaged.cases)
    if cases:
        owners = {visit.provider_id for visit in visits} | {check.provider_id for check in checks}
        owners |= {owner for owner in engaged.cases.values() if owner}
        audit.read(viewer, "case", sorted(cases), owners=owners, what="day")
    shown = {report.pk: report.provider_id for report in reports}
    shown |= {visit.report_id: visit.provider_id for visit in visits if visit.report_id}
    if shown:
        audit.read(viewer, "report", sorted(shown), owners=set(shown.values()), what="day")


@prepared(start=DateTimeField(), end=DateTimeField(), now=DateTimeField(), today=DateField(), soon=DateField())
def _counted(viewer: Viewer, blank: Any, whole: bool) -> Any:
    """One row of counts, each on its own index; reports and call-backs alone are the menu's."""
    reports = visible_to(viewer, Report).filter(state__in=OPEN)
    late = reports.filter(state__in=WAITING, looked_at=None, promised_at__lt=blank.now)
    calls = visible_to(viewer, CallBack).filter(done_at=None)
    counts: dict[str, Any] = {
        "visits": _count(_mine(viewer).filter(at__gte=blank.start, at__lt=blank.end, result="")),
        "actions": _count(_actions(viewer).filter(due_on__lte=blank.today)),
        "reports": Func(_ids(reports.order_by()[: CAP + 1]), function="cardinality", output_field=IntegerField()),
        "calls": _count(calls),
    }
    if whole:
        stages = _led(viewer).values("stage").annotate(n=Count("pk")).values(json=JSONObject(stage="stage", n="n"))
        counts |= {
            "late": _count(late),
            "calls_late": _count(calls.filter(promised_at__lt=blank.now)),
            "check_ids": _ids(_aftercare(viewer, blank.soon).order_by("due_on", "pk")),
            "stages": ArraySubquery(stages),
        }
        if viewer.may(Permission.CASE_OPEN):
            intakes = visible_to(viewer, Intake).filter(state=IntakeState.OPEN)
            overdue = intakes.filter(promised_at__lt=blank.now)
            counts |= {"intakes": _count(intakes), "intakes_late": _count(overdue)}
    return User.objects.filter(pk=viewer.user_id or 0).values(**counts)


def tallies(viewer: Viewer, *, checks: int = 0) -> Tallies:
    """All counts in one round trip, or those of the menu; `checks`: how many aftercare checks to tell as well."""
    now = clock.now()
    start, end = _bounds(now.date(), now.date() + timedelta(days=1))
    soon = now.date() + AFTERCARE_AHEAD
    rows: Any = _counted(viewer, bool(checks), start=start, end=end, now=now, today=now.date(), soon=soon)
    if not rows:
        return Tallies()
    row = rows[0]
    stages = {entry["stage"]: entry["n"] for entry in row.pop("stages", None) or []}
    due = row.pop("check_ids", None) or []
    told = tuple(Check(*entry) for entry in _checks(viewer, ids=array(due[:checks]))) if due else ()
    counts: dict[str, Any] = {name: count or 0 for name, count in row.items()}
    return Tallies(stages=stages, checks=tuple(map(_with_reason, told)), aftercare=len(due), **counts)


@prepared(ids=ArrayField(BigIntegerField()))
def _checks(viewer: Viewer, blank: Any) -> Any:
    """Checks 3, 6 and 12 months after closing of the cases one led, due soon or late (K1)."""
    rows = visible_to(viewer, AftercareCheck).filter(pk__among=blank.ids)
    person = Coalesce(_of_main_person(Person, "case__main_person", "name"), Value(""))
    away = _of_main_person(Person, "case__main_person", "state")
    told = ("months", "due_on", "case_id", "provider_id", "case__number", "person", "case__closed_at")
    found = rows.annotate(person=person, away=away).order_by("due_on", "pk")
    return found.values_list(*told, "case__close_reason", "away")


def _with_reason(check: Check) -> Check:
    return replace(check, why=CloseReason(check.why).label if check.why else "")


def _count(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().annotate(counted=Func(F("pk"), function="count")).values("counted"))


def _ids(rows: QuerySet[Any]) -> ArraySubquery:
    return ArraySubquery(rows.values("pk"))


def _bounds(start: date, end: date) -> tuple[datetime, datetime]:
    return clock.at(start, time(0)), clock.at(end, time(0))


def _mine(viewer: Viewer) -> QuerySet[Visit]:
    return visible_to(viewer, Visit).filter(Q(worker=viewer.user_id) | Q(official=viewer.user_id))


def _led(viewer: Viewer) -> QuerySet[Case]:
    return visible_to(viewer, Case).filter(lead=viewer.user_id, closed_at=None)


def _actions(viewer: Viewer) -> QuerySet[Action]:
    return visible_to(viewer, Action).filter(owner=viewer.user_id, state__in=_OPEN_ACTIONS)


def _aftercare(viewer: Viewer, until: Any) -> QuerySet[AftercareCheck]:
    """The lead is looked up check by check: of all cases somebody ever led, few are under aftercare."""
    lead = Subquery(Case.objects.filter(pk=OuterRef("case")).values("lead")[:1])
    due = visible_to(viewer, AftercareCheck).filter(team__among=viewer.team_ids, done_on=None, due_on__lte=until)
    return due.annotate(led_by=lead).filter(led_by=viewer.user_id)


def _of_main_person(model: type[Person] | type[SafeContact], outer: str, column: str) -> Subquery:
    """A column of the main person, or nothing where the second wall hides it; never drops the row it belongs to."""
    key = "pk" if model is Person else "person"
    return Subquery(model._default_manager.filter(**{key: OuterRef(outer)}).values(column)[:1])


@prepared(first=DateTimeField(), last=DateTimeField(), start=DateField(), end=DateField())
def _agenda(viewer: Viewer, blank: Any) -> QuerySet[Visit]:
    person = "case__main_person"
    mine = Q(worker=viewer.user_id) | Q(official=viewer.user_id)
    again = Q(worker=viewer.user_id, ask_again_on__gte=blank.start, ask_again_on__lt=blank.end)
    joined = Report.objects.filter(joined_to=OuterRef("report")).order_by()
    return (
        visible_to(viewer, Visit)
        .filter(mine & Q(at__gte=blank.first, at__lt=blank.last) | again)
        .select_related("report__town", "case__town", "case__lead", "official", "worker")
        .annotate(
            person=_of_main_person(Person, person, "name"),
            away=_of_main_person(Person, person, "state"),
            neutral=_of_main_person(SafeContact, person, "neutral_sender"),
            warned=flag_keys("case_id"),
            joined=Subquery(joined.annotate(n=Func(F("pk"), function="count")).values("n")),
        )
    )


def agenda(viewer: Viewer, start: date, end: date) -> list[Visit]:
    """Visits from `start` to before `end`, those to ask again among them, in order of time, each with its warnings."""
    first, last = _bounds(start, end)
    rows = _agenda(viewer, first=first, last=last, start=start, end=end)
    warnings.attach(viewer, rows)
    return sorted(rows, key=lambda visit: (visit.at, visit.pk))


def dues(viewer: Viewer, until: date) -> list[Due]:
    """Actions one owns and stages of cases one leads that end by `until`, soonest first; one query."""
    return [Due(*row) for row in _dues(viewer, until=until)]


@prepared(until=DateField())
def _dues(viewer: Viewer, blank: Any) -> Any:
    actions = _due_columns(
        _actions(viewer).filter(due_on__lte=blank.until),
        "case__main_person",
        on=F("due_on"),
        kind=Value("action"),
        number=F("case__number"),
        title=F("title"),
        helper=F("helper_name"),
        ko=F("category__name_ko"),
        en=F("category__name_en"),
    )
    stages = _stage_dues(viewer, blank.until)
    return actions.order_by("d_on")[:SHOWN_DUES].union(stages, all=True).order_by("d_on")[:SHOWN_DUES]


_DUE = ("on", "kind", "number", "title", "person", "helper", "category_ko", "category_en", "away")


def _due_columns(rows: QuerySet[Any], person: str, **columns: Any) -> Any:
    """The columns of `Due` under names that no field has, in its order."""
    ko, en = columns.pop("ko"), columns.pop("en")
    named = {f"d_{name}": value for name, value in columns.items()}
    named |= {
        "d_person": Coalesce(_of_main_person(Person, person, "name"), Value("")),
        "d_category_ko": ko,
        "d_category_en": en,
        "d_away": Coalesce(_of_main_person(Person, person, "state"), Value("")),
    }
    return rows.annotate(**named).values_list(*(f"d_{name}" for name in _DUE))


def _stage_dues(viewer: Viewer, until: Any) -> Any:
    ending, on, kind = Q(pk__in=[]), [], []
    for stages, column in _STAGE_DUE:
        ending |= Q(stage__in=stages, **{f"{column}__lte": until})
        on.append(When(stage__in=stages, then=F(column)))
        kind.append(When(stage__in=stages, then=Value(column.removesuffix("_due"))))
    rows = _due_columns(
        _led(viewer).filter(ending),
        "main_person",
        on=Choice(*on, output_field=DateField()),
        kind=Choice(*kind, output_field=CharField()),
        number=F("number"),
        title=Value(""),
        helper=Value(""),
        ko=Value(""),
        en=Value(""),
    )
    return rows.order_by("d_on")[:SHOWN_DUES]


def calls(viewer: Viewer) -> list[tuple[CallBack, str]]:
    """Call-backs of the team with the number as one dials it: open ones by promise, then those done today."""
    since = clock.at(clock.today(), time(0))
    rows = (
        visible_to(viewer, CallBack).filter(Q(done_at=None) | Q(done_at__gte=since)).select_related("town", "done_by")
    )
    found = list(rows.order_by(F("done_at").asc(nulls_first=True), "promised_at")[:100])
    audit.read(viewer, "call_back", [call.pk for call in found], owners={call.provider_id for call in found})
    return [(call, phones.shown(call.phone)) for call in found]
