"""What somebody takes along on the round: the visits of a day, and the card of a household, each within permission."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from cases.facts import visit_version
from cases.models import Action, Case, Presence, Visit, VisitResult
from cases.rules import whose
from cases.selectors import day, warnings
from cases.selectors.case_page import Member, actions_of, members_of, read_case
from cases.selectors.inbox import seen_words
from cases.selectors.opening import desk_contact
from cases.selectors.presence import own_until
from cases.selectors.warnings import Warnings
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.models import Address, Person, SafeContact, User
from hopecare.kernel.permissions import Permission

SHOWN_ACTIONS = 8


@dataclass(frozen=True)
class FieldVisit:
    """One visit as the two who make it take it along; `number` of the case, or `report` for a first visit.

    No reporter stands here (D2, D14). `person` is empty where the viewer may not read the name. `result_words`,
    `recorded_by` and `recorded_at` once there is a result; `version` names the state for an edit. `inside_since` and
    `inside_until` while the viewer is inside.
    """

    id: int
    kind: str
    at: datetime
    number: str
    report: str
    town: str
    place: str
    person: str
    away: str
    neutral: bool
    seen: tuple[str, ...]
    words: str
    danger: bool
    official: User
    worker: User
    result: str
    result_words: str
    note: str
    recorded_by: str
    recorded_at: datetime | None
    version: str
    inside_since: datetime | None
    inside_until: datetime | None
    warnings: Warnings
    lead: User | None


@dataclass(frozen=True)
class Card:
    """A household at its door: who lives there, how they may be reached (D4), the way, what is under way.

    `about`: whom alone a note may be about; nobody where it is not asked.
    """

    case: Case
    members: Sequence[Member]
    about: Sequence[Person]
    contact: SafeContact
    directions: str
    line: str
    actions: Sequence[Action]
    warnings: Warnings


def visits_of(viewer: Viewer, on: date) -> list[FieldVisit]:
    """One's own visits of a day in order of time, the read logged as one row. Three queries."""
    check(viewer, Permission.VISIT_RECORD)
    found = day.agenda(viewer, on, on + timedelta(days=1))
    day.log_day(viewer, found)
    return _told(viewer, found)


def visit_of(viewer: Viewer, visit_id: int) -> FieldVisit:
    """One of one's own visits. Raises NotFound for those of others, too."""
    check(viewer, Permission.VISIT_RECORD)
    row = visible_to(viewer, Visit).filter(pk=visit_id).values_list("at", flat=True).first()
    on = row.astimezone(clock.SEOUL).date() if row else clock.today()
    found = [visit for visit in day.agenda(viewer, on, on + timedelta(days=1)) if visit.pk == visit_id]
    if not found:
        raise errors.NotFound("visit", str(visit_id))
    day.log_day(viewer, found)
    return _told(viewer, found)[0]


def card_of(viewer: Viewer, number: str) -> Card:
    """The card of a visible case, its read logged; what a role may not see is left out by the walls."""
    case = read_case(viewer, number)
    rows = visible_to(viewer, Address).filter(household=case.household_id, ends_on=None)
    address = rows.order_by("-starts_on", "-pk").first()
    actions = [action for action in actions_of(viewer, case) if action.state not in {"done", "cancelled"}]
    members = members_of(viewer, case)
    return Card(
        case=case,
        members=members,
        about=[one.person for one in members] if whose.is_asked(one.person.age for one in members) else [],
        contact=desk_contact(viewer, case),
        directions=address.directions if address else "",
        line=address.line if address else "",
        actions=actions[:SHOWN_ACTIONS],
        warnings=warnings.of_case(viewer, case),
    )


def _told(viewer: Viewer, found: Sequence[Visit]) -> list[FieldVisit]:
    recorders = {visit.recorded_by_id for visit in found if visit.recorded_by_id}
    names = dict(User.objects.filter(pk__in=recorders).values_list("pk", "name")) if recorders else {}
    inside = own_until(viewer, found) if found else {}
    return [_visit(visit, names.get(visit.recorded_by_id or 0, ""), inside.get(visit.pk)) for visit in found]


def _visit(visit: Visit, recorder: str, inside: Presence | None) -> FieldVisit:
    told: Any = visit  # with what the agenda adds: person, away, neutral
    report, case = visit.report, visit.case
    town = (report.town if report else None) or (case.town if case else None)
    return FieldVisit(
        id=visit.pk,
        kind=visit.kind,
        at=visit.at.astimezone(clock.SEOUL),
        number=case.number if case else "",
        report=codes.shown(report.code) if report else "",
        town=town.name if town else "",
        place=report.directions if report else "",
        person=told.person or "",
        away=told.away or "",
        neutral=bool(told.neutral),
        seen=tuple(str(words) for words in seen_words(report)) if report else (),
        words=report.words if report else "",
        danger=bool(report and (report.danger_words or report.urgency == "danger")),
        official=visit.official,
        worker=visit.worker,
        result=visit.result,
        result_words=str(VisitResult(visit.result).label) if visit.result else "",
        note=visit.note,
        recorded_by=recorder,
        recorded_at=visit.recorded_at,
        version=visit_version(visit.at, visit.result, visit.note),
        inside_since=inside.came_at if inside else None,
        inside_until=inside.due_at if inside else None,
        warnings=told.warnings,
        lead=case.lead if case else None,
    )
