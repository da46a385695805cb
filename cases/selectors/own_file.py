"""Everything an organisation owns, in open formats: one ZIP of CSV files with a list of what is in them (K9).

The same predicate as every list: what the role does not open, sealed people and private notes are not taken along.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from typing import IO, Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cases.models import (
    Action,
    AftercareCheck,
    Case,
    CasePaper,
    NeedAnswer,
    Plan,
    Referral,
    Resource,
    ServiceRecord,
    TimelineEntry,
    Voice,
    VoiceKind,
)
from cases.selectors.exports import safe
from cases.selectors.own_sheets import NOT_IN_IT, OF_CASES, OF_PEOPLE, columns_of, of_house
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Viewer, check, visible_to
from hopecare.kernel.crypto import Undecipherable
from hopecare.kernel.models import Agreement, Document, Membership
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.documents import content_of

_AT_ONCE = 2_000
_TELEPHONES = {"telephone", "phone", "caller_phone", "to_phone", "call_back"}
#: File → (model, column → where it stands). Every row is one of the house's own cases.
_OF_CASES: dict[str, tuple[Any, dict[str, str]]] = {
    "needs": (NeedAnswer, {"case": "case__number", "person": "person__name", "category": "category__code",
                           "phase": "phase", "answer": "answer", "severity": "severity", "asked_at": "asked_at"}),
    "own_words": (Voice, {"case": "case__number", "person": "person__name", "kind": "kind", "words": "words",
                          "at": "at"}),
    "plans": (Plan, {"case": "case__number", "goal": "goal", "words": "goal_words", "signed_on": "signed_on",
                     "unsigned_reason": "unsigned_reason", "made_at": "made_at"}),
    "actions": (Action, {"case": "case__number", "person": "person__name", "title": "title",
                         "category": "category__code", "owner": "owner__name",
                         "organisation": "owner_organisation__name_ko", "due_on": "due_on", "state": "state",
                         "done_on": "done_on"}),
    "services": (ServiceRecord, {"case": "number", "person": "person__name", "service": "service__code",
                                 "provider_kind": "provider_kind__code", "given_on": "given_on", "until": "until",
                                 "amount_won": "amount_won", "spent_won": "spent_won",
                                 "fund_source": "fund_source__code", "note": "note", "source": "source"}),
    "referrals": (Referral, {"case": "case__number", "person": "person__name", "to": "to_name", "state": "state",
                             "sent_at": "sent_at", "appointment_at": "appointment_at", "words": "words"}),
    "timeline": (TimelineEntry, {"case": "case__number", "person": "person__name", "at": "at", "kind": "kind",
                                 "by": "by_name", "words": "words"}),
    "papers": (CasePaper, {"case": "case__number", "kind": "kind", "title": "title", "expires_on": "expires_on",
                           "file": "pk"}),
    "aftercare": (AftercareCheck, {"case": "case__number", "months": "months", "due_on": "due_on",
                                   "done_on": "done_on", "result": "result", "words": "words"}),
}  # fmt: skip
_CASES = {
    "number": "number", "name": "main_person__name", "birth_date": "main_person__birth_date",
    "telephone": "main_person__phone", "town": "town__code", "kind": "kind", "track": "track", "stage": "stage",
    "lead": "lead__name", "opened_at": "opened_at", "closed_at": "closed_at", "close_reason": "close_reason",
    "close_words": "close_words",
}  # fmt: skip
_PEOPLE = {
    "household": "household_id", "name": "person__name", "birth_date": "person__birth_date", "relation": "relation",
    "lives_here": "lives_here", "starts_on": "starts_on", "ends_on": "ends_on",
}  # fmt: skip
_RESOURCES = {
    "name": "name", "category": "category__code", "zone": "zone__code", "capacity": "capacity", "phone": "phone",
    "words": "words", "confirmed_on": "confirmed_on",
}  # fmt: skip


def write_own_file(viewer: Viewer, target: IO[bytes], *, reason: str) -> dict[str, int]:
    """Fill `target` with the ZIP; file → lines. Raises Impossible without a reason, which stands in the log."""
    check(viewer, Permission.CASE_EXPORT)
    check(viewer, Permission.CASE_VIEW_ORGANISATION)
    if not reason.strip():
        raise errors.Impossible(errors.required("reason"))
    house = viewer.organisation_id
    own = _own(viewer)
    ids = list(own.order_by("pk").values_list("pk", flat=True))
    counts: dict[str, int] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (rows, columns) in _tables(viewer, own).items():
            found = rows.order_by("pk").values_list(*columns.values()).iterator(chunk_size=_AT_ONCE)
            counts[name] = _sheet(archive, f"{name}.csv", columns, found)
        missing = _files(viewer, archive, _rows(viewer, CasePaper, own))
        archive.writestr("about.json", _about(viewer, counts, missing))
    audit.read(viewer, "case", ids, owners=[house], what="export")
    audit.changed(viewer, "case", ids, "exported", owners=[house], reason=reason.strip()[:200], lines=counts)
    return counts


def _own(viewer: Viewer) -> QuerySet[Case]:
    """The house's cases without the households in which somebody is sealed: each of their rows could name them (D5)."""
    sealed = visible_to(viewer, Membership).filter(person__sealed=True, ends_on=None)
    rows = visible_to(viewer, Case).filter(provider=viewer.organisation_id, main_person__sealed=False)
    return rows.exclude(household__in=sealed.values("household"))


def _tables(viewer: Viewer, own: QuerySet[Case]) -> dict[str, tuple[QuerySet[Any], dict[str, str]]]:
    """Sheet → its rows and columns, each behind the predicate of its model."""
    homes, house = own.values("household"), viewer.organisation_id
    members = visible_to(viewer, Membership).filter(household__in=homes, person__sealed=False)
    tables: dict[str, tuple[QuerySet[Any], dict[str, str]]] = {"cases": (own, _CASES), "people": (members, _PEOPLE)}
    for name, (model, columns) in _OF_CASES.items():
        tables[name] = (_rows(viewer, model, own), columns)
    for name, model in OF_CASES.items():
        tables[name] = (_rows(viewer, model, own), columns_of(model))
    for name, model in of_house(viewer).items():
        tables[name] = (_of_the_house(viewer, model, own), columns_of(model))
    for name, (model, way) in OF_PEOPLE.items():
        rows = visible_to(viewer, model)
        theirs = Q(person__in=own.values("main_person")) | Q(person__in=members.values("person"))
        of_these = theirs if way == "person" else Q(household__in=homes)
        tables[name] = (rows.filter(of_these), columns_of(model))
    agreed = Agreement.objects.filter(Q(first=house) | Q(second=house))
    tables["agreements"] = (agreed, columns_of(Agreement))
    tables["resources"] = (Resource.objects.filter(owner=house), _RESOURCES)
    return tables


def _of_the_house(viewer: Viewer, model: Any, own: QuerySet[Case]) -> QuerySet[Any]:
    """Rows that may stand before a case; those of a case go with it, so that a sealed person's stay (D5)."""
    rows: QuerySet[Any] = visible_to(viewer, model).filter(provider=viewer.organisation_id)
    if "case" in {field.name for field in model._meta.concrete_fields}:
        rows = rows.filter(Q(case=None) | Q(case__in=own.values("pk")))
    return rows


def _files(viewer: Viewer, archive: zipfile.ZipFile, papers: QuerySet[Any]) -> list[str]:
    """The pictures of the papers, and the PDF where one came, under the number that the sheet names; what is lost."""
    missing = []
    kept = papers.order_by("pk").values_list("pk", "document", "original")
    for paper, *documents in kept.iterator(chunk_size=_AT_ONCE):
        for document in visible_to(viewer, Document).filter(pk__in=[one for one in documents if one]):
            ending = "pdf" if document.content_type == "application/pdf" else "jpg"
            name = f"papers/{paper}.{ending}"
            try:
                archive.writestr(name, content_of(document))
            except (FileNotFoundError, Undecipherable):
                missing.append(name)
    return missing


def _rows(viewer: Viewer, model: Any, own: QuerySet[Case]) -> QuerySet[Any]:
    """Rows of the own cases; services also where the house gave them in somebody else's case, there without a number
    unless that case may be seen."""
    rows: QuerySet[Any] = visible_to(viewer, model)
    if model is ServiceRecord:
        number = visible_to(viewer, Case).filter(pk=OuterRef("case_id")).values("number")[:1]
        given = rows.filter(Q(provider=viewer.organisation_id) | Q(case__in=own.values("pk")))
        numbered: QuerySet[Any] = given.annotate(number=Subquery(number))
        return numbered
    rows = rows.filter(case__in=own.values("pk"))
    return rows.exclude(kind=VoiceKind.PRIVATE) if model is Voice else rows


def _sheet(archive: zipfile.ZipFile, name: str, columns: dict[str, str], rows: Iterable[tuple[Any, ...]]) -> int:
    """UTF-8 with a mark, so that a spreadsheet reads Hangul; a cell that it would run is told as text."""
    count = 0
    with archive.open(name, "w") as raw, io.TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        sheet = csv.writer(text)
        sheet.writerow(columns)
        for row in rows:
            sheet.writerow([_cell(column, cell) for column, cell in zip(columns, row, strict=True)])
            count += 1
    return count


def _cell(column: str, value: Any) -> str:
    if column in _TELEPHONES:
        return safe(phones.shown(value or ""))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, default=str)
    return "" if value is None else safe(str(value))


def _about(viewer: Viewer, counts: dict[str, int], missing: list[str]) -> str:
    told = {
        "organisation": viewer.organisation_name,
        "written_at": clock.now().isoformat(),
        "sections": list(viewer.sections),
        "lines": counts,
        "not_in_it": NOT_IN_IT,
        "files_not_found": missing,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)
