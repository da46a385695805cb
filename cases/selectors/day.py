"""My day: who to see, what falls due, what waits for me (R27, K1, D4, D15). Five queries, all on indexes.

A name that the viewer may not read is empty, as for a sealed person who is somebody else's (D5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case as Choice
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from cases.models import (
    CallBack,
    Report,
    Visit,
)
from cases.selectors import warnings
from cases.selectors.engagements import NOTHING, Engagements, engagements
from cases.selectors.inbox import is_late
from cases.selectors.tallies import Check, Tallies, actions, bounds, led, of_main_person, tallies
from cases.selectors.waiting import Waiting, waiting
from cases.selectors.warnings import flag_keys
from cases.states import CaseStage
from hopecare.kernel import audit, clock, phones
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Person, SafeContact
from hopecare.kernel.prepared import prepared

AHEAD = timedelta(days=10)
SHOWN_DUES, SHOWN_WAITING, SHOWN_AFTERCARE = 7, 6, 5
_STAGE_DUE = (
    ((CaseStage.INTAKE, CaseStage.SURVEY), "survey_due"),
    ((CaseStage.CONFERENCE,), "conference_due"),
    ((CaseStage.PLANNING,), "plan_due"),
)


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
            person=of_main_person(Person, person, "name"),
            away=of_main_person(Person, person, "state"),
            neutral=of_main_person(SafeContact, person, "neutral_sender"),
            warned=flag_keys("case_id"),
            joined=Subquery(joined.annotate(n=Func(F("pk"), function="count")).values("n")),
        )
    )


def agenda(viewer: Viewer, start: date, end: date) -> list[Visit]:
    """Visits from `start` to before `end`, those to ask again among them, in order of time, each with its warnings."""
    first, last = bounds(start, end)
    rows = _agenda(viewer, first=first, last=last, start=start, end=end)
    warnings.attach(viewer, rows)
    return sorted(rows, key=lambda visit: (visit.at, visit.pk))


def dues(viewer: Viewer, until: date) -> list[Due]:
    """Actions one owns and stages of cases one leads that end by `until`, soonest first; one query."""
    return [Due(*row) for row in _dues(viewer, until=until)]


@prepared(until=DateField())
def _dues(viewer: Viewer, blank: Any) -> Any:
    tasks = _due_columns(
        actions(viewer).filter(due_on__lte=blank.until),
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
    return tasks.order_by("d_on")[:SHOWN_DUES].union(stages, all=True).order_by("d_on")[:SHOWN_DUES]


_DUE = ("on", "kind", "number", "title", "person", "helper", "category_ko", "category_en", "away")


def _due_columns(rows: QuerySet[Any], person: str, **columns: Any) -> Any:
    """The columns of `Due` under names that no field has, in its order."""
    ko, en = columns.pop("ko"), columns.pop("en")
    named = {f"d_{name}": value for name, value in columns.items()}
    named |= {
        "d_person": Coalesce(of_main_person(Person, person, "name"), Value("")),
        "d_category_ko": ko,
        "d_category_en": en,
        "d_away": Coalesce(of_main_person(Person, person, "state"), Value("")),
    }
    return rows.annotate(**named).values_list(*(f"d_{name}" for name in _DUE))


def _stage_dues(viewer: Viewer, until: Any) -> Any:
    ending, on, kind = Q(pk__in=[]), [], []
    for stages, column in _STAGE_DUE:
        ending |= Q(stage__in=stages, **{f"{column}__lte": until})
        on.append(When(stage__in=stages, then=F(column)))
        kind.append(When(stage__in=stages, then=Value(column.removesuffix("_due"))))
    rows = _due_columns(
        led(viewer).filter(ending),
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
