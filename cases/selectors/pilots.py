"""Trials: those whose end has passed undecided first, then the running ones, then what was learned (R11)."""

from cases.models import Pilot
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

MOST = 100


def pilots(viewer: Viewer) -> list[Pilot]:
    """Undecided ones by their end, then decided ones, the newest first. One query."""
    check(viewer, Permission.BOARD_VIEW)
    rows = list(Pilot.objects.select_related("zone", "house").order_by("-decided_on", "ends_on")[:MOST])
    waiting = [row for row in rows if row.decided_on is None]
    return waiting + [row for row in rows if row.decided_on is not None]


def pilot(viewer: Viewer, pilot_id: int) -> Pilot:
    check(viewer, Permission.BOARD_VIEW)
    row = Pilot.objects.select_related("zone", "house", "by", "decided_by").filter(pk=pilot_id).first()
    if row is None:
        raise errors.NotFound("pilot", str(pilot_id))
    return row
