"""Whose name is given out in lists that others read: one that alone tells why somebody goes there stays back (D17).

The one place that decides. `hopecare.kernel.models.Organisation.tells` is the mark; the page "Names that tell" sets it.
"""

from typing import Protocol

from django.utils.translation import gettext as _

from hopecare.kernel.access import Viewer


class House(Protocol):
    """An organisation, or a row that holds what matters of one."""

    @property
    def pk(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def tells(self) -> str: ...


def neutral() -> str:
    return _("a partner organisation")


def may_name(viewer: Viewer | None, tells: str, house_id: int | None, *, leads: bool = False) -> bool:
    """Whoever reads the section, leads the case, or works there. On paper and in messages (no viewer) nobody (D4)."""
    if not tells:
        return True
    if viewer is None:
        return False
    return leads or f"section.{tells}" in viewer.permissions or viewer.organisation_id == house_id


def shown(viewer: Viewer | None, house: House, *, leads: bool = False) -> str:
    """The name as this viewer may read it."""
    return house.name if may_name(viewer, house.tells, house.pk, leads=leads) else neutral()
