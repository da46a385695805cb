"""The rows that hang on a case, as subqueries of JSON beside it: one round trip, each kind behind its own rule.

Reference data comes as ids, whose names the catalogue remembers: every join less is planning time saved.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from cases.models import (
    AftercareCheck,
    Approval,
    CaseMember,
    Means,
    NeedAnswer,
    Plan,
    ServiceRecord,
    TimelineEntry,
    Visit,
    Voice,
    VoiceKind,
)
from hopecare.kernel.access import Viewer, visible_to

ENTRIES = 6
COUNTED_SERVICES = 100
PARTS = (
    *("needs", "voices", "means", "plans", "team", "services"),
    *("entries", "stages", "aftercare", "reported", "visited", "approvals"),
)
Rows = Callable[..., QuerySet[Any]]


def case_parts(viewer: Viewer) -> dict[str, QuerySet[Any]]:
    """Name → subquery over `OuterRef("pk")` of a case, ready for ArraySubquery."""
    of_case = OuterRef("pk")

    def rows(model: Any, *order: str) -> QuerySet[Any]:
        return visible_to(viewer, model).filter(case=of_case).order_by(*order)

    return {**_said(rows), **_agreed(rows), **_given(rows), **_passed(rows)}


def _json(query: QuerySet[Any], *same: str, **named: str) -> QuerySet[Any]:
    return query.values(json=JSONObject(**{name: name for name in same}, **named))


def _said(rows: Rows) -> dict[str, QuerySet[Any]]:
    """Needs (the newest of each cell), own words and offers of the main person, income. Private notes stay out (D4)."""
    needs = rows(NeedAnswer, "person_id", "category_id", "-asked_at", "-pk").distinct("person_id", "category_id")
    named = {"person": "person_id", "category": "category_id", "at": "asked_at"}
    voices = rows(Voice, "-at", "-pk").filter(person=F("case__main_person")).exclude(kind=VoiceKind.PRIVATE)
    means = rows(Means, "-told_on", "-pk")
    return {
        "needs": _json(needs, "answer", "severity", "pk", **named),
        "voices": _json(voices, "kind", "words")[:10],
        "means": _json(means, won="monthly_income_won", size="household_size", on="told_on")[:1],
    }


def _agreed(rows: Rows) -> dict[str, QuerySet[Any]]:
    """The newest plan, and who works on the case."""
    plans = rows(Plan, "-made_at", "-pk")
    team = rows(CaseMember, "starts_on", "pk").filter(ends_on=None)
    houses = {"house_ko": "organisation__name_ko", "house_en": "organisation__name_en"}
    houses |= {"house_id": "organisation_id", "tells": "organisation__tells"}
    return {
        "plans": _json(plans, "pk", "goal", "goal_words", "signed_on", "unsigned_reason")[:1],
        "team": _json(team, user="user_id", name="user__name", **houses),
        "approvals": rows(Approval, "pk").filter(state__in=["open", "returned"]).values_list("pk"),
    }


def _given(rows: Rows) -> dict[str, QuerySet[Any]]:
    services = rows(ServiceRecord, "-given_on", "-pk")
    named = {"service": "service_id", "kind": "provider_kind_id", "won": "spent_won", "source": "fund_source_id"}
    return {"services": _json(services, "given_on", "note", **named)[:COUNTED_SERVICES]}


def _passed(rows: Rows) -> dict[str, QuerySet[Any]]:
    """The timeline's newest entries, the days of the stages, aftercare."""
    stages = rows(TimelineEntry, "at").filter(kind__in=["stage", "closed"])
    return {
        "entries": _json(rows(TimelineEntry, "-at", "-pk"), "at", "kind", "words", "details", by="by_name")[:ENTRIES],
        "stages": _json(stages, "at", "details"),
        "aftercare": _json(rows(AftercareCheck, "due_on"), "pk", "months", "due_on", "done_on", "words", "result"),
        "reported": rows(TimelineEntry, "at").filter(kind="report_received").values_list("at")[:1],
        "visited": rows(Visit, "at").filter(result="met").values_list("at")[:1],
    }
