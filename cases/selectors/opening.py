"""What the opening form and the paper of a visit need to know."""

from collections.abc import Iterable

from cases.models import Case
from hopecare.kernel.access import Viewer, visible_to
from hopecare.kernel.models import SafeContact, Town


def towns_of(team_ids: Iterable[int]) -> list[Town]:
    """Towns of the zones of these teams; all towns for a team without a zone."""
    towns = list(Town.objects.filter(zone__teams__in=list(team_ids)).distinct().order_by("pk"))
    return towns or list(Town.objects.order_by("pk"))


def desk_contact(viewer: Viewer, case: Case) -> SafeContact:
    """How the main person may be reached; where nothing stands, the careful answer: neutral, no texts (D4)."""
    contact = visible_to(viewer, SafeContact).filter(person=case.main_person_id).first()
    return contact or SafeContact(person_id=case.main_person_id, neutral_sender=True, phone_ok=False, letter_ok=False)
