"""What the desk puts into other pages: the work menu's first three entries, with counts that cost one query."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.functional import SimpleLazyObject

from cases.selectors.day import Tallies, tallies
from hopecare.kernel import panels
from hopecare.kernel.access import Viewer
from hopecare.kernel.panels import Panel
from hopecare.kernel.permissions import Permission


def entries(viewer: Viewer, subject: Any) -> Panel | None:
    """My day, reports, cases. A page that counted already passes `desk_tallies`, and nothing is asked again."""
    if viewer.user_id is None or not viewer.role:
        return None
    context = {
        "nav_tallies": SimpleLazyObject(lambda: recent_tallies(viewer)),
        "sees_reports": viewer.may(Permission.REPORT_VIEW),
        "sees_cases": viewer.may(Permission.CASE_VIEW),
        "sees_calls": viewer.may(Permission.CALLBACK_VIEW) and bool(viewer.team_ids or viewer.provider_ids),
    }
    return Panel("cases/desk/nav.html", context)


def recent_tallies(viewer: Viewer) -> Tallies:
    """Counts of the menu, at most NAV_COUNT_SECONDS old: they stand on every page and need not be of this second."""
    if not settings.NAV_COUNT_SECONDS:
        return tallies(viewer)
    key = f"nav:{viewer.user_id}:{viewer.organisation_id}:{viewer.role}:{viewer.team_ids}"
    found: Tallies | None = cache.get(key.replace(" ", ""))
    if found is None:
        found = tallies(viewer)
        cache.set(key.replace(" ", ""), found, settings.NAV_COUNT_SECONDS)
    return found


def register() -> None:
    panels.register("desk.nav", 10, entries)
