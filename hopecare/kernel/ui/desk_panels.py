"""What the kernel itself puts into the menu of the person at the desk."""

from typing import Any

from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.permissions import Permission


def own_menu(viewer: Viewer, subject: Any) -> panels.Panel | None:
    context = {
        "may_confirm": viewer.may(Permission.AFFILIATION_CONFIRM),
        "may_open": viewer.may(Permission.ACCOUNT_OPEN),
    }
    return panels.Panel("kernel/menu.html", context)


panels.register("desk.menu", 80, own_menu, still=True)
