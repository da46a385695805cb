"""Circles as the desk sees them — who is in one, how lively it is — and as a neighbour sees their own."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from volunteers import access
from volunteers.access import get_visible, visible_to
from volunteers.models import Circle, Favour, Neighbour
from volunteers.rules.circles import FEWEST
from volunteers.states import FavourState

MONTH, MOST_ROWS, MOST_FAVOURS = timedelta(days=30), 100, 40


@dataclass(frozen=True)
class CircleCard:
    """`lively`: things asked and offered within thirty days; the words are the neighbours' own."""

    circle: Circle
    people: int
    lively: int
    neighbours: list[Neighbour]

    @property
    def lacks(self) -> int:
        return max(FEWEST - self.people, 0)


@dataclass(frozen=True)
class FavourCard:
    """`other`: the neighbour to ring, once somebody took it and the reader is one of the two."""

    favour: Favour
    mine: bool
    i_took: bool
    other: Neighbour | None


@dataclass(frozen=True)
class NeighbourPage:
    me: Neighbour
    others: list[Neighbour]
    open: list[FavourCard]
    settled: list[FavourCard]

    @property
    def lacks(self) -> int:
        return max(FEWEST - len(self.others) - 1, 0)


def circles(viewer: Viewer) -> list[CircleCard]:
    """Circles that meet, those of one's own centre first. Three queries."""
    rows = list(visible_to(viewer, Circle).filter(ended_on=None).select_related("town").order_by("village")[:MOST_ROWS])
    people, lively = _counts(rows)
    cards = [CircleCard(row, people[row.pk], lively[row.pk], []) for row in rows]
    return sorted(cards, key=lambda card: card.circle.provider_id != viewer.organisation_id)


def circle(viewer: Viewer, circle_id: int) -> CircleCard:
    """One circle; its neighbours for whoever runs volunteering at its centre. The read is logged."""
    row = get_visible(viewer, Circle, named="circle", pk=circle_id, select=("town",))
    neighbours = list(visible_to(viewer, Neighbour).filter(circle=row, left_on=None).order_by("number"))
    people, lively = _counts([row])
    audit.read(viewer, "circle", [row.pk], owners=[row.provider_id])
    if neighbours:
        audit.read(viewer, "neighbour", [one.pk for one in neighbours], owners=[row.provider_id])
    return CircleCard(row, people[row.pk], lively[row.pk], neighbours)


def page_by_token(token: str) -> NeighbourPage:
    """A neighbour's own page. Raises NotFound for a link that is not ours."""
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Neighbour).filter(left_on=None).select_related("circle__town")
        me = rows.filter(token_hash__in=access.token_candidates(token)).first() if access.token_is_ours(token) else None
        if me is None:
            raise errors.NotFound("neighbour_link", "")
        others = visible_to(machine, Neighbour).filter(circle=me.circle_id, left_on=None).exclude(pk=me.pk)
        found = visible_to(machine, Favour).filter(circle=me.circle_id).select_related("by", "taken_by")
        live = found.filter(state=FavourState.OPEN, on__gte=clock.today()).order_by("on", "pk")[:MOST_FAVOURS]
        settled = found.filter(state=FavourState.TAKEN, on__gte=clock.today() - MONTH).order_by("on", "pk")
        return NeighbourPage(
            me=me,
            others=list(others.order_by("number")),
            open=[_card(me, row) for row in live],
            settled=[_card(me, row) for row in settled if me.pk in (row.by_id, row.taken_by_id)],
        )


def _card(me: Neighbour, row: Favour) -> FavourCard:
    mine, i_took = row.by_id == me.pk, row.taken_by_id == me.pk
    return FavourCard(row, mine, i_took, row.taken_by if mine else row.by if i_took else None)


def _counts(rows: list[Circle]) -> tuple[Counter[int], Counter[int]]:
    """(people, things asked and offered lately) by circle: counted by the machine, so that no word is read."""
    with acting_as(system(Principal.OFFERS)) as machine:
        people = (
            visible_to(machine, Neighbour).filter(circle__in=rows, left_on=None).values_list("circle_id", flat=True)
        )
        lately = visible_to(machine, Favour).filter(circle__in=rows, written_at__gte=clock.now() - MONTH)
        return Counter(people), Counter(lately.values_list("circle_id", flat=True))
