"""What unspent gifts could pay: proposals for the needs of one's own cases, for people to decide (R65)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Min, Sum

from cases.selectors.payable import TeamNeed, needs_of_teams
from donations.models import Fund, Gift, Payout
from donations.rules.proposals import Lacking, Waiting, propose
from donations.selectors.funds import given_won
from donations.selectors.ledger import payable
from donations.states import PROMISED, STANDING, PayoutState
from hopecare.kernel.access import Principal, Viewer, acting_as, check_any, system
from hopecare.kernel.permissions import Permission

MAY = (Permission.PAYOUT_REQUEST, Permission.PAYOUT_APPROVE)
_COUNTED = (*PROMISED, PayoutState.PAID, PayoutState.PROVEN)


@dataclass(frozen=True)
class Share:
    """Won of one fund for a need; the oldest of them wait since `oldest_on`."""

    fund: Fund
    won: int
    oldest_on: date


@dataclass(frozen=True)
class Proposed:
    need: TeamNeed
    missing_won: int
    shares: list[Share] = field(default_factory=list)


def proposals(viewer: Viewer, purposes: dict[str, str]) -> list[Proposed]:
    """Every need of one's own cases that still lacks something, most urgent first, with the money that could pay it.

    `purposes`: line of the plan by code of the service (services/books.purpose_of).
    """
    check_any(viewer, *MAY)
    needs = needs_of_teams(viewer)
    if not needs:
        return []
    with acting_as(system(Principal.GIVING)):
        missing = _missing(needs)
        centres = {need.centre_id for need in needs}
        rows = Fund.objects.filter(receiver__centre__in=centres, kind__in=STANDING).select_related("receiver")
        funds = {fund.pk: fund for fund in rows}
        waiting = _waiting(funds)
    shares: dict[str, list[Share]] = defaultdict(list)
    for centre in centres:
        lacking = [
            Lacking(
                str(need.uuid),
                purposes[need.service.code],
                missing[str(need.uuid)],
                need.urgent,
                need.since,
                need.wanted_by,
            )
            for need in needs
            if need.centre_id == centre
        ]
        own = [one for pk, one in waiting.items() if funds[pk].receiver.centre_id == centre]
        for one in propose(lacking, own):
            shares[one.key].append(Share(funds[one.fund_id], one.won, waiting[one.fund_id].oldest_on))
    return [
        Proposed(need, missing[str(need.uuid)], shares[str(need.uuid)]) for need in needs if missing[str(need.uuid)] > 0
    ]


def _missing(needs: list[TeamNeed]) -> dict[str, int]:
    """Target less what was given for it, less what other funds pay or promised for the same case and service."""
    own = {fund.need_uuid: fund.pk for fund in Fund.objects.filter(need_uuid__in=[need.uuid for need in needs])}
    given = given_won(list(own.values())) if own else {}
    paid = Payout.objects.filter(case__in=[need.case_id for need in needs], state__in=_COUNTED, fund__need_uuid=None)
    sums = {
        (case, service): int(won)
        for case, service, won in paid.values_list("case_id", "service_id").annotate(
            won=Sum("amount_won") - Sum("returned_won")
        )
    }
    return {
        str(need.uuid): max(
            0,
            need.target_won - given.get(own.get(need.uuid, 0), 0) - sums.get((need.case_id, need.service.pk), 0),
        )
        for need in needs
    }


def _waiting(funds: dict[int, Fund]) -> dict[int, Waiting]:
    """Funds with something free: in the dedicated account and not promised to another payment."""
    oldest = dict(
        Gift.objects.filter(fund__in=funds, remaining_won__gt=0).values_list("fund_id").annotate(Min("received_on"))
    )
    promised = dict(
        Payout.objects.filter(fund__in=funds, state__in=PROMISED).values_list("fund_id").annotate(Sum("amount_won"))
    )
    found = {}
    for pk, fund in funds.items():
        free = payable(pk) - int(promised.get(pk) or 0)
        if free > 0 and pk in oldest:
            found[pk] = Waiting(pk, tuple(fund.allowed_purposes), free, oldest[pk])
    return found
