"""Slots that a page names and apps fill, so that cases never names volunteers or donations.

`panels.register("case.aside", 20, volunteers_panel)` in AppConfig.ready(); a filler takes (viewer, subject) and returns
a `Panel` or None. Slots: front.doors, front.facts, desk.nav, desk.menu, day.column, case.aside, case.actions,
case.action_row, case.givers, colleague.move, person.print, help.aside, kiosk.news, simulate.hand_over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hopecare.kernel.access import Viewer


@dataclass(frozen=True)
class Panel:
    template: str
    context: dict[str, Any] = field(default_factory=dict)


Filler = Callable[[Viewer, Any], Panel | None]


@dataclass(frozen=True)
class Entry:
    """`still`: what it says depends on the viewer's permissions and the language alone, so it is said once for each."""

    position: int
    filler: Filler
    still: bool


_slots: dict[str, list[Entry]] = {}


def register(slot: str, position: int, filler: Filler, *, still: bool = False) -> None:
    entries, entry = _slots.setdefault(slot, []), Entry(position, filler, still)
    if entry not in entries:
        entries.append(entry)
        entries.sort(key=lambda entry: entry.position)


def entries_of(slot: str) -> list[Entry]:
    """Those who fill a slot, in order of position."""
    return _slots.get(slot, [])
