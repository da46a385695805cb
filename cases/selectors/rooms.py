"""Pictures of rooms at a visit: for the team that works on the case, and for the visit's own form a number."""

from dataclasses import dataclass

from django.db.models import Count

from cases.models import Action, Case, OwnerKind, PhotoMoment, RoomConsent, RoomPhoto
from cases.rules.rooms import MOST
from hopecare.kernel import errors
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import Document

__all__ = ["MOMENTS", "MOST", "photo", "rooms_of", "rooms_wanted"]
MOMENTS = PhotoMoment.choices


@dataclass(frozen=True)
class Rooms:
    """`consent`: what they agreed to for this visit, None where nothing stands."""

    action: Action
    consent: RoomConsent | None
    photos: list[RoomPhoto]


def rooms_of(viewer: Viewer, case: Case, action_id: int) -> Rooms:
    """One visit by volunteers. Raises NotFound for any other action."""
    rows = visible_to(viewer, Action).filter(pk=action_id, case=case, owner_kind=OwnerKind.VOLUNTEER)
    action = rows.select_related("service").first()
    if action is None:
        raise errors.NotFound("action", str(action_id))
    consent = visible_to(viewer, RoomConsent).filter(action=action, withdrawn_at=None).select_related("noted_by")
    photos = visible_to(viewer, RoomPhoto).filter(consent__action=action).order_by("-moment", "pk")
    return Rooms(action, consent.first(), list(photos))


def photo(viewer: Viewer, case: Case, photo_id: int) -> Document | None:
    """A picture of a room; None when it is not there for the viewer."""
    row = visible_to(viewer, RoomPhoto).filter(pk=photo_id, case=case).first()
    return visible_to(viewer, Document).filter(pk=row.document_id).first() if row else None


def rooms_wanted(machine: Viewer, action_id: int) -> int | None:
    """For the principal `offers`: how many pictures of this visit are kept; None where nobody agreed to any."""
    rows = visible_to(machine, RoomConsent).filter(action_id=action_id, withdrawn_at=None)
    return rows.annotate(many=Count("photos")).values_list("many", flat=True).first()
