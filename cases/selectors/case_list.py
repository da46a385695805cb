"""The list of cases: which of them, filters, keyset pages and capped counts (R47). Two queries a page."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from cases.models import Case
from cases.selectors.search import MOST, matching_case_ids
from cases.states import CaseStage
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, visible_to

PAGE = 50
COUNTED = 1000  # beyond this a number helps nobody and costs everybody
SCOPES = ("mine", "team", "shared", "house", "closed")
#: What a row needs; telephones and other secrets are not even read.
_COLUMNS = (
    "number",
    "provider_id",
    "kind",
    "stage",
    "survey_due",
    "conference_due",
    "plan_due",
    "signed_off",
    "last_contact_at",
    "updated_at",
    "closed_at",
    "close_reason",
    "main_person__name",
    "main_person__birth_date",
    "main_person__birth_year_only",
    "main_person__state",
    "town__name_ko",
    "town__name_en",
    "lead__name",
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
    cases: Sequence[Case]
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
    rows = _narrowed(_in_scope(viewer, scope), filters)
    counted = rows[: COUNTED + 1].count()
    total = f"{COUNTED:,}+" if counted > COUNTED else f"{counted:,}"
    listed = list(_after(rows, filters.after).only(*_COLUMNS)[: PAGE + 1])
    more = len(listed) > PAGE
    listed = listed[:PAGE]
    _log(viewer, listed, "list")
    return CasePage(listed, total, _key(listed[-1]) if more else "", scope)


def _log(viewer: Viewer, listed: Sequence[Case], what: str) -> None:
    if listed:
        owners = {case.provider_id for case in listed}
        audit.read(viewer, "case", [case.pk for case in listed], owners=owners, what=what)


def _search_page(viewer: Viewer, filters: Filters, scope: str) -> CasePage:
    """The ids come ordered and capped from the database; the key of the next page is a place among them."""
    ids = matching_case_ids(viewer, filters.query)
    begin = int(filters.after) if filters.after.isdigit() and len(filters.after) < 6 else 0
    wanted = ids[begin : begin + PAGE]
    rows = _rows(viewer).filter(pk__in=wanted, main_person__sealed=False).only(*_COLUMNS) if wanted else []
    listed = list(rows)
    _log(viewer, listed, "search")
    total = f"{MOST - 1:,}+" if len(ids) >= MOST else f"{len(ids):,}"
    return CasePage(listed, total, str(begin + PAGE) if len(ids) > begin + PAGE else "", scope)


def _rows(viewer: Viewer) -> QuerySet[Case]:
    """The join on the main person is the second half of D5: a sealed person's case has no row for others."""
    rows = visible_to(viewer, Case).select_related("main_person", "town", "lead")
    return rows.order_by("-updated_at", "-pk")


def _in_scope(viewer: Viewer, scope: str) -> QuerySet[Case]:
    """Each scope names the key its index begins with; `visible_to` stays beside it as the rule."""
    rows = _rows(viewer)
    if scope == "mine":
        return rows.filter(lead_id=viewer.user_id, closed_at=None)
    if scope == "shared":
        return rows.filter(pk__in=viewer.case_ids, closed_at=None)
    if scope == "house":
        return rows.filter(provider_id__in=viewer.provider_ids, closed_at=None)
    if scope == "team":
        return rows.filter(_teams(viewer), closed_at=None)
    keys = _teams(viewer) if viewer.team_ids else Q(provider_id__in=viewer.provider_ids)
    return rows.filter(keys, stage=CaseStage.CLOSED)


def _teams(viewer: Viewer) -> Q:
    """Equality for the usual single team, so that its index gives the order as well."""
    if len(viewer.team_ids) == 1:
        return Q(team_id=viewer.team_ids[0])
    return Q(team_id__in=viewer.team_ids)


def _narrowed(rows: QuerySet[Case], filters: Filters) -> QuerySet[Case]:
    wanted: dict[str, Any] = {}
    if filters.stage in set(CaseStage):
        wanted["stage"] = filters.stage
    if filters.town:
        wanted["town_id"] = filters.town
    if filters.lead:
        wanted["lead_id"] = filters.lead
    return rows.filter(**wanted)


def _key(case: Case) -> str:
    return base64.urlsafe_b64encode(json.dumps([case.updated_at.isoformat(), case.pk]).encode()).decode().rstrip("=")


def _after(rows: QuerySet[Case], key: str) -> QuerySet[Case]:
    """Rows behind a key; a key that cannot be read begins at the start."""
    if not key:
        return rows
    try:
        moment, pk = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        at, pk = datetime.fromisoformat(moment), int(pk)
    except (ValueError, TypeError):
        return rows
    if at.tzinfo is None:
        return rows
    return rows.filter(updated_at__lte=at).filter(Q(updated_at__lt=at) | Q(pk__lt=pk))


def due_date(case: Case) -> date | None:
    """The deadline of K1 that the stage works towards; none in delivery and after closing."""
    dates = {
        CaseStage.INTAKE: case.survey_due,
        CaseStage.SURVEY: case.survey_due,
        CaseStage.CONFERENCE: case.conference_due,
        CaseStage.PLANNING: case.plan_due,
    }
    return dates.get(CaseStage(case.stage))


def is_late(case: Case) -> bool:
    due = due_date(case)
    return due is not None and due < clock.today()
