"""Hope managers as the desk sees them, by cohort, and a manager's own page of houses by town and letter."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q

from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system
from volunteers import access
from volunteers.access import visible_to
from volunteers.models import Cohort, HopeManager, Pairing, Volunteer
from volunteers.states import VolunteerState


@dataclass(frozen=True)
class ManagerCard:
    """`houses` of all centres, `late` of those the viewer may see: a contact is due and was not told."""

    manager: HopeManager
    houses: int
    late: int

    @property
    def is_full(self) -> bool:
        return self.houses >= self.manager.most


@dataclass
class CohortCard:
    cohort: Cohort
    managers: list[ManagerCard] = field(default_factory=list)


@dataclass(frozen=True)
class House:
    pairing: Pairing
    is_due: bool
    today: bool

    @property
    def place(self) -> str:
        return self.pairing.quarter or self.pairing.town.name


@dataclass(frozen=True)
class Led:
    """A manager of the leader's area, with the houses by letter and town; nobody's name but the manager's."""

    name: str
    most: int
    houses: list[House]

    @property
    def missed(self) -> int:
        return sum(1 for house in self.houses if house.is_due)


@dataclass(frozen=True)
class OwnPage:
    name: str
    token: str
    cohort: str
    leader: str
    houses: list[House]
    led: list[Led]
    contact_name: str
    contact_phone: str


@dataclass(frozen=True)
class ManagerPart:
    """On a volunteer's page: their place among the hope managers, and the houses that the viewer may see."""

    manager: HopeManager | None
    houses: int
    pairings: list[Pairing]
    today: date


def cohorts(viewer: Viewer) -> list[CohortCard]:
    """Own centre first, newest first. Four queries; reads of the register are logged."""
    rows = visible_to(viewer, Cohort).select_related("provider").order_by("-began_on", "-pk")
    own = viewer.organisation_id
    cards = {row.pk: CohortCard(row) for row in sorted(rows, key=lambda row: row.provider_id != own)}
    houses = _houses(viewer)
    late = _late(viewer)
    people = visible_to(viewer, HopeManager).exclude(volunteer__state=VolunteerState.LEFT)
    for row in people.select_related("volunteer__town", "leader").order_by("volunteer__name", "pk"):
        card = ManagerCard(row, houses.get(row.pk, 0), late.get(row.pk, 0))
        cards[row.cohort_id].managers.append(card)
    seen = [one.manager.volunteer_id for card in cards.values() for one in card.managers]
    audit.read(viewer, "volunteer", seen, what="managers")
    return list(cards.values())


def part_of(viewer: Viewer, volunteer: Volunteer) -> ManagerPart:
    """Three queries."""
    row = visible_to(viewer, HopeManager).filter(volunteer=volunteer).select_related("cohort", "leader").first()
    if row is None:
        return ManagerPart(None, 0, [], clock.today())
    rows = visible_to(viewer, Pairing).filter(manager=row, ended_on=None).select_related("town")
    return ManagerPart(row, _houses(viewer).get(row.pk, 0), list(rows.order_by("letter")), clock.today())


def pairing_of(viewer: Viewer, case_id: int) -> Pairing | None:
    """Who looks after this house, where the viewer may see it."""
    rows = visible_to(viewer, Pairing).filter(case_id=case_id, ended_on=None)
    return rows.select_related("manager__volunteer").first()


def choices(viewer: Viewer) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """(cohorts, possible leaders) for a form, names as they are."""
    groups = visible_to(viewer, Cohort).filter(provider_id=viewer.organisation_id).order_by("-began_on", "-pk")
    people = visible_to(viewer, HopeManager).filter(volunteer__state=VolunteerState.ACTIVE)
    leaders = people.order_by("volunteer__name").values_list("volunteer_id", "volunteer__name")
    return list(groups.values_list("pk", "name")), list(leaders)


def page_by_token(token: str) -> OwnPage:
    """By the manager's own link: houses by letter and town. Raises NotFound for a link that is not ours."""
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, HopeManager).exclude(volunteer__state=VolunteerState.LEFT)
        related = ("volunteer__town__zone__centre", "cohort", "leader")
        found = None
        if access.token_is_ours(token):
            hashes = access.token_candidates(token)
            found = rows.filter(token_hash__in=hashes).select_related(*related).first()
        if found is None:
            raise errors.NotFound("manager_link", "")
        led = list(rows.filter(leader_id=found.volunteer_id).select_related("volunteer").order_by("volunteer__name"))
        houses = _by_manager(machine, [found, *led])
        centre = found.volunteer.town.zone.centre
        return OwnPage(
            name=found.volunteer.name,
            token=token,
            cohort=found.cohort.name,
            leader=found.leader.name if found.leader is not None else "",
            houses=houses[found.pk],
            led=[Led(row.volunteer.name, row.most, houses[row.pk]) for row in led],
            contact_name=centre.name,
            contact_phone=centre.phone,
        )


def _by_manager(machine: Viewer, managers: list[HopeManager]) -> dict[int, list[House]]:
    """Houses that wait for a contact now or later, soonest first."""
    today, found = clock.today(), defaultdict[int, list[House]](list)
    live = visible_to(machine, Pairing).filter(manager__in=managers, ended_on=None, rests=False)
    for row in live.select_related("town").order_by("due_on", "letter"):
        found[row.manager_id].append(House(row, row.due_on <= today, row.last_on == today))
    return found


def _houses(viewer: Viewer) -> dict[int, int]:
    """Manager → houses of every centre: the limit holds for all of them together."""
    with acting_as(system(Principal.OFFERS)) as machine:
        rows = visible_to(machine, Pairing).filter(ended_on=None).order_by()
        return dict(rows.values_list("manager_id").annotate(Count("pk")))


def _late(viewer: Viewer) -> dict[int, int]:
    due = Q(ended_on=None, rests=False, due_on__lte=clock.today())
    rows = visible_to(viewer, Pairing).filter(due).order_by()
    return dict(rows.values_list("manager_id").annotate(Count("pk")))
