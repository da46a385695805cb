"""A plan by town, for the map and the table beside it: seats it would fill, seats from standing gifts, seats left."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from hopecare.kernel.access import Viewer
from hopecare.kernel.models import Town
from volunteers.access import visible_to
from volunteers.models import MatchRun, Portion, Proposal, Request
from volunteers.states import PortionState


@dataclass(frozen=True)
class TownSeats:
    """Seats of one town in a plan, as far as this viewer sees its requests."""

    town: Town
    asked: int
    given: int
    empty: int

    @property
    def wanted(self) -> int:
        return self.asked + self.given + self.empty

    @property
    def filled(self) -> int:
        return self.asked + self.given


def by_town(viewer: Viewer, run: MatchRun | None) -> list[TownSeats]:
    """Towns of a finished plan that want anybody, the emptiest first. Three queries; none without a plan."""
    if run is None or run.finished_at is None:
        return []
    asked = _counts(visible_to(viewer, Proposal).filter(run=run), "request__town_id")
    gifts = visible_to(viewer, Portion).filter(run=run).exclude(state=PortionState.TAKEN_BACK)
    given = _counts(gifts, "request__town_id")
    left = visible_to(viewer, Request).filter(pk__in=[int(one) for one in run.empties])
    empty = _counts(left, "town_id")
    rows = [
        TownSeats(town, asked[town.pk], given[town.pk], empty[town.pk])
        for town in Town.objects.filter(pk__in={*asked, *given, *empty})
    ]
    return sorted(rows, key=lambda row: (-row.empty, -row.wanted, row.town.pk))


def _counts(rows: Any, town: str) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list(town).annotate(Count("pk"))))
