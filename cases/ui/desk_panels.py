"""What the desk puts into other pages: the work menu's first three entries, with counts that cost one query."""

from typing import Any

from django.utils.functional import SimpleLazyObject

from cases.selectors.tallies import tallies
from hopecare.kernel import menu_counts, panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission


def entries(viewer: Viewer, subject: Any) -> Panel | None:
    """My day, reports, cases. A page that counted already passes `desk_tallies`, and nothing is asked again."""
    if viewer.user_id is None or not viewer.role:
        return None
    context = {
        "nav_tallies": SimpleLazyObject(lambda: menu_counts.recent("tallies", viewer, tallies)),
        "sees_reports": viewer.may(Permission.REPORT_VIEW),
        "sees_cases": viewer.may(Permission.CASE_VIEW),
        "sees_calls": viewer.may(Permission.CALLBACK_VIEW) and bool(viewer.team_ids or viewer.provider_ids),
    }
    return Panel("cases/desk/nav.html", context)


def register() -> None:
    panels.register("desk.nav", 10, entries)
