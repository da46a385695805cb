"""The list of cases: which of them, filters, keyset pages and capped counts (R47). One query a page."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, DateTimeField, Func, IntegerField, Q, QuerySet, TextField, Value

from cases.models import Case
from cases.selectors.search import MOST, matching_case_ids
from cases.states import CaseStage
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.prepared import prepared
from hopecare.kernel.statements import array

PAGE = 50
COUNTED = 1000  # beyond this a number helps nobody and costs everybody
SCOPES = ("mine", "team", "shared", "house", "closed")


class Listed(NamedTuple):
    """One case as the list shows it; telephones and other secrets are not even read."""

    pk: int
    number: str
    provider_id: int
    stage: str
    survey_due: date
    conference_due: date
    plan_due: date
    last_contact_at: datetime | None
    tries: int
    updated_at: datetime
    person: str
    birth_date: date | None
    state: str
    state_since: date | None
    town_ko: str
    town_en: str
    lead: str
    total: int


_COLUMNS = (
    *("pk", "number", "provider_id", "stage", "survey_due", "conference_due", "plan_due"),
    *("last_contact_at", "tries", "updated_at"),
    *("main_person__name", "main_person__birth_date", "main_person__state", "main_person__state_since"),
    *("town__name_ko", "town__name_en", "lead__name"),
)


@dataclass(frozen=True)
class Filters:
    """What the page asks for; empty = no filter. `after` is the key of the last row of the former page."""

    scope: str = ""
    stage: str = ""
    town: int | None = None
    lead: int | None = None
    query: str = ""
    after: str = ""


@dataclass(frozen=True)
class CasePage:
    cases: Sequence[Listed]
    total: str
    next_key: str
    scope: str


def scopes_of(viewer: Viewer) -> list[str]:
    """The tabs that can hold something for this viewer, the usual one first."""
    found = ["mine", "team"] if viewer.team_ids else []
    found += ["house"] if viewer.provider_ids else []
    found += ["shared"] if viewer.case_ids else []
    return [*found, "closed"]


def case_page(viewer: Viewer, filters: Filters) -> CasePage:
    """One page, the most recently worked on first; the reads are logged. Runs inside `acting_as(viewer)`."""
    scopes = scopes_of(viewer)
    scope = filters.scope if filters.scope in scopes else scopes[0]
    if filters.query:
        return _search_page(viewer, filters, scope)
    narrowed, behind = _narrowed(filters), _behind(filters.after)
    kind = (scope, len(viewer.team_ids) == 1, tuple(narrowed), bool(behind))
    team = viewer.team_ids[0] if viewer.team_ids else 0
    listed = [Listed(*row) for row in _listed(viewer, *kind, team=team, **narrowed, **behind)]
    more = len(listed) > PAGE
    total = listed[0].total if listed else 0
    listed = listed[:PAGE]
    _log(viewer, listed, "list")
    return CasePage(listed, _capped(total, COUNTED), _key(listed[-1]) if more else "", scope)


def _capped(count: int, most: int) -> str:
    return f"{most:,}+" if count > most else f"{count:,}"


def _log(viewer: Viewer, listed: Sequence[Listed], what: str) -> None:
    if listed:
        owners = {case.provider_id for case in listed}
        audit.read(viewer, "case", [case.pk for case in listed], owners=owners, what=what)


def _search_page(viewer: Viewer, filters: Filters, scope: str) -> CasePage:
    """The ids come ordered and capped from the database; the key of the next page is a place among them."""
    ids = matching_case_ids(viewer, filters.query)
    begin = int(filters.after) if filters.after.isdecimal() and len(filters.after) < 6 else 0
    wanted = ids[begin : begin + PAGE]
    listed = [Listed(*row) for row in _chosen(viewer, ids=array(wanted))] if wanted else []
    _log(viewer, listed, "search")
    total = _capped(len(ids), MOST - 1)
    return CasePage(listed, total, str(begin + PAGE) if len(ids) > begin + PAGE else "", scope)


@prepared(ids=ArrayField(BigIntegerField()))
def _chosen(viewer: Viewer, blank: Any) -> Any:
    """The second half of D5: a sealed person's case is not found, whatever the ids say."""
    rows = visible_to(viewer, Case).filter(pk__among=blank.ids, main_person__sealed=False)
    return rows.order_by("-updated_at", "-pk").values_list(*_COLUMNS, Value(0))


@prepared(
    team=BigIntegerField(),
    stage=TextField(),
    town=BigIntegerField(),
    lead=BigIntegerField(),
    at=DateTimeField(),
    key=BigIntegerField(),
)
def _listed(viewer: Viewer, blank: Any, scope: str, one_team: bool, narrowed: tuple[str, ...], behind: bool) -> Any:
    """A page and one row more, each row with the capped count of them all, which is taken once.

    The page is chosen before names are looked up. A sealed person's case has no row for others and does not count (D5).
    """
    rows = _in_scope(viewer, scope, Q(team=blank.team) if one_team else Q(team__among=viewer.team_ids))
    rows = rows.filter(**{name: getattr(blank, name) for name in narrowed}).order_by("-updated_at", "-pk")
    counted = ArraySubquery(rows.order_by().values("pk")[: COUNTED + 1])
    total = Func(counted, function="cardinality", output_field=IntegerField())
    if behind:
        rows = rows.filter(updated_at__lte=blank.at).filter(Q(updated_at__lt=blank.at) | Q(pk__lt=blank.key))
    chosen = visible_to(viewer, Case).filter(pk__in=rows.values("pk")[: PAGE + 1])
    return chosen.order_by("-updated_at", "-pk").values_list(*_COLUMNS, total)


def _in_scope(viewer: Viewer, scope: str, teams: Q) -> QuerySet[Case]:
    """Each scope names the key its index begins with; `visible_to` stays beside it as the rule.

    `teams` is an equality for the usual single team, so that its index gives the order as well.
    """
    rows = visible_to(viewer, Case)
    if viewer.reach.sealed:
        rows = rows.exclude(pk__among=viewer.reach.sealed)
    if scope == "mine":
        return rows.filter(lead=viewer.user_id, closed_at=None)
    if scope == "shared":
        return rows.filter(pk__among=viewer.case_ids, closed_at=None)
    if scope == "house":
        return rows.filter(provider__among=viewer.provider_ids, closed_at=None)
    if scope == "team":
        return rows.filter(teams, closed_at=None)
    return rows.filter(teams if viewer.team_ids else Q(provider__among=viewer.provider_ids), stage=CaseStage.CLOSED)


def _narrowed(filters: Filters) -> dict[str, Any]:
    stage = filters.stage if filters.stage in set(CaseStage) else ""
    wanted = {"stage": stage, "town": filters.town, "lead": filters.lead}
    return {name: value for name, value in wanted.items() if value}


def _key(case: Listed) -> str:
    return base64.urlsafe_b64encode(json.dumps([case.updated_at.isoformat(), case.pk]).encode()).decode().rstrip("=")


def _behind(key: str) -> dict[str, Any]:
    """The place behind a key; a key that cannot be read begins at the start."""
    if not key:
        return {}
    try:
        moment, pk = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        at, pk = datetime.fromisoformat(moment), int(pk)
    except (ValueError, TypeError):
        return {}
    return {"at": at, "key": pk} if at.tzinfo is not None and abs(pk) < 2**62 else {}


def due_date(case: Case | Listed) -> date | None:
    """The deadline of K1 that the stage works towards; none in delivery and after closing."""
    dates = {
        CaseStage.INTAKE: case.survey_due,
        CaseStage.SURVEY: case.survey_due,
        CaseStage.CONFERENCE: case.conference_due,
        CaseStage.PLANNING: case.plan_due,
    }
    return dates.get(CaseStage(case.stage))


def is_late(case: Case | Listed) -> bool:
    due = due_date(case)
    return due is not None and due < clock.today()
