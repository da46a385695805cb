"""The grid of needs: how a cell is written, when it is complete, and which stage follows (K1, D4, R55)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from cases.states import CaseStage
from hopecare.kernel.errors import Problem

UNASKED, NOTHING, PRIVATE = "unasked", "none", "private"
#: What a cell may say, in the order of the buttons; the numbers are severities.
VALUES = (UNASKED, NOTHING, "0", "1", "2", "3", "4", PRIVATE)
URGENT = 4
FULL_AGE = 19  # K10: from here on somebody's answers are their own (D4)
#: The form's value → what `NeedAnswer.answer` says; numbers are "severity".
_WORDS = {NOTHING: "nothing", PRIVATE: "private"}


@dataclass(frozen=True)
class Cell:
    """The newest answer of one cell: `answer_id` 0 and value "unasked" when nobody asked."""

    value: str = UNASKED
    answer_id: int = 0
    by_name: str = ""


def stored(value: str) -> tuple[str, int | None]:
    """ "3" → ("severity", 3), "none" → ("nothing", None), "private" → ("private", None)."""
    return (_WORDS[value], None) if value in _WORDS else ("severity", int(value))


def shown(answer: str, severity: int | None) -> str:
    """What the database holds → the form's value."""
    if answer == "severity":
        return str(severity)
    return NOTHING if answer == "nothing" else PRIVATE


def is_complete(values: Iterable[str]) -> bool:
    """Every one of the eight was asked, whatever was said."""
    found = list(values)
    return bool(found) and all(value != UNASKED for value in found)


def is_urgent(values: Iterable[str]) -> bool:
    """Urgent needs may be served before the grid is complete."""
    return any(value.isdigit() and int(value) >= URGENT for value in values)


def stage_after(stage: str, main: Iterable[str], everybody: Iterable[str]) -> CaseStage | None:
    """The stage that answers lead to (K1), None when nothing moves.

    Intake → survey with the first answer; → conference when the main person's eight are complete or one is critical.
    """
    mine, all_of_them = list(main), list(everybody)
    if stage not in {CaseStage.INTAKE, CaseStage.SURVEY}:
        return None
    if is_complete(mine) or is_urgent(all_of_them):
        return CaseStage.CONFERENCE
    if stage == CaseStage.INTAKE and any(value != UNASKED for value in all_of_them):
        return CaseStage.SURVEY
    return None


def conflicts(
    mine: Mapping[str, str], seen: Mapping[str, int], now: Mapping[str, Cell], shown_before: Mapping[str, str]
) -> dict[str, Cell]:
    """Cells that somebody else answered since this form was opened and that I changed, too, to something else.

    All keyed by category code; `seen` holds the answer ids the form showed, `shown_before` their values.
    """
    found = {}
    for code, value in mine.items():
        cell = now.get(code, Cell())
        moved = cell.answer_id != seen.get(code, 0)
        changed_by_me = value != shown_before.get(code, UNASKED)
        if moved and changed_by_me and cell.value != value:
            found[code] = cell
    return found


def cannot_be_unasked(code: str) -> Problem:
    return Problem("already_asked", _("This was asked already; it cannot become “not asked” again."), code)


def is_adult(age: int | None) -> bool:
    """Unknown ages count as adult: the careful side of D4."""
    return age is None or age >= FULL_AGE
