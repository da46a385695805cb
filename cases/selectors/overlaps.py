"""What is given twice: the question before a record is written, and the list of open questions (R20, D17)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet

from cases.models import Case, Overlap, OverlapKind
from cases.rules.checks import Near
from cases.selectors import catalogue
from hopecare.kernel import audit, clock, names
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import OverlapPolicy, Service
from hopecare.kernel.statements import ask, statement

MOST = 200
_COLUMNS = "f.kind, f.record_id, f.provider_id, o.name_ko, f.ends_on, f.same_case, f.given, f.given_won, o.tells"
#: The name of a record's organisation is for those who may see the record (D17).
_HOUSE = "left join kernel_organisation o on o.id = f.provider_id and f.record_id is not null"
_ASK = statement(
    f"select {_COLUMNS} from hc_overlaps(%(case)s, %(person)s, %(service)s, %(giver)s, %(first)s, %(last)s, %(won)s) f"
    f" {_HOUSE}"
)
_ASK_ALL = statement(
    f"select x.place, {_COLUMNS} from unnest(%(cases)s::bigint[], %(people)s::bigint[])"
    " with ordinality x(case_id, person_id, place) cross join lateral"
    " hc_overlaps(x.case_id, x.person_id, %(service)s, %(giver)s, %(first)s, %(last)s, %(won)s) f"
    f" {_HOUSE} order by x.place"
)


def equivalent(
    viewer: Viewer,
    *,
    case_id: int,
    person_id: int | None,
    service_id: int,
    giver_id: int | None,
    given_on: date,
    until: date | None = None,
    won: int = 0,
    provider_id: int | None = None,
) -> list[Near]:
    """Equivalent services of the same people in the period, and an exceeded quota; the question itself is logged.

    Of records the viewer may not see: that there is one and its end, nothing else; of sensitive services, sealed people
    and those with a note of violence, illness or the like: nothing at all. The organisations that were asked about see
    the question in "who reads us". One query.
    """
    values = {"case": case_id, "person": person_id, "service": service_id, "giver": giver_id or 0}
    rows = ask(_ASK, {**values, "first": given_on, "last": until, "won": won})
    found = [_near(viewer, row) for row in rows]
    owners = {provider_id, *(near.provider_id for near in found)}
    audit.read(viewer, "case", [case_id], owners=owners, what="overlap_check")
    return found


def _near(viewer: Viewer, row: tuple[Any, ...]) -> Near:
    kind, record, provider, name, ends_on, same_case, given, given_won, tells = row
    said = name or "" if names.may_name(viewer, tells or "", provider) else names.neutral()
    return Near(kind, record, provider, said, ends_on, same_case, given or 0, given_won or 0)


def planned(viewer: Viewer, case: Case, *, service: Service | None, until: date) -> list[Near]:
    """What somebody in the household receives already, from whomever, between today and the day a task is due.

    One query. The own house counts, too: a colleague may have begun it.
    """
    if service is None or service.service_class_id is None:
        return []
    return equivalent(
        viewer,
        case_id=case.pk,
        person_id=None,
        service_id=service.pk,
        giver_id=None,
        given_on=clock.today(),
        until=max(until, clock.today()),
        provider_id=case.provider_id,
    )


def equivalent_of_many(
    viewer: Viewer,
    pairs: Sequence[tuple[int, int | None]],
    *,
    service_id: int,
    giver_id: int | None,
    given_on: date,
    won: int = 0,
    owners: Iterable[int] = (),
) -> list[list[Near]]:
    """As `equivalent`, for a list of (case, person) in that order. One query, one row of the log."""
    found: list[list[Near]] = [[] for _ in pairs]
    if not pairs:
        return found
    cases = [case for case, _ in pairs]
    values = {"cases": cases, "people": [person for _, person in pairs], "service": service_id}
    rows = ask(_ASK_ALL, {**values, "giver": giver_id or 0, "first": given_on, "last": None, "won": won})
    for place, *row in rows:
        found[place - 1].append(_near(viewer, tuple(row)))
    named = {near.provider_id for nears in found for near in nears}
    audit.read(viewer, "case", cases, owners={*owners, *named}, what="overlap_check")
    return found


def refuses(service: Service) -> bool:
    """Whether the service's class refuses a second one without words."""
    known = catalogue.by_id(catalogue.services(), service.pk) or service
    kind = known.service_class
    return kind is not None and kind.policy == OverlapPolicy.REFUSE


@dataclass(frozen=True)
class OverlapRow:
    """One open question as the list shows it; `other` is empty where its name is not for the viewer.

    `house`: who gave the record that the question is about, as the viewer may read it.
    """

    overlap: Overlap
    other: str
    days_left: int
    house: str

    @property
    def late(self) -> bool:
        return self.days_left < 0


def overlaps(viewer: Viewer, *, kind: str = "", mine: bool = False, most: int = MOST) -> list[OverlapRow]:
    """Open questions, those that wait longest first; the reads are logged. One query."""
    rows = _open(viewer, kind=kind, mine=mine)
    related = (
        "case__main_person",
        "case__lead",
        "record__service",
        "record__provider",
        "service_class",
        "other_provider",
    )
    listed = list(rows.select_related(*related).order_by("answer_due", "pk")[:most])
    if listed:
        owners = {row.provider_id for row in listed}
        audit.read(viewer, "case", [row.case_id for row in listed], owners=owners, what="list")
    today = clock.today()
    return [overlap_row(viewer, row, today) for row in listed]


def overlap_row(viewer: Viewer, row: Overlap, today: date) -> OverlapRow:
    giver = names.shown(viewer, row.record.provider)
    return OverlapRow(row, other_name(viewer, row), (row.answer_due - today).days, giver)


def other_name(viewer: Viewer, row: Overlap) -> str:
    """The other organisation's, where its record is of the same case or of one's own house; else nothing (D17)."""
    same_case = row.kind == OverlapKind.PERIOD and (row.other_record_id or 0) > 0
    own = row.other_provider_id in {viewer.organisation_id, *viewer.provider_ids}
    return names.shown(viewer, row.other_provider) if row.other_provider and (same_case or own) else ""


def overlap_counts(viewer: Viewer) -> dict[str, int]:
    """Open questions by kind, and how many are mine; the same rows as the list's."""
    counts: dict[str, int] = {str(kind): 0 for kind in OverlapKind}
    mine = total = 0
    for kind, lead_id in _open(viewer).values_list("kind", "case__lead_id"):
        counts[kind] += 1
        total += 1
        mine += lead_id == viewer.user_id
    return {**counts, "all": total, "mine": mine}


def _open(viewer: Viewer, *, kind: str = "", mine: bool = False) -> QuerySet[Overlap]:
    rows = visible_to(viewer, Overlap).filter(answered_at=None)
    if kind in set(OverlapKind):
        rows = rows.filter(kind=kind)
    return rows.filter(case__lead_id=viewer.user_id) if mine else rows


def open_overlap(viewer: Viewer, overlap_id: int) -> Overlap | None:
    related = ("case__main_person", "record__service", "record__provider", "service_class", "other_provider")
    return visible_to(viewer, Overlap).select_related(*related).filter(pk=overlap_id).first()


def answered_lately(viewer: Viewer, days: int = 30, most: int = 20) -> list[Any]:
    since = clock.now() - timedelta(days=days)
    rows = visible_to(viewer, Overlap).filter(answered_at__gte=since).annotate(number=F("case__number"))
    return list(rows.select_related("service_class", "answered_by").order_by("-answered_at")[:most])
