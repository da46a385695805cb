"""What the kernel itself puts into the menu of the person at the desk."""

from typing import Any

from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission
from hopecare.kernel.services.organisations import may_mark


def own_menu(viewer: Viewer, subject: Any) -> panels.Panel | None:
    context = {
        "may_confirm": viewer.may(Permission.AFFILIATION_CONFIRM),
        "may_open": viewer.may(Permission.ACCOUNT_OPEN),
    }
    return panels.Panel("kernel/menu.html", context)


def names_menu(viewer: Viewer, subject: Any) -> panels.Panel | None:
    """For the central desk alone, which a role does not tell."""
    return panels.Panel("kernel/names_menu.html", {}) if may_mark(viewer) else None


panels.register("desk.menu", 80, own_menu, still=True)
panels.register("desk.menu", 81, names_menu)
