"""What may be given for: needs with what they lack, causes and general funds, each with its receiver (K11)."""

import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _

from donations.facts import Choice
from donations.gateway import providers
from donations.models import Fund, Receiver
from donations.selectors.campaigns import Progress, running
from donations.selectors.funds import NeedOffer, need_offers, receivers, standing_funds
from donations.states import EarmarkKind
from hopecare.kernel import errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.models.base import in_language

MOST_NEEDS = 24


@dataclass(frozen=True)
class Front:
    needs: list[Choice]
    funds: list[Choice]
    receivers: list[Receiver]
    campaigns: list[Progress]


def ways_to_pay() -> list[str]:
    return providers.offered()


def monthly_ways() -> list[str]:
    return providers.monthly_ways()


def front_of_giving() -> Front:
    """The giving page in a handful of queries; needs that lack nothing more stay until they are closed."""
    with acting_as(system(Principal.GIVING)) as viewer:
        needs = [_of_need(offer) for offer in need_offers(viewer)[:MOST_NEEDS]]
        return Front(needs, [_of_fund(fund) for fund in standing_funds()], receivers(), running(viewer))


def need_choice(*, need_uuid: uuid.UUID | None = None, fund_id: int | None = None) -> Choice:
    """One choice; NotFound for what is not shown (any more)."""
    with acting_as(system(Principal.GIVING)) as viewer:
        if need_uuid is not None:
            offers = need_offers(viewer, uuids=[need_uuid])
            if not offers or not offers[0].card.open:
                raise errors.NotFound("need", "")
            return _of_need(offers[0])
        fund = next((row for row in standing_funds() if row.pk == fund_id), None)
        if fund is None:
            raise errors.NotFound("fund", "")
        return _of_fund(fund)


def campaign_choice(found: Progress) -> Choice:
    """A campaign in the checkout; the giver's own choice for what is beyond its target is asked before paying."""
    row, receiver = found.row, found.row.receiver
    return Choice(
        title=row.title,
        words=row.title,
        place=receiver.centre.name,
        ages=None,
        category=_("Campaign"),
        earmarked=True,
        need_uuid="",
        fund_id=row.fund_id,
        target_won=row.target_won,
        given_won=found.given_won,
        free_won=found.free_won,
        receiver_id=receiver.pk,
        receiver_name=receiver.organisation.name,
        centre_name=receiver.centre.name,
        registration=row.registration or receiver.registration,
        campaign=row.code,
    )


def _of_need(offer: NeedOffer) -> Choice:
    card, receiver = offer.card, offer.receiver
    return Choice(
        title=card.category.name,
        words=card.words,
        place=card.place,
        ages=card.ages,
        category=card.category.name,
        earmarked=True,
        need_uuid=str(card.uuid),
        fund_id=offer.fund.pk if offer.fund else None,
        target_won=card.target_won,
        given_won=offer.given_won,
        free_won=offer.free_won,
        receiver_id=receiver.pk,
        receiver_name=receiver.organisation.name,
        centre_name=receiver.centre.name,
        registration=receiver.registration,
        wanted_by=card.wanted_by,
        urgent=card.urgent,
        wish=card.wish,
    )


def _of_fund(fund: Fund) -> Choice:
    receiver = fund.receiver
    return Choice(
        title=fund.name,
        words=_("Wherever it is needed most") if fund.kind == "general" else fund.name,
        place=receiver.centre.name,
        ages=None,
        category=fund.kind if fund.kind == "general" else fund.target,
        earmarked=False,
        need_uuid="",
        fund_id=fund.pk,
        target_won=0,
        given_won=0,
        free_won=None,
        receiver_id=receiver.pk,
        receiver_name=receiver.organisation.name,
        centre_name=receiver.centre.name,
        registration=receiver.registration,
        short=fund.name
        if fund.kind == EarmarkKind.SCHOOL
        else in_language(fund.name_ko.partition(" ")[2], fund.name_en.partition(": ")[2]),
    )
