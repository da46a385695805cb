"""The boards' places in the desk's menu."""

from typing import Any

from django.utils.translation import gettext as _

from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission


def boards_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.BOARD_VIEW):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/boards/", "label": _("Boards")})


def accounts_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.MONEY_VIEW):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/accounts/", "label": _("Money")})


panels.register("desk.nav", 90, boards_entry)
panels.register("desk.nav", 95, accounts_entry)
