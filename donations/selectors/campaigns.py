"""Campaigns as givers and the desk see them: how far they are, until when, and what came of them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from donations.models import Campaign, Chart, Gift, Payout
from donations.rules import campaigns as rules
from donations.selectors.funds import given_won, reserved_won
from donations.selectors.ledger import fund_balance
from donations.states import CampaignState, PayoutState
from hopecare.kernel import clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check_any, system
from hopecare.kernel.permissions import Permission

MAY = (Permission.GIVING_MANAGE, Permission.MONEY_VIEW)
#: Fewer gifts are not counted in public.
LEAST_SHOWN = 5
_RELATED = ("fund", "receiver__organisation", "receiver__centre", "made_by", "opened_by")


@dataclass(frozen=True)
class Progress:
    """One campaign with its sums; `kept_won`: givers who are paying just now."""

    row: Campaign
    given_won: int
    kept_won: int = 0

    @property
    def percent(self) -> int:
        return min(100, 100 * self.given_won // self.row.target_won)

    @property
    def free_won(self) -> int:
        return max(0, self.row.target_won - self.given_won - self.kept_won)

    @property
    def running(self) -> bool:
        row, today = self.row, clock.today()
        in_time = row.starts_on <= today <= row.ends_on
        return row.state == CampaignState.OPEN and in_time and self.given_won < row.target_won

    @property
    def comes(self) -> bool:
        return self.row.state == CampaignState.OPEN and self.row.starts_on > clock.today()

    @property
    def reached(self) -> bool:
        return self.given_won >= self.row.target_won

    @property
    def spend_by(self) -> date:
        return rules.spend_by(self.row.closed_on or self.row.ends_on)

    @property
    def registered(self) -> bool:
        return self.row.target_won >= rules.REGISTERED_FROM_WON


@dataclass(frozen=True)
class Shown:
    """The page of one campaign: how many gave (None when fewer than five), what was spent, what came of it."""

    progress: Progress
    gifts: int | None
    spent_won: int
    left_won: int
    outcomes: list[str]
    purpose: str


def _progress(viewer: Viewer, rows: list[Campaign]) -> list[Progress]:
    ids = [row.fund_id for row in rows if row.fund_id]
    given, kept = (given_won(ids), reserved_won(viewer, ids)) if ids else ({}, {})
    return [Progress(row, given.get(row.fund_id or 0, 0), kept.get(row.fund_id or 0, 0)) for row in rows]


def running(viewer: Viewer) -> list[Progress]:
    """For the giving page: what may be given to today, the nearest end first."""
    rows = Campaign.objects.filter(state=CampaignState.OPEN).select_related(*_RELATED[:3]).order_by("ends_on", "pk")
    return [one for one in _progress(viewer, list(rows)) if one.running]


def by_code(typed: str) -> Progress:
    """An open or closed campaign; a draft is nowhere."""
    code = codes.read(typed)
    with acting_as(system(Principal.GIVING)) as viewer:
        rows = Campaign.objects.exclude(fund=None).select_related(*_RELATED[:3])
        row = rows.filter(code=code).first() if code else None
        if row is None:
            raise errors.NotFound("campaign", "")
        return _progress(viewer, [row])[0]


def shown(typed: str) -> Shown:
    found = by_code(typed)
    with acting_as(system(Principal.GIVING)):
        return _shown(found)


def _shown(found: Progress) -> Shown:
    fund_id = found.row.fund_id or 0
    paid = Payout.objects.filter(fund=fund_id, state__in=(PayoutState.PAID, PayoutState.PROVEN))
    sums = paid.aggregate(won=Sum("amount_won") - Sum("returned_won"))
    told = paid.exclude(outcome="").order_by("-outcome_on", "-pk").values_list("outcome", flat=True)
    gifts = Gift.objects.filter(fund=fund_id, carried_from=None).aggregate(many=Count("pk"))["many"]
    chart = Chart.objects.filter(purpose=found.row.purpose).first()
    return Shown(
        progress=found,
        gifts=gifts if gifts >= LEAST_SHOWN else None,
        spent_won=int(sums["won"] or 0),
        left_won=fund_balance(fund_id),
        outcomes=list(told[:6]),
        purpose=chart.name if chart else "",
    )


def desk(viewer: Viewer) -> list[Progress]:
    """The centre's campaigns (the accountant: all), newest first."""
    check_any(viewer, *MAY)
    rows = Campaign.objects.select_related(*_RELATED).order_by("-pk")
    if not viewer.may(Permission.MONEY_VIEW):
        rows = rows.filter(receiver__centre_id=viewer.organisation_id)
    with acting_as(system(Principal.GIVING)) as giving:
        return _progress(giving, list(rows[:100]))


def one(viewer: Viewer, code: str) -> Shown:
    """One campaign at the desk, drafts too; NotFound for another centre's."""
    found = next((row for row in desk(viewer) if row.row.code == code), None)
    if found is None:
        raise errors.NotFound("campaign", code)
    with acting_as(system(Principal.GIVING)):
        return _shown(found)
