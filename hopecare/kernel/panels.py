"""Slots that a page names and apps fill, so that cases never names volunteers or donations.

`panels.register("case.aside", 20, volunteers_panel)` in AppConfig.ready(); a filler takes (viewer, subject) and returns
a `Panel` or None. Slots: front.doors, front.facts, desk.nav, day.column, case.aside, case.actions, case.action_row,
person.print, help.aside, kiosk.news, simulate.hand_over.
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
_slots: dict[str, list[tuple[int, Filler]]] = {}


def register(slot: str, position: int, filler: Filler) -> None:
    entries = _slots.setdefault(slot, [])
    if (position, filler) not in entries:
        entries.append((position, filler))
        entries.sort(key=lambda entry: entry[0])


def panels(slot: str, viewer: Viewer, subject: Any = None) -> list[Panel]:
    """The filled panels of a slot, in order of position."""
    filled = (filler(viewer, subject) for _, filler in _slots.get(slot, []))
    return [panel for panel in filled if panel is not None]
