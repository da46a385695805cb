"""Who may be rung at short notice: by zone and week for the board, by request for the machine that asks."""

from dataclasses import dataclass
from datetime import date, timedelta

from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Zone
from volunteers.access import visible_to
from volunteers.models import Request, StandBy, Volunteer
from volunteers.states import StandByState, VolunteerState


@dataclass
class OnCall:
    """One zone's list of a week: who said "call me", how many were asked and have not answered yet."""

    zone: Zone
    rows: list[StandBy]
    open: int = 0

    @property
    def free(self) -> int:
        return sum(1 for row in self.rows if row.rung_at is None)


def week_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def of_week(viewer: Viewer, monday: date) -> list[OnCall]:
    """Every zone's list, first come first. Two queries; reads of the register are logged."""
    found = {zone.pk: OnCall(zone, []) for zone in Zone.objects.order_by("pk")}
    rows = visible_to(viewer, StandBy).filter(week=monday).exclude(state=StandByState.OFF)
    for row in rows.select_related("volunteer__town").order_by("answered_at", "pk"):
        if row.state == StandByState.ON and row.volunteer.state == VolunteerState.ACTIVE:
            found[row.zone_id].rows.append(row)
        elif row.state == StandByState.ASKED:
            found[row.zone_id].open += 1
    audit.read(viewer, "volunteer", [row.volunteer_id for one in found.values() for row in one.rows], what="on_call")
    return list(found.values())


def for_request(viewer: Viewer, request: Request) -> list[int]:
    """Volunteers of the request's zone and week who said "call me" and were not rung yet, first come first."""
    monday = week_of(request.during.lower.astimezone(clock.SEOUL).date())
    rows = visible_to(viewer, StandBy).filter(
        zone_id=request.town.zone_id, week=monday, state=StandByState.ON, rung_at=None
    )
    return list(rows.order_by("answered_at", "pk").values_list("volunteer_id", flat=True))


def of_volunteer(viewer: Viewer, volunteer: Volunteer) -> StandBy | None:
    """Their own line of this week."""
    return visible_to(viewer, StandBy).filter(volunteer=volunteer, week=week_of(clock.today())).first()
