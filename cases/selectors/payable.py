"""What the money side may know of an action of a plan that gifts could pay."""

import uuid
from dataclasses import dataclass

from cases.models import Action, PublishedNeed
from hopecare.kernel.access import Viewer, get_visible
from hopecare.kernel.models import Category, Service


@dataclass(frozen=True)
class PayableAction:
    """An action with a service; `needs` are the uuids under which givers know needs of the same case."""

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
    )
