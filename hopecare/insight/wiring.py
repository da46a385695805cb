"""The boards' places in the desk's menu, and what was given lately on the lobby's screen."""

from typing import Any

from django.utils.translation import gettext as _

from hopecare.insight import selectors
from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission


def boards_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.BOARD_VIEW):
        return None
    return Panel("components/nav_item.html", {"url": "/desk/boards/", "label": _("Boards")})


def given_news(viewer: Viewer, subject: Any) -> Panel | None:
    """Totals by service of the last thirty days, from the service records; nothing where there is nothing."""
    given = selectors.given_lately()
    if not given:
        return None
    volunteers = sum(one.by_volunteers or 0 for one in given)
    return Panel("insight/given.html", {"given": given, "days": selectors.LOBBY_DAYS, "volunteers": volunteers})


panels.register("kiosk.news", 10, given_news)
panels.register("desk.nav", 90, boards_entry)
