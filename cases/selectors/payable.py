"""What the money side may know of an action of a plan that gifts could pay."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cases.models import Action, Case, PublishedNeed
from cases.rules import publishing
from cases.states import ActionState
from hopecare.kernel import clock
from hopecare.kernel.access import Viewer, get_visible, visible_to
from hopecare.kernel.models import Category, Membership, Service


@dataclass(frozen=True)
class PayableAction:
    """An action with a service; `needs` are the uuids under which givers know needs of the same case.

    `children`: somebody below nineteen lives in the household.
    """

    action_id: int
    case_id: int
    number: str
    title: str
    team_id: int
    provider_id: int
    service: Service
    category: Category
    needs: tuple[uuid.UUID, ...]
    is_open: bool
    children: bool = False


def payable_action(viewer: Viewer, action_id: int) -> PayableAction | None:
    """None when its service cannot be paid by gifts at all; NotFound when the viewer may not see it."""
    related = ("case", "service", "category")
    action = get_visible(viewer, Action, named="action", pk=action_id, select=related)
    if action.service is None or not action.service.gift_purpose:
        return None
    needs = PublishedNeed.objects.filter(case_id=action.case_id).values_list("uuid", flat=True)
    return PayableAction(
        action.pk,
        action.case_id,
        action.case.number,
        action.title,
        action.team_id,
        action.provider_id,
        action.service,
        action.category,
        tuple(needs),
        action.case.is_open,
        _children(action.case.household_id),
    )


def _children(household_id: int) -> bool:
    """Somebody below nineteen lives there."""
    today = clock.today()
    since = date(today.year - 19, today.month, min(today.day, 28))
    rows = Membership.objects.filter(household_id=household_id, ends_on=None, person__birth_date__gt=since)
    return rows.exists()


def numbers_of(viewer: Viewer, case_ids: Iterable[int]) -> dict[int, str]:
    """Numbers of those of these cases that the viewer may see; the others are missing."""
    return dict(visible_to(viewer, Case).filter(pk__in=list(case_ids)).values_list("pk", "number"))


@dataclass(frozen=True)
class TeamNeed:
    """A need that givers see now, as its own team knows it; `action_id`: the open task of its plan, if there is one."""

    uuid: uuid.UUID
    words: str
    urgent: bool
    since: date
    target_won: int
    service: Service
    centre_id: int
    case_id: int
    number: str
    action_id: int | None
    wanted_by: date | None = None


def needs_of_teams(viewer: Viewer, *, limit: int = 60) -> list[TeamNeed]:
    """Needs of the viewer's own cases that are shown to givers, the most urgent and oldest first; two queries."""
    rows = visible_to(viewer, PublishedNeed).filter(closed_at=None, shown_from__lte=clock.now())
    needs = list(rows.select_related("case", "service").order_by("-urgent", "shown_from", "pk")[:limit])
    open_states = (ActionState.OPEN, ActionState.DOING)
    actions = visible_to(viewer, Action).filter(case__in=[need.case_id for need in needs], state__in=open_states)
    tasks = {(case, service): pk for case, service, pk in actions.values_list("case_id", "service_id", "pk")}
    return [
        TeamNeed(
            need.uuid,
            need.words,
            need.urgent or publishing.is_near(need.wanted_by, clock.today()),
            need.shown_from.astimezone(clock.SEOUL).date(),
            need.target_won,
            need.service,
            need.provider_id,
            need.case_id,
            need.case.number,
            tasks.get((need.case_id, need.service_id)),
            need.wanted_by,
        )
        for need in needs
    ]
