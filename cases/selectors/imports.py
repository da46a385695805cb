"""Files of other systems, what became of their rows, and the two queues where a person looks (R19, D17)."""

import json
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from cases.models import ImportFile, ImportKey, ImportRow, ImportState
from cases.rules.imports import MappingOf, Told, told
from cases.rules.likeness import Known
from cases.rules.linking import Stranger, judge
from cases.selectors.linking import likely
from cases.selectors.routing import Route, routes
from hopecare.kernel import audit, crypto, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, get_visible, system, visible_to
from hopecare.kernel.models import Town

FILES, ROWS = 50, 50
_TAKEN = (ImportState.DONE, ImportState.HELD)


@dataclass(frozen=True)
class Counted:
    """A file with what became of its rows. `taken` counts whatever needs nobody any more, and tells no more (D17)."""

    file: ImportFile
    taken: int = 0
    wrong: int = 0
    review: int = 0
    later: int = 0
    waiting: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class Queued:
    """A row of a queue with its words."""

    row: ImportRow
    cells: dict[str, str]


@dataclass(frozen=True)
class Meant:
    """Somebody of ours whom a row may mean: as little as is needed to tell them apart."""

    person_id: int
    name: str
    born: date | None
    year_only: bool
    town: str
    reasons: tuple[str, ...]
    chance: float


def files(viewer: Viewer) -> list[Counted]:
    """The newest files of the viewer's house."""
    rows = visible_to(viewer, ImportFile).select_related("brought_by").order_by("-brought_at", "-pk")[:FILES]
    return _counted(viewer, list(rows))


def file_of(viewer: Viewer, file_id: int) -> Counted:
    row = get_visible(viewer, ImportFile, named="import", select=("brought_by",), pk=file_id)
    return _counted(viewer, [row])[0]


def _counted(viewer: Viewer, found: list[ImportFile]) -> list[Counted]:
    rows = visible_to(viewer, ImportRow).filter(file__in=[file.pk for file in found])
    tallies: dict[int, dict[str, int]] = {file.pk: {} for file in found}
    for file_id, state, count in rows.values_list("file_id", "state").annotate(n=Count("pk")).order_by():
        tallies[file_id][state] = count
    return [
        Counted(file, sum(tally.get(state, 0) for state in _TAKEN),
                *(tally.get(state, 0) for state in ("wrong", "review", "later", "waiting", "left_out")))
        for file in found
        for tally in (tallies[file.pk],)
    ]  # fmt: skip


def open_counts(viewer: Viewer) -> tuple[int, int]:
    """How many rows wait to be corrected and to be decided."""
    rows = visible_to(viewer, ImportRow).filter(state__in=[ImportState.WRONG, ImportState.REVIEW])
    found = dict(rows.values_list("state").annotate(n=Count("pk")).order_by())
    return found.get(ImportState.WRONG, 0), found.get(ImportState.REVIEW, 0)


def queue(viewer: Viewer, state: str, *, after: int = 0, file_id: int | None = None) -> list[Queued]:
    """Rows in that state, the oldest first, a page from `after` on; reading them is logged."""
    rows = visible_to(viewer, ImportRow).filter(state=state, pk__gt=after)
    rows = rows.filter(file=file_id) if file_id else rows
    found = [Queued(row, cells_of(row)) for row in rows.select_related("file").order_by("pk")[:ROWS]]
    audit.read(viewer, "import", sorted({one.row.file_id for one in found}), owners=[viewer.organisation_id])
    return found


def wrong_of(viewer: Viewer, file_id: int) -> list[Queued]:
    """Rows of one file that wait to be corrected, the first page of them."""
    return queue(viewer, ImportState.WRONG, file_id=file_id)


def row_of(viewer: Viewer, row_id: int) -> Queued:
    row = get_visible(viewer, ImportRow, named="import_row", select=("file", "file__brought_by"), pk=row_id)
    audit.read(viewer, "import", [row.file_id], owners=[row.provider_id])
    return Queued(row, cells_of(row))


def cells_of(row: ImportRow) -> dict[str, str]:
    return dict(json.loads(row.cells)) if row.cells else {}


def meant(viewer: Viewer, way: MappingOf, cells: dict[str, str]) -> list[Meant]:
    """Whom a doubtful row may mean; sealed people and quiet cases are never among them (D5, D17). Looks are logged."""
    with acting_as(system(Principal.IMPORTS)):
        verdict = judge(asked := stranger(way, cells), likely([asked]).near(asked))
    if verdict.kind != "doubtful":
        return []
    towns = {town.pk: town.name for town in Town.objects.all()}
    audit.read(viewer, "person", [found.one.id for found in verdict.near], what="import_review")
    return [
        Meant(
            one.id, one.known.name, one.known.born, one.known.year_only, towns.get(one.town or 0, ""), reasons, chance
        )
        for one, reasons, chance in verdict.near
    ]


def stranger(way: MappingOf, cells: dict[str, str]) -> Stranger:
    """Whom the words of a row speak of, in what can be compared."""
    said = told(way, cells)
    try:
        phone = phones.normal(said.words.get("phone", ""))
    except phones.BadPhone:
        phone = ""
    return stranger_of(said, route_of(said.words.get("town", "")), phone)


def stranger_of(said: Told, route: Route | None, phone: str) -> Stranger:
    number = said.words.get("resident_number", "")
    known = Known(
        said.words.get("name", ""),
        said.days.get("birth_date"),
        said.year_only,
        frozenset(phones.candidates(phone) if phone else ()),
        frozenset(crypto.hash_candidates(number, purpose="resident-number") if number else ()),
    )
    return Stranger(known, route.town_id if route else None, said.words.get("sex", "U"))


def route_of(words: str) -> Route | None:
    """The town that a cell names, by code or by name within an address."""
    return routes().towns.get(words) or routes().by_words(words) if words else None


def keys(viewer: Viewer) -> list[ImportKey]:
    """Keys of the own house with which systems bring files by themselves, those that hold first."""
    rows = ImportKey.objects.filter(organisation=viewer.organisation_id).select_related("user")
    return sorted(rows, key=lambda row: (row.ended_at is not None, -row.made_at.timestamp()))
