"""Take a file of another system in: read as a whole or not at all, then row by row in batches that may be interrupted.

The same file again goes on where it stopped; the same row twice is one; a wrong row waits until it is corrected.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models import ImportFile, ImportRow, ImportState
from cases.rules.imports import MappingOf
from cases.services import import_files as files
from cases.services.import_given import take_benefits, take_services
from cases.services.import_intakes import open_intakes
from cases.services.import_people import take_households, take_people
from cases.services.import_work import Line, Work, line_of, machine_for, mapping, tell_leads, write
from cases.services.locking import actor
from hopecare.kernel import audit, clock, crypto, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system, visible_to
from hopecare.kernel.nudge import nudge
from hopecare.kernel.permissions import Permission

log = logging.getLogger(__name__)
BATCH = 500
#: Rows and bytes that are taken at the desk; larger files come in by `manage.py import_city`.
DESK_ROWS, DESK_BYTES = 20_000, 10 * 1024 * 1024
_MOST_ROWS = 1_000_000
_ONE_AT_A_TIME = 719_0019  # advisory lock: two batches at once would add the same household twice
_TAKE: dict[str, Callable[[Work, list[Line]], list[int]]] = {
    "people": take_people,
    "households": take_households,
    "services": take_services,
    "benefits": take_benefits,
}


def demand(by: Viewer) -> None:
    """The central desk and the city hall alone; for everybody else there is no such page."""
    check(by, Permission.CITY_IMPORT)
    if not by.central:
        raise errors.NotFound("import", "")


def bring(*, by: Viewer, path: Path, name: str, code: str, most_rows: int = _MOST_ROWS) -> ImportFile:
    """Check the whole file, then keep its rows. Brought again, it goes on where it stopped, or is the first one.

    Raises Impossible with what is wrong with the file, and then nothing of it was written.
    """
    demand(by)
    way = mapping(code)
    if way is None:
        raise errors.Impossible(errors.Problem("no_mapping", _("Choose how this file is to be read."), "mapping"))
    ignored = _checked(path, way, most_rows)
    with acting_as(by):
        file, fresh = ImportFile.objects.get_or_create(
            sha256=files.print_of(path),
            mapping=way.code,
            provider_id=by.organisation_id,
            defaults={
                "kind": way.kind,
                "source": way.source,
                "name": Path(name).name[:120],
                "brought_by_id": actor(by),
                "ignored": ignored[:40],
            },
        )
        if fresh:
            audit.changed(by, "import", [file.pk], "brought", mapping=way.code)
    if file.read_at is None:
        _keep_rows(by, file, way, path)
    return file


def soon(file_id: int) -> None:
    """The worker takes the rows in once they are committed; beat asks as well."""
    transaction.on_commit(lambda: nudge("cases.take_in", file_id), robust=True)


def _checked(path: Path, way: MappingOf, most_rows: int) -> list[str]:
    """The headings that are not read; raises Impossible where the file cannot be read to its end."""
    found = files.lines(path)
    headings = next(found)
    places = way.places(headings)
    missing = [way.columns[name][0] for name in way.needs if name not in places]
    if missing:
        words = _("These headings are missing: %(headings)s.") % {"headings": ", ".join(missing)}
        raise errors.Impossible(errors.Problem("no_columns", words, "file"))
    count = 0
    for count, _line in enumerate(found, 1):
        if count > most_rows:
            raise files.refuse("too_many_rows", files.TOO_MANY, most=f"{most_rows:,}")
    if not count:
        raise files.refuse("empty", files.EMPTY)
    return [heading for place, heading in enumerate(headings) if heading and place not in places.values()]


def _keep_rows(by: Viewer, file: ImportFile, way: MappingOf, path: Path) -> None:
    """A transaction per batch; `rows_read` is where an interrupted one goes on."""
    found = files.lines(path)
    places = way.places(next(found))
    entries = islice(enumerate(found, 1), file.rows_read, None)
    while chunk := list(islice(entries, BATCH * 2)):
        with acting_as(by):
            fresh, same = _fresh(file, way, places, chunk)
            ImportRow.objects.bulk_create(fresh)
            file.rows_read, file.rows_same = chunk[-1][0], file.rows_same + same
            file.save(update_fields=["rows_read", "rows_same"])
    with acting_as(by):
        file.read_at = clock.now()
        file.save(update_fields=["read_at"])


def _fresh(
    file: ImportFile, way: MappingOf, places: dict[str, int], chunk: list[tuple[int, list[str]]]
) -> tuple[list[ImportRow], int]:
    """Rows that never came before, and how many did."""
    public = _is_public(file)
    rows: dict[str, ImportRow] = {}
    older: dict[str, str] = {}
    for number, line in chunk:
        cells = {name: line[place] for name, place in places.items() if line[place]}
        if not public:
            cells.pop("resident_number", None)
        prints = _prints(way, cells)
        older |= dict.fromkeys(prints, prints[-1])
        rows.setdefault(
            prints[-1],
            ImportRow(file=file, provider_id=file.provider_id, kind=way.kind, source=way.source, number=number,
                      key=cells.get(way.key, "")[:80], household_key=cells.get("household_key", "")[:80],
                      row_hash=prints[-1], cells=json.dumps(cells, ensure_ascii=False)),
        )  # fmt: skip
    with acting_as(system(Principal.IMPORTS)):
        seen = ImportRow.objects.filter(source=way.source, kind=way.kind)
        seen = seen.filter(Q(row_hash__in=older) | Q(corrected_hash__in=older))
        for pair in seen.values_list("row_hash", "corrected_hash"):
            for digest in pair:
                rows.pop(older.get(digest, ""), None)
    return list(rows.values()), len(chunk) - len(rows)


def _prints(way: MappingOf, cells: dict[str, str]) -> list[str]:
    """Keyed prints of what a row says, under every key of the ring; the newest stands last."""
    clear = json.dumps([way.kind, sorted(cells.items())], ensure_ascii=False)
    return crypto.hash_candidates(clear, purpose="import-row")


def _is_public(file: ImportFile) -> bool:
    return file.provider.is_public


def take_in(*, file_id: int | None = None) -> int:
    """Every row that waits, of one file or of all; returns how many ended. Safe to repeat and to interrupt."""
    with acting_as(system(Principal.IMPORTS)):
        waiting = ImportRow.objects.filter(state=ImportState.WAITING)
        waiting = waiting.filter(file=file_id) if file_id else waiting
        ids = sorted(waiting.values_list("file_id", flat=True).distinct())
    return sum(sum(_batches(one)) for one in ids)


def look_again() -> int:
    """Rows that waited for a case or a consent; every night."""
    with acting_as(system(Principal.IMPORTS)):
        ImportRow.objects.filter(state=ImportState.LATER).update(state=ImportState.WAITING)
    return take_in()


def take_back(*, by: Viewer, people: Iterable[int]) -> None:
    """These people were one and are two again: what came across between them waits anew, each row for its own (D6)."""
    with acting_as(system(Principal.IMPORTS)), connection.cursor() as cursor:
        cursor.execute("select * from hc_take_imports_back(%s)", [list(people)])
        found = cursor.fetchall()
    for file_id in sorted({file for file, _case in found}):
        soon(file_id)
    cases = sorted({case for _file, case in found if case})
    if cases:
        audit.changed(by, "case", cases, "imports_taken_back", rows=len(found))


def _batches(file_id: int) -> Iterator[int]:
    with acting_as(system(Principal.IMPORTS)):
        file = ImportFile.objects.select_related("provider").get(pk=file_id)
    way = mapping(file.mapping)
    while way is not None:
        try:
            done = _batch(file, way)
        except DatabaseError:
            done = _one_by_one(file, way)
        yield done
        if not done:
            return


def _one_by_one(file: ImportFile, way: MappingOf) -> int:
    """A row that the database refuses goes to the queue by itself, and takes nobody along."""
    with acting_as(system(Principal.IMPORTS)):
        waiting = ImportRow.objects.filter(file=file, state=ImportState.WAITING).order_by("number")
        ids = list(waiting.values_list("pk", flat=True)[:BATCH])
    for row_id in ids:
        try:
            _batch(file, way, row_id)
        except DatabaseError as error:
            log.warning("row %s of file %s: %s", row_id, file.pk, type(error).__name__)
            with acting_as(system(Principal.IMPORTS)):
                refused = {"state": ImportState.WRONG, "problems": [["", "refused"]]}
                ImportRow.objects.filter(pk=row_id).update(**refused)
    return len(ids)


def _batch(file: ImportFile, way: MappingOf, row_id: int | None = None) -> int:
    work = Work(machine_for(file), file, way, _is_public(file))
    with acting_as(work.by):
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        waiting = ImportRow.objects.filter(file=file, state=ImportState.WAITING)
        if row_id is not None:
            waiting = waiting.filter(pk=row_id)
        rows = list(waiting.select_for_update().order_by("number")[:BATCH])
        for row in rows:
            row.file = file
        lines = [line_of(work, row, json.loads(row.cells or "{}")) for row in rows]
        ready = [line for line in lines if line.row.state == ImportState.WAITING]
        touched = _TAKE[way.kind](work, ready) if ready else []
        write(rows)
        if way.intake:
            open_intakes(work, ready)
        if touched:
            kind = "person" if way.kind == "people" else "case"
            audit.changed(work.by, kind, touched, "imported", owners=[file.provider_id], file=file.pk)
        tell_leads(work)
    return len(rows)


def correct(*, by: Viewer, row_id: int, cells: dict[str, str]) -> ImportRow:
    """A row of the queue with other words, run at once; returns it as it then stands."""

    def change(row: ImportRow, way: MappingOf) -> dict[str, Any]:
        kept = {name: text.strip() for name, text in cells.items() if name in way.columns and text.strip()}
        before = json.loads(row.cells or "{}")
        if "resident_number" in before:
            kept.setdefault("resident_number", before["resident_number"])
        return {
            "cells": json.dumps(kept, ensure_ascii=False),
            "key": kept.get(way.key, "")[:80],
            "household_key": kept.get("household_key", "")[:80],
            "corrected_hash": _prints(way, kept)[-1],
        }

    return _again(by, row_id, ImportState.WRONG, "corrected", change)


def decide(*, by: Viewer, row_id: int, person_id: int | None) -> ImportRow:
    """A person looked at both: the row means this one of ours, or somebody else (D6)."""

    def change(row: ImportRow, way: MappingOf) -> dict[str, Any]:
        return {
            "decided": "same" if person_id else "other",
            "person_id": person_id,
            "decided_by_id": actor(by),
            "decided_at": clock.now(),
        }

    return _again(by, row_id, ImportState.REVIEW, "decided", change)


def leave_out(*, by: Viewer, row_id: int, words: str) -> ImportRow:
    """The row is not taken in, and why; its words are forgotten."""
    demand(by)
    with acting_as(by):
        row = _locked(by, row_id)
        if not words.strip():
            raise errors.Impossible(errors.required("words"))
        row.state, row.words, row.cells, row.done_at = ImportState.LEFT_OUT, words.strip()[:300], "", clock.now()
        row.save(update_fields=["state", "words", "cells", "done_at"])
        audit.changed(by, "import", [row.file_id], "left_out", row=row.number)
        return row


def _again(
    by: Viewer, row_id: int, state: str, what: str, change: Callable[[ImportRow, MappingOf], dict[str, Any]]
) -> ImportRow:
    demand(by)
    with acting_as(by):
        row = _locked(by, row_id)
        way = mapping(row.file.mapping)
        if row.state != state or way is None:
            words = _("Somebody was quicker: this row has moved on. Please look at it again.")
            raise errors.Impossible(errors.Problem("moved_on", words))
        fields = change(row, way)
        visible_to(by, ImportRow).filter(pk=row.pk).update(state=ImportState.WAITING, **fields)
        audit.changed(by, "import", [row.file_id], what, row=row.number)
        _batch(row.file, way, row.pk)
        row.refresh_from_db()
        return row


def _locked(by: Viewer, row_id: int) -> ImportRow:
    open_states = [ImportState.WRONG, ImportState.REVIEW, ImportState.LATER]
    rows = visible_to(by, ImportRow).select_related("file__provider").select_for_update(of=("self",))
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise errors.NotFound("import_row", str(row_id))
    if row.state not in open_states:
        words = _("Somebody was quicker: this row has moved on. Please look at it again.")
        raise errors.Impossible(errors.Problem("moved_on", words))
    return row


def again(*, by: Viewer, file_id: int) -> int:
    """Rows of one file that wait for a case or consent are looked at now; returns how many."""
    demand(by)
    with acting_as(by):
        rows = visible_to(by, ImportRow).filter(file=file_id, state=ImportState.LATER)
        soon(file_id)
        return rows.update(state=ImportState.WAITING)
