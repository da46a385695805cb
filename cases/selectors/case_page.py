"""Everything one case page shows, in three queries: the case with its rows as JSON, its people, its actions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, OuterRef, QuerySet, TextField
from django.db.models.functions import JSONObject

from cases.models import Action, AftercareCheck, Case, Plan, TimelineEntry, VoiceKind
from cases.rules import needs as rules
from cases.selectors import catalogue
from cases.selectors.approvals import Waiting, waiting_of
from cases.selectors.case_parts import PARTS, case_parts
from cases.selectors.warnings import Warnings, flag_keys, warnings
from eligibility.facts import Comparison
from eligibility.selectors import compare_with_near_poverty
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import Ground, GroundKind, GroundPurpose, Membership, Person
from hopecare.kernel.permissions import Permission
from hopecare.kernel.prepared import Prepared, prepared

SERVICES = 5
_RELATED = ("lead", "town", "main_person__safe_contact")


@dataclass(frozen=True)
class Member:
    """A person of the household as the page shows one; `grounds`: purpose → (given, ends on) of the newest consent.

    `guardian`: who consented for a small child, by the newest row that names somebody (K10).
    """

    person: Person
    relation: str
    lives_here: bool
    grounds: Mapping[str, tuple[bool, date | None]]
    guardian: str = ""

    @property
    def is_adult(self) -> bool:
        return rules.is_adult(self.person.age)


@dataclass(frozen=True)
class CaseView:
    """The whole page. `cells`: person id (None = household) → category code → cell. Money only with section.means."""

    case: Case
    members: list[Member]
    cells: Mapping[int | None, Mapping[str, rules.Cell]]
    own_words: str
    offer: str
    means: Comparison | None
    plan: Plan | None
    actions: list[Action]
    team: list[dict[str, Any]]
    services: list[dict[str, Any]]
    service_count: int
    entries: list[dict[str, Any]]
    aftercare: list[AftercareCheck]
    stage_days: Mapping[str, date]
    reported_at: datetime | None
    visited_at: datetime | None
    asked_on: Mapping[int | None, date] = field(default_factory=dict)
    warnings: Warnings = field(default_factory=Warnings)
    waits: list[Waiting] = field(default_factory=list)

    @property
    def main(self) -> Member | None:
        return next((member for member in self.members if member.person.pk == self.case.main_person_id), None)


def read_case(viewer: Viewer, number: str) -> Case:
    """The visible case with its people's contact, its read logged; NotFound (logged as refused) otherwise."""
    return _read(viewer, number, _alone)


def _read(viewer: Viewer, number: str, ask: Prepared[Case]) -> Case:
    check(viewer, Permission.CASE_VIEW)
    found = ask(viewer, number=number)
    if not found:
        raise errors.NotFound("case", number)
    audit.read(viewer, "case", [found[0].pk], owners=[found[0].provider_id])
    return found[0]


@prepared(number=TextField())
def _alone(viewer: Viewer, blank: Any) -> QuerySet[Case]:
    return visible_to(viewer, Case).filter(number=blank.number).select_related(*_RELATED)


@prepared(number=TextField())
def _with_parts(viewer: Viewer, blank: Any) -> QuerySet[Case]:
    parts: dict[str, Any] = {f"{name}_rows": ArraySubquery(query) for name, query in case_parts(viewer).items()}
    rows = visible_to(viewer, Case).filter(number=blank.number).select_related(*_RELATED)
    return rows.annotate(warned=flag_keys("pk"), **parts)


def case_view(viewer: Viewer, number: str) -> CaseView:
    """The page of a visible case, its read logged; child rows come as arrays of JSON beside it, one trip for all."""
    case = _read(viewer, number, _with_parts)
    work = {name: getattr(case, f"{name}_rows") for name in PARTS}
    keys = {case.pk: getattr(case, "warned", None) or ()}
    cells, asked_on = _cells(work["needs"])
    voices = {row["kind"]: row["words"] for row in reversed(work["voices"])}
    return CaseView(
        case=case,
        members=members_of(viewer, case),
        cells=cells,
        own_words=voices.get(VoiceKind.OWN_WORDS, ""),
        offer=voices.get(VoiceKind.OFFER, ""),
        means=_means(viewer, work["means"]),
        plan=_plan(case, work["plans"]),
        actions=actions_of(viewer, case),
        team=work["team"],
        services=[_service(row) for row in work["services"][:SERVICES]],
        service_count=len(work["services"]),
        entries=[_timed(row) for row in work["entries"]],
        aftercare=[_check_row(case, row) for row in work["aftercare"]],
        stage_days={row["details"].get("after", "closed"): _moment(row["at"]).date() for row in work["stages"]},
        reported_at=_moment(work["reported"][0]) if work["reported"] else None,
        visited_at=_moment(work["visited"][0]) if work["visited"] else None,
        asked_on=asked_on,
        warnings=warnings(viewer, keys).get(case.pk, Warnings()),
        waits=waiting_of(viewer, case) if work["approvals"] and case.is_open else [],
    )


@prepared(household=BigIntegerField())
def _members(viewer: Viewer, blank: Any) -> QuerySet[Membership]:
    grounds = (
        visible_to(viewer, Ground)
        .filter(person=OuterRef("person"), kind=GroundKind.CONSENT)
        .order_by("recorded_at", "pk")
        .values(json=JSONObject(purpose="purpose", given="given", ends_on="ends_on", guardian="guardian"))
    )
    rows = visible_to(viewer, Membership).filter(household=blank.household, ends_on=None).select_related("person")
    return rows.annotate(papers=ArraySubquery(grounds))


def members_of(viewer: Viewer, case: Case) -> list[Member]:
    """The household today, the main person first, then by age; sealed people are left out by the walls (D5)."""
    rows = _members(viewer, household=case.household_id)
    found = [
        Member(row.person, row.relation, row.lives_here, _papers(row.papers), _guardian(row.papers)) for row in rows
    ]
    main = case.main_person_id
    found.sort(key=lambda m: (m.person.pk != main, not m.lives_here, m.person.birth_date or date.max, m.person.pk))
    return found


def _papers(rows: list[dict[str, Any]]) -> dict[str, tuple[bool, date | None]]:
    """Rows come oldest first, so that the newest of a purpose stays."""
    return {row["purpose"]: (row["given"], _date(row["ends_on"])) for row in rows}


def _guardian(rows: list[dict[str, Any]]) -> str:
    return next((row["guardian"] for row in reversed(rows) if row["guardian"]), "")


def consents(member: Member | None, today: date) -> list[tuple[str, bool, date | None]]:
    """(purpose, holds today, end) for every purpose that was asked, in the order of the form."""
    if member is None:
        return []
    found = []
    for purpose in GroundPurpose:
        if purpose in member.grounds:
            given, ends_on = member.grounds[purpose]
            found.append((str(purpose), given and (ends_on is None or ends_on >= today), ends_on))
    return found


@prepared(case=BigIntegerField())
def _actions(viewer: Viewer, blank: Any) -> QuerySet[Action]:
    rows = visible_to(viewer, Action).filter(case=blank.case).select_related("category", "owner", "owner_organisation")
    return rows.order_by("due_on", "pk")


def actions_of(viewer: Viewer, case: Case) -> list[Action]:
    """Open ones by due date, then what is done or cancelled, the newest first."""
    found = _actions(viewer, case=case.pk)
    for action in found:
        action.case = case
    over = [action for action in found if action.state in {"done", "cancelled"}]
    over.sort(key=lambda action: (action.done_on or action.due_on, action.pk), reverse=True)
    return [action for action in found if action.state not in {"done", "cancelled"}] + over


def _cells(rows: list[dict[str, Any]]) -> tuple[dict[int | None, dict[str, rules.Cell]], dict[int | None, date]]:
    codes = {category.pk: category.code for category in catalogue.categories()}
    cells: dict[int | None, dict[str, rules.Cell]] = {}
    asked_on: dict[int | None, date] = {}
    for row in rows:
        cell = rules.Cell(rules.shown(row["answer"], row["severity"]), row["pk"])
        cells.setdefault(row["person"], {})[codes[row["category"]]] = cell
        day = _moment(row["at"]).date()
        asked_on[row["person"]] = max(day, asked_on.get(row["person"], day))
    return cells, asked_on


def _means(viewer: Viewer, rows: list[dict[str, Any]]) -> Comparison | None:
    if not rows or not viewer.may(Permission.SECTION_MEANS):
        return None
    told_on = _date(rows[0]["on"])
    return compare_with_near_poverty(rows[0]["won"], rows[0]["size"], told_on) if told_on else None


def _plan(case: Case, rows: list[dict[str, Any]]) -> Plan | None:
    if not rows:
        return None
    row = rows[0]
    return Plan(
        pk=row["pk"],
        case=case,
        goal=row["goal"],
        goal_words=row["goal_words"],
        signed_on=_date(row["signed_on"]),
        unsigned_reason=row["unsigned_reason"],
    )


def _check_row(case: Case, row: dict[str, Any]) -> AftercareCheck:
    return AftercareCheck(
        pk=row["pk"],
        case=case,
        months=row["months"],
        due_on=date.fromisoformat(row["due_on"]),
        done_on=_date(row["done_on"]),
        words=row["words"],
        result=row["result"],
    )


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(clock.SEOUL)


def _service(row: dict[str, Any]) -> dict[str, Any]:
    """Names instead of ids, from the catalogue."""
    named: dict[str, list[Any]] = {
        "service": catalogue.services(),
        "kind": catalogue.provider_kinds(),
        "source": catalogue.fund_sources(),
    }
    found = {name: catalogue.by_id(rows, row[name]) for name, rows in named.items()}
    return {**row, **found, "given_on": _date(row["given_on"])}


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "at": _moment(row["at"])}


#: Filter of the timeline → kinds of entries.
SHOWN_KINDS = {
    "contact": ("contact", "note", "visited", "aftercare"),
    "needs": ("assessed", "state"),
    "plan": ("planned", "signed", "stage", "closed", "reopened"),
    "help": ("service", "offer"),
    "team": ("lead", "member", "opened", "report_received", "report_joined", "consent"),
}


def timeline_of(
    viewer: Viewer, case: Case, *, show: str = "", words: str = "", most: int = 300
) -> list[dict[str, Any]]:
    """The timeline, newest first, at most `most` entries; `show` names a filter, `words` stand in the note."""
    rows = visible_to(viewer, TimelineEntry).filter(case=case)
    if show in SHOWN_KINDS:
        rows = rows.filter(kind__in=SHOWN_KINDS[show])
    if words.strip():
        rows = rows.filter(words__icontains=words.strip()[:80])
    rows = rows.order_by("-at", "-pk")[:most]
    return [
        {"at": row.at, "kind": row.kind, "by": row.by_name, "words": row.words, "details": row.details} for row in rows
    ]
