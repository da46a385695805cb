"""Places in the desk's menu, and the news on the lobby's screen: help given, volunteers, gifts."""

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


def volunteer_news(viewer: Viewer, subject: Any) -> Panel | None:
    """How many neighbours helped in the last thirty days; nothing below five."""
    helped = selectors.volunteering_lately()
    return Panel("insight/helped.html", {"helped": helped, "days": selectors.LOBBY_DAYS}) if helped else None


def donor_news(viewer: Viewer, subject: Any) -> Panel | None:
    """What neighbours gave this year and what it became."""
    giving = selectors.giving_this_year()
    return Panel("insight/gifts.html", {"giving": giving}) if giving else None


panels.register("kiosk.news", 10, given_news)
panels.register("kiosk.news", 20, volunteer_news)
panels.register("kiosk.news", 30, donor_news)
panels.register("desk.nav", 90, boards_entry)
