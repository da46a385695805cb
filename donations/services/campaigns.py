"""Campaigns: proposed by one, opened by another, closed at the target or the end, and the rest (K11, R65)."""

from django.db.models import QuerySet

from donations.models import Campaign, Purpose
from donations.rules import campaigns as rules
from donations.rules.campaigns import REGISTERED_FROM_WON, Plan
from donations.selectors import funds
from donations.services import giving
from donations.services.books import campaign_fund
from donations.services.boxes import receiver_of
from donations.states import CAMPAIGNS, CampaignState
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission

TARGET, END, PERSON = "target", "end", "person"


def payable_purposes() -> list[Purpose]:
    """What gifts may pay today, by the dated list of the plan (K13)."""
    rows = Purpose.objects.filter(from_gifts=True, starts_on__lte=clock.today())
    return [row for row in rows if row.ends_on is None or row.ends_on >= clock.today()]


def propose(*, by: Viewer, plan: Plan) -> Campaign:
    """A draft; nobody outside the desk sees it."""
    receiver = receiver_of(by)
    purposes = tuple(row.code for row in payable_purposes())
    problems = rules.plan_problems(plan, purposes=purposes, today=clock.today())
    if problems or plan.target_won is None or plan.starts_on is None or plan.ends_on is None:
        raise errors.Impossible(*problems)
    with acting_as(by):
        row = Campaign.objects.create(
            code=codes.new_code(),
            receiver=receiver,
            title=plan.title.strip(),
            words=plan.words.strip(),
            purpose=plan.purpose,
            target_won=plan.target_won,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
            registration=plan.registration.strip(),
            made_by_id=by.user_id or 0,
        )
        audit.changed(by, "campaign", [row.pk], "campaign_proposed", owners=[receiver.centre_id])
        return row


def open_it(*, by: Viewer, code: str) -> Campaign:
    """The second person; from now on its fund stands, and what the fund may pay is fixed for good."""
    with acting_as(by):
        row = _locked(by, code, CampaignState.DRAFT)
        if row.made_by_id == by.user_id:
            raise errors.Impossible(rules.own_plan())
        row.fund = campaign_fund(row)
        _move(row, CampaignState.OPEN)
        row.opened_by_id = by.user_id
        row.save(update_fields=["fund", "state", "opened_by"])
        audit.changed(by, "campaign", [row.pk], "campaign_opened", owners=[row.receiver.centre_id])
        return row


def close(*, by: Viewer, code: str) -> Campaign:
    """A person ends it before its time, or throws a draft away."""
    with acting_as(by):
        row = _locked(by, code, CampaignState.DRAFT, CampaignState.OPEN)
        _close(by, row, PERSON)
        return row


def close_over() -> int:
    """Campaigns whose target was given, or whose last day has passed."""
    closed, today = 0, clock.today()
    with acting_as(system(Principal.GIVING)) as viewer:
        for row in _standing().select_for_update(of=("self",)):
            given = funds.given_won([row.fund_id or 0]).get(row.fund_id or 0, 0)
            if given >= row.target_won or row.ends_on < today:
                _close(viewer, row, TARGET if given >= row.target_won else END)
                closed += 1
    return closed


def _standing() -> "QuerySet[Campaign]":
    return Campaign.objects.filter(state=CampaignState.OPEN).select_related("receiver").order_by("pk")


def _close(by: Viewer, row: Campaign, reason: str) -> None:
    _move(row, CampaignState.CLOSED)
    row.closed_on, row.close_reason = clock.today(), reason
    row.save(update_fields=["state", "closed_on", "close_reason"])
    audit.changed(by, "campaign", [row.pk], "campaign_closed", owners=[row.receiver.centre_id], reason=reason)


def move_on(*, by: Viewer, code: str, approval: str) -> int:
    """What is left of a closed campaign goes where each giver chose; of a registered one only after the registrar's
    word. Returns how many gifts moved."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        row = Campaign.objects.select_for_update(of=("self",)).select_related("receiver").filter(code=code).first()
        if row is None:
            raise errors.NotFound("campaign", code)
        if row.state != CampaignState.CLOSED or row.fund_id is None:
            raise errors.Impossible(rules.not_now())
        if row.target_won >= REGISTERED_FROM_WON and not approval.strip():
            raise errors.Impossible(rules.approval_missing())
        row.remainder_approval = approval.strip()[:80]
        row.save(update_fields=["remainder_approval"])
        moved = giving.release(by=by, fund_id=row.fund_id, reason="campaign")
        audit.changed(by, "campaign", [row.pk], "campaign_rest", owners=[row.receiver.centre_id], gifts=moved)
        return moved


def _locked(by: Viewer, code: str, *states: CampaignState) -> Campaign:
    receiver = receiver_of(by)
    rows = Campaign.objects.select_for_update(of=("self",)).select_related("receiver")
    row = rows.filter(code=code, receiver=receiver).first()
    if row is None:
        raise errors.NotFound("campaign", code)
    if row.state not in states:
        raise errors.Impossible(rules.not_now())
    return row


def _move(row: Campaign, after: CampaignState) -> None:
    assert after in CAMPAIGNS[CampaignState(row.state)]
    row.state = after
