"""What is counted of a day: visits, tasks, reports, whoever waits for anybody of the team. One row, each count on its
own index; the menu asks for some of them, my day for all."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
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
)
from django.db.models.functions import Coalesce, JSONObject

from cases.models import (
    Action,
    AftercareCheck,
    CallBack,
    Case,
    CaseHandOver,
    CloseReason,
    Intake,
    Report,
    UrgentRequest,
    Visit,
)
from cases.selectors.inbox import OPEN, WAITING
from cases.states import ActionState, IntakeState
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Person, SafeContact, User
from hopecare.kernel.permissions import Permission
from hopecare.kernel.prepared import prepared
from hopecare.kernel.statements import array

CAP = 99
AFTERCARE_AHEAD = timedelta(days=14)
_OPEN_ACTIONS = [ActionState.OPEN, ActionState.DOING, ActionState.OFFERED, ActionState.BOOKED]


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
    urgent: int = 0
    urgent_late: int = 0
    handed: int = 0
    aftercare: int = 0
    stages: dict[str, int] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()

    @property
    def cases(self) -> int:
        return sum(self.stages.values())

    @property
    def from_others(self) -> int:
        """Calls, intakes, urgent requests and hand-overs that wait for anybody of the team."""
        return self.calls + self.intakes + self.urgent + self.handed

    @property
    def today(self) -> int:
        return self.visits + self.actions

    @property
    def capped_reports(self) -> int | str:
        return f"{CAP}+" if self.reports > CAP else self.reports


@prepared(start=DateTimeField(), end=DateTimeField(), now=DateTimeField(), today=DateField(), soon=DateField())
def _counted(viewer: Viewer, blank: Any, whole: bool) -> Any:
    """One row of counts, each on its own index; reports and call-backs alone are the menu's."""
    reports = visible_to(viewer, Report).filter(state__in=OPEN)
    late = reports.filter(state__in=WAITING, looked_at=None, promised_at__lt=blank.now)
    calls = visible_to(viewer, CallBack).filter(done_at=None)
    counts: dict[str, Any] = {
        "visits": _count(mine(viewer).filter(at__gte=blank.start, at__lt=blank.end, result="")),
        "actions": _count(actions(viewer).filter(due_on__lte=blank.today)),
        "reports": Func(_ids(reports.order_by()[: CAP + 1]), function="cardinality", output_field=IntegerField()),
        "calls": _count(calls),
    }
    if whole:
        stages = led(viewer).values("stage").annotate(n=Count("pk")).values(json=JSONObject(stage="stage", n="n"))
        counts |= {
            "late": _count(late),
            "calls_late": _count(calls.filter(promised_at__lt=blank.now)),
            "check_ids": _ids(_aftercare(viewer, blank.soon).order_by("due_on", "pk")),
            "stages": ArraySubquery(stages),
        }
        if viewer.may(Permission.CASE_OPEN):
            intakes = visible_to(viewer, Intake).filter(state=IntakeState.OPEN)
            overdue = intakes.filter(promised_at__lt=blank.now)
            counts |= {"intakes": _count(intakes), "intakes_late": _count(overdue)} | _from_others(viewer, blank.now)
    return User.objects.filter(pk=viewer.user_id or 0).values(**counts)


def _from_others(viewer: Viewer, now: Any) -> dict[str, Subquery]:
    """Urgent requests that nobody rings back yet, and cases that are offered to one's own team (R38, R17)."""
    urgent = visible_to(viewer, UrgentRequest).filter(team__among=viewer.team_ids, taken_at=None, done_at=None)
    offered = visible_to(viewer, CaseHandOver).filter(accepted_at=None, withdrawn_at=None)
    return {
        "urgent": _count(urgent),
        "urgent_late": _count(urgent.filter(promised_at__lt=now)),
        "handed": _count(offered.filter(to_team__among=viewer.team_ids)),
    }


def tallies(viewer: Viewer, *, checks: int = 0) -> Tallies:
    """All counts in one round trip, or those of the menu; `checks`: how many aftercare checks to tell as well."""
    now = clock.now()
    start, end = bounds(now.date(), now.date() + timedelta(days=1))
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
    person = Coalesce(of_main_person(Person, "case__main_person", "name"), Value(""))
    away = of_main_person(Person, "case__main_person", "state")
    told = ("months", "due_on", "case_id", "provider_id", "case__number", "person", "case__closed_at")
    found = rows.annotate(person=person, away=away).order_by("due_on", "pk")
    return found.values_list(*told, "case__close_reason", "away")


def _with_reason(check: Check) -> Check:
    return replace(check, why=CloseReason(check.why).label if check.why else "")


def _count(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().annotate(counted=Func(F("pk"), function="count")).values("counted"))


def _ids(rows: QuerySet[Any]) -> ArraySubquery:
    return ArraySubquery(rows.values("pk"))


def bounds(start: date, end: date) -> tuple[datetime, datetime]:
    return clock.at(start, time(0)), clock.at(end, time(0))


def mine(viewer: Viewer) -> QuerySet[Visit]:
    return visible_to(viewer, Visit).filter(Q(worker=viewer.user_id) | Q(official=viewer.user_id))


def led(viewer: Viewer) -> QuerySet[Case]:
    return visible_to(viewer, Case).filter(lead=viewer.user_id, closed_at=None)


def actions(viewer: Viewer) -> QuerySet[Action]:
    return visible_to(viewer, Action).filter(owner=viewer.user_id, state__in=_OPEN_ACTIONS)


def _aftercare(viewer: Viewer, until: Any) -> QuerySet[AftercareCheck]:
    """The lead is looked up check by check: of all cases somebody ever led, few are under aftercare."""
    lead = Subquery(Case.objects.filter(pk=OuterRef("case")).values("lead")[:1])
    due = visible_to(viewer, AftercareCheck).filter(team__among=viewer.team_ids, done_on=None, due_on__lte=until)
    return due.annotate(led_by=lead).filter(led_by=viewer.user_id)


def of_main_person(model: type[Person] | type[SafeContact], outer: str, column: str) -> Subquery:
    """A column of the main person, or nothing where the second wall hides it; never drops the row it belongs to."""
    key = "pk" if model is Person else "person"
    return Subquery(model._default_manager.filter(**{key: OuterRef(outer)}).values(column)[:1])
