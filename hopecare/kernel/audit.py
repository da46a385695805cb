"""Append-only audit of changes and of reads of private records (K9); refusals too.

A change row stands in the transaction of the change: if it cannot be written, the change does not happen. Reads are
collected on the viewer and written as one row per request, before the transaction commits.
"""

import json
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db import models

from hopecare.kernel import access, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, visibility
from hopecare.kernel.models import ChangeEntry, ReadEntry
from hopecare.kernel.permissions import Permission
from hopecare.kernel.statements import Statement, array, ask, statement, write

_COLUMNS = (
    *("at", "user_id", "user_name", "organisation_id", "principal", "source_address"),
    *("subject_kind", "subject_ids", "owner_ids", "what"),
)


def changed(
    by: Viewer, kind: str, ids: Iterable[int], what: str, *, owners: Iterable[int | None] = (), **details: Any
) -> None:
    """Record that `by` did `what` (verb, lower-case code) to the subjects; details name fields, not contents."""
    row = {**_row(by, kind, ids, owners, what), "details": json.dumps(details, default=str)}
    write(_insert("kernel_change", "details", 1), {f"{name}_0": value for name, value in row.items()})


def read(by: Viewer, kind: str, ids: Iterable[int], *, owners: Iterable[int | None] = (), what: str = "view") -> None:
    """Note that `by` reads these private records; written as one row when the request ends."""
    by.reads.append((kind, list(ids), [owner for owner in owners if owner], what))


def _write_reads(by: Viewer) -> None:
    """One row a kind of record, in most requests one row; a list of fifty cases is one row with fifty ids."""
    entries = list(by.reads)
    by.reads.clear()
    rows = []
    for kind in dict.fromkeys(entry[0] for entry in entries):
        of_kind = [entry for entry in entries if entry[0] == kind]
        ids = sorted({subject for entry in of_kind for subject in entry[1]})
        owners = sorted({owner for entry in of_kind for owner in entry[2]})
        rows.append({**_row(by, kind, ids, owners, of_kind[0][3]), "refused": False})
    if rows:
        _insert_reads(rows)


def _insert_reads(rows: list[dict[str, Any]]) -> None:
    """All rows in one round trip."""
    values = {f"{name}_{place}": value for place, row in enumerate(rows) for name, value in row.items()}
    ask(_insert("kernel_read", "refused", len(rows)), values)


@cache
def _insert(table: str, last: str, rows: int) -> Statement:
    columns = [*_COLUMNS, last]
    places = ", ".join(f"({', '.join(f'%({name}_{place})s' for name in columns)})" for place in range(rows))
    return statement(f"insert into {table} ({', '.join(columns)}) values {places}")


def _row(by: Viewer, kind: str, ids: Iterable[int], owners: Iterable[int | None], what: str) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "user_id": by.user_id,
        "user_name": by.name,
        "organisation_id": by.organisation_id,
        "principal": str(by.principal),
        "source_address": by.source_address,
        "subject_kind": kind,
        "subject_ids": array(ids),
        "owner_ids": array(owner for owner in owners if owner),
        "what": what,
    }


access.on_finish(_write_reads)

#: subject kind → what was asked for → (subject ids, owner organisation ids)
Resolver = Callable[[str], tuple[list[int], list[int]]]
_resolvers: dict[str, Resolver] = {}
_arguments: dict[str, str] = {}
Answerer = Callable[[Viewer, str], bool]
_answerers: dict[str, Answerer] = {}


def register_subject(
    kind: str, resolver: Resolver, *, url_argument: str = "", answers_for: Answerer | None = None
) -> None:
    """How to find whose record an attempt was about; the resolver runs as the principal `auditor`.

    `url_argument` is the name under which addresses carry what is asked for (`<number>`), so that a role which may
    not open the page at all is noted as well. `answers_for` says whether a viewer answers personally for the record
    (leads the case), and so may see who looked at it without the permission for the whole organisation.
    """
    _resolvers[kind] = resolver
    if url_argument:
        _arguments[url_argument] = kind
    if answers_for:
        _answerers[kind] = answers_for


def answers_for(viewer: Viewer, kind: str, asked: str) -> bool:
    return kind in _answerers and _answerers[kind](viewer, asked)


_words: dict[str, Any] = {}


def register_words(words: dict[str, Any]) -> None:
    """What was done, for people: code of `changed` or `read` → lazy sentence fragment ("opened the case")."""
    _words.update(words)


def words_for(what: str) -> Any:
    """The registered words, or the code itself: an unnamed change is shown rather than hidden."""
    return _words.get(what, what)


def kind_of_argument(name: str) -> str:
    """The subject kind that an address's argument names, or empty."""
    return _arguments.get(name, "")


def resolve(kind: str, asked: str) -> tuple[list[int], list[int]]:
    """(subject ids, owner organisation ids) of what was asked for; both empty when there is no such thing."""
    if kind not in _resolvers:
        return [], []
    with acting_as(access.system(Principal.AUDITOR)):
        return _resolvers[kind](asked)


def refused(by: Viewer, error: errors.NotFound) -> None:
    """Write the refusal in a transaction of its own, after the request's was rolled back."""
    if by.user_id is None or not error.kind:
        return
    ids, owners = resolve(error.kind, error.asked)
    if ids:
        with acting_as(access.system(Principal.AUDITOR)):
            _insert_reads([{**_row(by, error.kind, ids, owners, "refused"), "refused": True}])


@visibility(ReadEntry, ChangeEntry)
def audit_rule(viewer: Viewer) -> models.Q:
    """Audit rows about records that the viewer's own organisation owns, for roles that answer for them."""
    if not viewer.may(Permission.AUDIT_VIEW) or viewer.organisation_id is None:
        return models.Q(what__in=[])
    return models.Q(owner_ids__contains=[viewer.organisation_id])
