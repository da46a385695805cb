"""Who may see gifts, givers and payouts: one predicate per model.

The ledger itself (funds, accounts, journals, postings) holds no person and is open to every role that reads the money
page. Givers see their own; the accountant and the auditor everything; a case's team its own payouts.
"""

from django.db.models import Q

from donations.models import (
    Allocation,
    BankBalance,
    BankExplanation,
    Batch,
    BoxCount,
    BoxCountLine,
    BoxTrip,
    Charge,
    ChargeLine,
    ClassTotal,
    Deposit,
    Donor,
    Filing,
    Gift,
    GoodsGift,
    GoodsUse,
    GuestLine,
    Invitation,
    Letter,
    Method,
    MoneyBack,
    MoneyBox,
    OddLine,
    Order,
    OutsideGift,
    OutsideList,
    Partner,
    PartnerReport,
    Payout,
    PayoutReturn,
    Pledge,
    ProviderEvent,
    Receipt,
    Reversal,
    Roster,
    Settlement,
    TaxNumber,
    TaxPayer,
    Withdrawal,
)
from hopecare.kernel.access import Principal, Viewer, case_keyed_rule, get_visible, unlocked, visibility, visible_to
from hopecare.kernel.permissions import Permission

__all__ = ["get_visible", "visible_to"]


def _nobody() -> Q:
    return Q(pk__in=[])


def _all_of_it(viewer: Viewer) -> bool:
    return viewer.principal == Principal.GIVING or viewer.may(Permission.MONEY_VIEW)


@visibility(Donor)
def donor_rule(viewer: Viewer) -> Q:
    if _all_of_it(viewer):
        return Q()
    return Q(user_id=viewer.user_id) if viewer.user_id else _nobody()


@visibility(Gift, Order, Pledge, Method, Charge, Receipt, TaxPayer)
def donor_row_rule(viewer: Viewer) -> Q:
    if _all_of_it(viewer):
        return Q()
    return Q(donor__user_id=viewer.user_id) if viewer.user_id else _nobody()


@visibility(
    Allocation,
    BankBalance,
    BankExplanation,
    Batch,
    ChargeLine,
    Deposit,
    Filing,
    OddLine,
    ProviderEvent,
    Settlement,
    Withdrawal,
)
def book_keeping_rule(viewer: Viewer) -> Q:
    return Q() if _all_of_it(viewer) else _nobody()


@visibility(TaxNumber)
def tax_number_rule(viewer: Viewer) -> Q:
    """No person's session reads one; the sheet for the tax office is written by the principal (K8)."""
    return Q() if viewer.principal == Principal.GIVING else _nobody()


@visibility(Payout)
def payout_rule(viewer: Viewer) -> Q:
    """As the case, and the team that asked; the accountant and the auditor all; the head of the centre the centre's."""
    return Q() if _all_of_it(viewer) else case_keyed_rule(viewer) | _asked(viewer, "asked_team_id")


@visibility(PayoutReturn)
def payout_return_rule(viewer: Viewer) -> Q:
    return Q() if _all_of_it(viewer) else case_keyed_rule(viewer) | _asked(viewer, "payout__asked_team_id")


def _asked(viewer: Viewer, team: str) -> Q:
    """A case that was handed over takes its payments along; those who asked for one still answer for it."""
    return Q(**{f"{team}__among": viewer.team_ids}) & unlocked(viewer)


@visibility(Letter)
def letter_rule(viewer: Viewer) -> Q:
    """The people of the case, and a giver the own ones; whoever keeps the books has no part in letters."""
    if viewer.principal == Principal.GIVING:
        return Q()
    mine = Q(order__donor__user_id=viewer.user_id) if viewer.user_id else _nobody()
    return case_keyed_rule(viewer) | mine


def _of_the_centre(viewer: Viewer) -> Q:
    mine = viewer.organisation_id if viewer.may(Permission.GIVING_MANAGE) else None
    return Q(provider_id=mine) if mine else _nobody()


@visibility(BoxCount, BoxCountLine, BoxTrip, GoodsGift, GoodsUse, GuestLine, MoneyBox)
def centre_rule(viewer: Viewer) -> Q:
    """Boxes and goods: the centre's own people; the accountant and the auditor all."""
    return Q() if viewer.may(Permission.MONEY_VIEW) else _of_the_centre(viewer)


@visibility(ClassTotal, Partner, PartnerReport)
def partner_rule(viewer: Viewer) -> Q:
    """Also the principal `giving`, behind the page that a shop's or a school's own code opens."""
    return Q() if _all_of_it(viewer) else _of_the_centre(viewer)


@visibility(Invitation, OutsideGift, OutsideList, Roster)
def roster_rule(viewer: Viewer) -> Q:
    """The centre's own people; behind a person's own code the principal; the accountant sees the sums."""
    return Q() if _all_of_it(viewer) else _of_the_centre(viewer)


@visibility(MoneyBack, Reversal)
def money_back_rule(viewer: Viewer) -> Q:
    """The accountant and the auditor all; whoever approves payments those of the own centre."""
    if _all_of_it(viewer):
        return Q()
    return _of_the_centre(viewer) if viewer.may(Permission.PAYOUT_APPROVE) else _nobody()
