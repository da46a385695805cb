"""Trials: those whose end has passed undecided first, then the running ones, then what was learned (R11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from cases.models import FigureHope, Pilot, PilotFigure, PilotValue
from cases.rules import pilots as rules
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


@dataclass(frozen=True)
class Figure:
    """A figure of a trial, its values by day and what became of it; `replaced`: another of the same day came."""

    row: PilotFigure
    values: Sequence[tuple[PilotValue, bool]]
    picture: rules.Picture

    @property
    def newest(self) -> Decimal | None:
        return next((one.value for one, replaced in reversed(self.values) if not replaced), None)

    @property
    def change(self) -> Decimal | None:
        return None if self.newest is None else self.newest - self.row.before

    @property
    def as_hoped(self) -> bool:
        return bool(self.change) and (self.change > 0) == (self.row.hope == FigureHope.UP)  # type: ignore[operator]

    @property
    def late(self) -> bool:
        """Chosen when the trial was under way already: whoever reads it should know."""
        return timezone.localdate(self.row.at) > self.row.pilot.starts_on


def figures(viewer: Viewer, pilot: Pilot) -> list[Figure]:
    """Those of one trial as they were chosen. Two queries."""
    check(viewer, Permission.BOARD_VIEW)
    values = Prefetch("values", PilotValue.objects.select_related("by").order_by("on", "pk"))
    rows = PilotFigure.objects.filter(pilot=pilot).select_related("by", "pilot").prefetch_related(values)
    return [_figure(row) for row in rows.order_by("pk")]


def _figure(row: PilotFigure) -> Figure:
    values = list(row.values.all())
    holds = {one.on: one for one in values}
    told = [(one, holds[one.on] is not one) for one in values]
    drawn = rules.picture(row.before, row.before_on, [(one.on, one.value) for one in holds.values()])
    return Figure(row, told, drawn)


def figure(viewer: Viewer, pilot_id: int, figure_id: int) -> PilotFigure:
    check(viewer, Permission.BOARD_VIEW)
    row = PilotFigure.objects.select_related("pilot").filter(pk=figure_id, pilot_id=pilot_id).first()
    if row is None:
        raise errors.NotFound("pilot", str(pilot_id))
    return row
