"""Pictures of rooms from a visit, where the household agreed to them: sent by whoever goes there, for its team (D9)."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from cases.services import rooms
from hopecare.kernel import errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.services.documents import Draft
from volunteers.models import Offer
from volunteers.selectors.visits import may_show_rooms
from volunteers.services.acting import machine
from volunteers.services.answers import offer_id_of


def show_by_link(
    *, token: str, moment: str, drafts: Sequence[Draft], rooms_only: bool, source_address: str | None = None
) -> int:
    """By the volunteer's own link; returns how many pictures are new.

    Raises NotFound for a link that is not ours, Impossible with every problem: no visit of theirs at this hour, nobody
    agreed, somebody may be in the picture.
    """
    by = system(Principal.OFFERS, source_address=source_address)
    with acting_as(by):
        offer = Offer.objects.select_related("volunteer", "request").get(pk=offer_id_of(token))
        if not may_show_rooms(offer):
            words = _("Pictures can be sent from an hour before the visit until a day after it.")
            raise errors.Impossible(Problem("not_now", words))
        return rooms.keep(
            by=machine(by, offer.volunteer),
            action_id=offer.request.action_id,
            moment=moment,
            drafts=drafts,
            rooms_only=rooms_only,
            by_name=offer.volunteer.name,
        )
