"""Single pieces of a case's work for its forms: an action, the services, money as told, how needs changed."""

from collections.abc import Iterable, Sequence
from typing import Any

from cases.models import (
    Action,
    AftercareCheck,
    Case,
    Means,
    NeedAnswer,
    Phase,
    Plan,
    ServiceRecord,
    Voice,
    VoiceKind,
)
from cases.rules import needs as rules
from cases.rules.closing import Change
from cases.selectors.catalogue import categories
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, check, get_visible, visible_to
from hopecare.kernel.models import Membership, Person
from hopecare.kernel.permissions import Permission


def action_of(viewer: Viewer, case: Case, action_id: int) -> Action:
    related = ("category", "service", "owner", "owner_organisation")
    return get_visible(viewer, Action, named="action", select=related, pk=action_id, case=case)


def check_of(viewer: Viewer, case: Case, check_id: int) -> AftercareCheck:
    return get_visible(viewer, AftercareCheck, named="aftercare", pk=check_id, case=case)


def person_of(viewer: Viewer, case: Case, person_id: int) -> Person:
    """A visible person of this case's household; NotFound otherwise."""
    membership = get_visible(
        viewer,
        Membership,
        named="person",
        select=("person",),
        person=person_id,
        household=case.household_id,
        ends_on=None,
    )
    return membership.person


def services_of(viewer: Viewer, case: Case, most: int = 200) -> list[ServiceRecord]:
    related = ("service", "provider_kind", "fund_source", "provider", "person", "question", "health_visit")
    return list(
        visible_to(viewer, ServiceRecord).filter(case=case).select_related(*related).order_by("-given_on", "-pk")[:most]
    )


def service_of(viewer: Viewer, case: Case, record_id: int) -> ServiceRecord:
    """Raises NotFound where it is not visible, as for one that is not there."""
    return get_visible(viewer, ServiceRecord, named="case", select=("service",), pk=record_id, case=case)


def plan_of(viewer: Viewer, case: Case) -> Plan | None:
    return visible_to(viewer, Plan).filter(case=case).order_by("-made_at", "-pk").first()


def means_of(viewer: Viewer, case: Case) -> Means | None:
    check(viewer, Permission.SECTION_MEANS)
    return visible_to(viewer, Means).filter(case=case).order_by("-told_on", "-pk").first()


def newest_cells(viewer: Viewer, case: Case) -> dict[int | None, dict[str, rules.Cell]]:
    """person id (None = household) → category code → newest answer; one query."""
    rows = (
        visible_to(viewer, NeedAnswer)
        .filter(case=case)
        .order_by("person_id", "category_id", "-asked_at", "-pk")
        .distinct("person_id", "category_id")
        .values_list("person_id", "category__code", "answer", "severity", "pk", "by__name")
    )
    cells: dict[int | None, dict[str, rules.Cell]] = {}
    for person_id, code, answer, severity, answer_id, by_name in rows:
        cells.setdefault(person_id, {})[code] = rules.Cell(rules.shown(answer, severity), answer_id, by_name)
    return cells


def cells_of(viewer: Viewer, case: Case, person_id: int | None) -> dict[str, rules.Cell]:
    """Category code → newest answer of one person, or of the household (None)."""
    rows = (
        visible_to(viewer, NeedAnswer)
        .filter(case=case, person_id=person_id)  # type: ignore[misc]
        .order_by("category_id", "-asked_at", "-pk")
        .distinct("category_id")
        .values_list("category__code", "answer", "severity", "pk", "by__name")
    )
    return {code: rules.Cell(rules.shown(answer, severity), pk, by) for code, answer, severity, pk, by in rows}


def voices_of(viewer: Viewer, case: Case, person_id: int | None) -> dict[str, str]:
    """Kind → newest words of one person; private notes too, so only for that person's own page (D4)."""
    rows = visible_to(viewer, Voice).filter(case=case, person_id=person_id)  # type: ignore[misc]
    return {row.kind: row.words for row in rows.order_by("at", "pk")}


def offer_and_words(viewer: Viewer, case: Case) -> tuple[str, str]:
    """(own words, can offer) of the main person."""
    found = voices_of(viewer, case, case.main_person_id)
    return found.get(VoiceKind.OWN_WORDS, ""), found.get(VoiceKind.OFFER, "")


def changes_of(viewer: Viewer, case: Case) -> list[Change]:
    """The main person's eight: the first answer at opening, and the last one of closing (or of today)."""
    rows = (
        visible_to(viewer, NeedAnswer)
        .filter(case=case, person_id=case.main_person_id)
        .order_by("asked_at", "pk")
        .values_list("category__code", "phase", "answer", "severity")
    )
    return changes_in(rows)


def changes_in(rows: Iterable[Sequence[Any]]) -> list[Change]:
    """Of (category, phase, answer, severity), the oldest first."""
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for code, phase, answer, severity in rows:
        value = rules.shown(answer, severity)
        first.setdefault(code, value)
        if phase != Phase.FOLLOW_UP:
            last[code] = value
    codes = [category.code for category in categories()]
    return [Change(code, first.get(code, rules.UNASKED), last.get(code, rules.UNASKED)) for code in codes]


def first_phase(case: Case, cells: dict[str, rules.Cell]) -> str:
    """The phase a form proposes: opening until something was asked, review afterwards, follow-up when closed."""
    if not case.is_open:
        return Phase.FOLLOW_UP
    opened = case.opened_at.astimezone(clock.SEOUL).date()
    young = (clock.today() - opened).days <= 30
    return Phase.OPEN if young or not rules.is_complete(cell.value for cell in cells.values()) else Phase.REVIEW
