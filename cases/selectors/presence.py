"""Who is inside at a visit now, and who of them should have been out."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.models import Presence, Visit
from cases.rules.visits import GRACE
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, visible_to


@dataclass(frozen=True)
class Inside:
    """One of the two, and whether others have begun to look for them."""

    row: Presence
    is_late: bool


def inside(viewer: Viewer, visit: Visit) -> list[Inside]:
    """Whoever went in and has not come out, first come first. One query."""
    rows = visible_to(viewer, Presence).filter(visit=visit, left_at=None).select_related("user").order_by("came_at")
    return [Inside(row, row.due_at + GRACE <= clock.now()) for row in rows]


def own_until(viewer: Viewer, visits: Sequence[Visit]) -> dict[int, Presence]:
    """Visit id → where the viewer is inside now. One query."""
    mine = visible_to(viewer, Presence).filter(visit__in=visits, left_at=None, user_id=viewer.user_id or 0)
    return {row.visit_id: row for row in mine}
