"""What volunteers put into other pages: the door, the menu, an action's row, what waits for the lead, my visits."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from hopecare.kernel import menu_counts, panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission
from volunteers.selectors import board
from volunteers.selectors.visits import visits_of

OPEN_STATES = ("open", "doing")


def door(viewer: Viewer, subject: Any) -> Panel:
    words = {
        "url": "/volunteer/",
        "picture": "door-volunteer",
        "title": _("I want to help"),
        "words": _("An hour a week is enough. You are asked each time."),
    }
    return Panel("components/door.html", words)


def nav_entry(viewer: Viewer, subject: Any) -> Panel | None:
    if not viewer.may(Permission.VOLUNTEER_VIEW):
        return None
    count = menu_counts.recent("looking", viewer, board.looking_count)
    shown = f"{board.COUNT_CAP}+" if count > board.COUNT_CAP else count or ""
    return Panel("components/nav_item.html", {"url": "/desk/matching/", "label": _("Matching"), "count": shown})


def action_row(viewer: Viewer, subject: Any) -> Panel | None:
    """`subject`: an action of a plan with `pk`, `owner_kind` and `state`."""
    if subject is None or getattr(subject, "owner_kind", "") != "volunteer":
        return None
    if not viewer.may(Permission.VOLUNTEER_VIEW) or subject.state in ("done", "cancelled"):
        return None
    return Panel("volunteers/panel_action.html", {"action_id": subject.pk, "find": subject.state in OPEN_STATES})


def waiting(viewer: Viewer, subject: Any) -> Panel | None:
    """Visits that were told as done wait for the lead to confirm them."""
    if not viewer.may(Permission.OFFER_MANAGE):
        return None
    rows = board.to_confirm_for_lead(viewer)
    return Panel("volunteers/panel_waiting.html", {"visits_to_confirm": rows}) if rows else None


def my_visits(viewer: Viewer, subject: Any) -> Panel | None:
    if viewer.user_id is None:
        return None
    rows = visits_of(viewer)
    return Panel("volunteers/panel_me.html", {"visits": rows}) if rows else None


def register() -> None:
    panels.register("front.doors", 30, door)
    panels.register("desk.nav", 40, nav_entry)
    panels.register("case.action_row", 20, action_row)
    panels.register("day.waiting", 30, waiting)
    panels.register("me.panels", 20, my_visits)
