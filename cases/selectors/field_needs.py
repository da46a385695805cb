"""Whom to ask about the eight at a household's door, and what has been answered so far (D4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.models import Case
from cases.rules import needs as rules
from cases.selectors.case_page import members_of, read_case
from cases.selectors.work import first_phase, newest_cells
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission


@dataclass(frozen=True)
class Asking:
    """One to be asked, or the household as a whole (`person_id` None); `alone`: out of others' hearing.

    `phase` is the one that a form proposes; `cells`: category code → newest answer, as far as the role may see it.
    """

    person_id: int | None
    name: str
    alone: bool
    phase: str
    cells: Mapping[str, rules.Cell]


def askings_of(viewer: Viewer, number: str) -> tuple[Case, list[Asking]]:
    """Everybody of a visible case's household and the household itself, the read logged. Raises NotFound, Forbidden."""
    check(viewer, Permission.CASE_ASSESS)
    case = read_case(viewer, number)
    cells = newest_cells(viewer, case)
    found = [_asking(case, one.person.pk, one.person.name, one.is_adult, cells) for one in members_of(viewer, case)]
    return case, [*found, _asking(case, None, "", False, cells)]


def _asking(
    case: Case, person_id: int | None, name: str, alone: bool, cells: Mapping[int | None, Mapping[str, rules.Cell]]
) -> Asking:
    mine = dict(cells.get(person_id, {}))
    return Asking(person_id, name, alone, first_phase(case, mine), mine)
