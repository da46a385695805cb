"""What happened to one person, read by life stage (R21): answers, services, and the entries of their cases."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from cases.models import Case, NeedAnswer, Pregnancy, ServiceRecord, TimelineEntry
from cases.rules import life_line as rules
from cases.rules import needs
from cases.selectors.catalogue import life_stages
from cases.selectors.pregnancies import of_people
from cases.selectors.same_person import Records
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import LifeStage, Person

MOST = 300
#: The stage that is a state and follows no age.
PREGNANCY = "pregnancy"


@dataclass(frozen=True)
class Moment:
    """`kind`: answer, service, or an entry's kind; `data` holds what the page turns into words."""

    on: date
    kind: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Chapter:
    """One stage of a life with what is on record, the newest first; `stage` None = the birth date is unknown.

    `pregnancy`: the state whose days this stage is, where it follows no age.
    """

    stage: LifeStage | None
    from_age: int | None
    to_age: int | None
    moments: list[Moment]
    pregnancy: Pregnancy | None = None


@dataclass(frozen=True)
class LifeLine:
    chapters: list[Chapter]
    next_on: date | None
    next_stage: LifeStage | None


def life_line(viewer: Viewer, person: Person, records: Records) -> LifeLine:
    """The chapters, the present one first, over all records of the person as far as they may be read across (D6)."""
    sensitive = list(records.sensitive)
    moments = [*_answers(viewer, sensitive), *_services(viewer, records), *_entries(viewer, sensitive)]
    moments.sort(key=lambda moment: moment.on, reverse=True)
    rows = {stage.code: stage for stage in life_stages()}
    stages = [
        rules.Stage(stage.code, stage.from_age, stage.to_age)
        for stage in rows.values()
        if stage.from_age is not None and stage.to_age is not None
    ]
    states = of_people(viewer, sensitive)
    chapters: dict[str, list[Moment]] = {}
    for moment in moments:
        stage = rules.stage_on(stages, person.birth_date, moment.on)
        state = next((one for one in states if rules.during(moment.on, one.since, one.ended_on)), None)
        chapters.setdefault(_of(state) if state else stage.code if stage else "", []).append(moment)
    now = rules.stage_on(stages, person.birth_date, clock.today())
    if now is not None:
        chapters.setdefault(now.code, [])
    change = rules.next_change(stages, person.birth_date, clock.today())
    found: list[Chapter] = []
    for code in [*(stage.code for stage in reversed(stages)), ""]:
        began = [one for one in states if _code(rules.stage_on(stages, person.birth_date, one.since)) == code]
        found += [_state(rows, one, chapters) for one in began if one.ended_on is None]
        found += [_chapter(rows.get(code), chapters[code])] if code in chapters else []
        found += [_state(rows, one, chapters) for one in began if one.ended_on is not None]
    return LifeLine(found, change[0] if change else None, rows[change[1].code] if change else None)


def _code(stage: rules.Stage | None) -> str:
    return stage.code if stage else ""


def _of(state: Pregnancy) -> str:
    return f"{PREGNANCY}:{state.pk}"


def _chapter(stage: LifeStage | None, moments: list[Moment]) -> Chapter:
    return Chapter(stage, stage.from_age if stage else None, stage.to_age if stage else None, moments)


def _state(rows: dict[str, LifeStage], state: Pregnancy, chapters: dict[str, list[Moment]]) -> Chapter:
    return Chapter(rows.get(PREGNANCY), None, None, chapters.get(_of(state), []), state)


def _answers(viewer: Viewer, ids: list[int]) -> list[Moment]:
    """One moment a day and phase with all that was said then."""
    rows = visible_to(viewer, NeedAnswer).filter(person_id__in=ids).select_related("category").order_by("asked_at")
    days: dict[tuple[date, str], list[tuple[Any, str]]] = {}
    for row in rows[:MOST]:
        day = row.asked_at.astimezone(clock.SEOUL).date()
        days.setdefault((day, row.phase), []).append((row.category, needs.shown(row.answer, row.severity)))
    return [Moment(day, "answer", {"phase": phase, "said": said}) for (day, phase), said in days.items()]


def _services(viewer: Viewer, records: Records) -> list[Moment]:
    """Of a record that is the same by likeness alone: nothing of a section, nothing that must not be hinted at (D6)."""
    surely = Q(person_id__in=records.sensitive)
    alike = Q(person_id__in=records.ordinary, section="", service__hint=True)
    rows = visible_to(viewer, ServiceRecord).filter(surely | alike).select_related("service", "provider_kind")
    return [
        Moment(row.given_on, "service", {"service": row.service, "kind": row.provider_kind, "won": row.spent_won})
        for row in rows.order_by("-given_on", "-pk")[:MOST]
    ]


def _entries(viewer: Viewer, ids: list[int]) -> list[Moment]:
    """Entries of cases of which they are the main person; answers and services stand above already."""
    cases = visible_to(viewer, Case).filter(main_person_id__in=ids)
    rows = (
        visible_to(viewer, TimelineEntry)
        .filter(case__in=cases.values("pk"))
        .exclude(kind__in=["assessed", "service"])
        .order_by("-at", "-pk")[:MOST]
    )
    return [
        Moment(
            row.at.astimezone(clock.SEOUL).date(),
            row.kind,
            {"kind": row.kind, "by": row.by_name, "words": row.words, "details": row.details},
        )
        for row in rows
    ]
