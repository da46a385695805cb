"""States of giving and of paying out, and who moves each on. Django-free."""

from enum import StrEnum


class EarmarkKind(StrEnum):
    """For what a fund may be spent; with its target it names exactly one fund of a receiver."""

    GENERAL = "general"
    CAUSE = "cause"
    CATEGORY = "category"
    CAMPAIGN = "campaign"
    SCHOOL = "school"
    NEED = "need"
    OPERATING = "operating"  # never a gift: subsidy and own means of the receiver


class OddReason(StrEnum):
    """Why a line or a file of a bank was not taken."""

    UNREADABLE = "unreadable"
    OUT = "out"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"
    OTHER = "other"
    REFUSED = "refused"
    WHOLE = "whole"


#: Funds that are always there to be given to; those of needs and campaigns come and go.
STANDING = (EarmarkKind.GENERAL, EarmarkKind.CAUSE, EarmarkKind.CATEGORY, EarmarkKind.SCHOOL)
#: Designated in the sense of the facility accounts (지정후원금); everything else may go where the need is greatest.
DESIGNATED = frozenset(kind for kind in EarmarkKind if kind not in {EarmarkKind.GENERAL, EarmarkKind.OPERATING})


class Source(StrEnum):
    """Where a won came from; the income account of the ledger bears the same name."""

    ONCE = "once"
    MONTHLY = "monthly"
    COMPANY = "company"
    BOX = "box"
    CAMPAIGN = "campaign"
    MERCHANT = "merchant"
    SCHOOL = "school"
    POINTS = "points"
    OUTSIDE = "outside"  # one by one from another platform's list
    INTEREST = "interest"


class Overflow(StrEnum):
    """What the giver chose, before paying, for money that the need does not use any more (K11)."""

    SAME_CATEGORY = "category"
    GENERAL = "general"
    RETURN = "return"


class OrderState(StrEnum):
    STARTED = "started"  # the place is kept for a while; nothing was paid
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class ChargeState(StrEnum):
    READY = "ready"  # ours: waits for its day or its next try
    CALLING = "calling"  # one worker holds the lease; the provider may already have it
    WAITING = "waiting"  # the provider's: a file or a window is open
    PAID = "paid"
    FAILED = "failed"  # nobody tries again without a person


class PledgeState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


class CountState(StrEnum):
    """One count of money boxes: the second person counts without seeing what the first one found (R69)."""

    COUNTED = "counted"
    CONFIRMED = "confirmed"  # both found the same; it goes to the bank the next working day (K12)
    VOID = "void"


class PartnerKind(StrEnum):
    MERCHANT = "merchant"
    SCHOOL = "school"
    POINTS = "points"  # points of a company, or won that another platform collected, at the rate of the agreement


#: Kinds that tell one figure a month, of which a fixed rate is transferred.
RATED = frozenset({PartnerKind.MERCHANT, PartnerKind.POINTS})


class CampaignState(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class RosterState(StrEnum):
    DRAFT = "draft"  # read and looked at; nobody was written to
    SENT = "sent"
    VOID = "void"


class OutsideState(StrEnum):
    """A list of another platform: read and looked at, then booked with its deposit, or thrown away."""

    DRAFT = "draft"
    BOOKED = "booked"
    VOID = "void"


class InvitationState(StrEnum):
    """One person of a list. Without their own yes nothing is ever debited (R64)."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


class BackState(StrEnum):
    """Won of a transfer or a debit on their way back to the payer's account."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReversalState(StrEnum):
    """A wrong entry on its way to its mirror image."""

    REQUESTED = "requested"
    BOOKED = "booked"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class PayoutState(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    PROVEN = "proven"  # receipt and outcome are there
    RETURNED = "returned"  # all of it came back from the payee; nothing came of it
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class LetterState(StrEnum):
    """A letter between giver and person; nobody reads it before a worker of the case did (D1, D9)."""

    WAITING = "waiting"
    CHANGE = "change"  # the worker asks its giver to write it otherwise
    PASSED = "passed"  # read and passed on; it waits for the next visit
    HANDED = "handed"  # the person has it
    KEPT = "kept"


#: Why a need ended, when nobody can be written to behind it any more.
NO_LETTERS = ("withdrawn", "case", "person")
#: Won that a payment will take; nothing else may have them.
PROMISED = (PayoutState.REQUESTED, PayoutState.APPROVED)

ORDERS: dict[OrderState, frozenset[OrderState]] = {
    OrderState.STARTED: frozenset({OrderState.PAID, OrderState.FAILED, OrderState.EXPIRED}),
    OrderState.FAILED: frozenset({OrderState.PAID}),
    OrderState.EXPIRED: frozenset({OrderState.PAID}),
    OrderState.PAID: frozenset(),
}
CHARGES: dict[ChargeState, frozenset[ChargeState]] = {
    ChargeState.READY: frozenset({ChargeState.CALLING, ChargeState.WAITING, ChargeState.PAID, ChargeState.FAILED}),
    ChargeState.CALLING: frozenset({ChargeState.READY, ChargeState.WAITING, ChargeState.PAID, ChargeState.FAILED}),
    ChargeState.WAITING: frozenset({ChargeState.PAID, ChargeState.FAILED, ChargeState.READY}),
    ChargeState.FAILED: frozenset({ChargeState.READY, ChargeState.PAID}),
    ChargeState.PAID: frozenset(),
}
PLEDGES: dict[PledgeState, frozenset[PledgeState]] = {
    PledgeState.ACTIVE: frozenset({PledgeState.PAUSED, PledgeState.STOPPED}),
    PledgeState.PAUSED: frozenset({PledgeState.ACTIVE, PledgeState.STOPPED}),
    PledgeState.STOPPED: frozenset(),
}
COUNTS: dict[CountState, frozenset[CountState]] = {
    CountState.COUNTED: frozenset({CountState.CONFIRMED, CountState.VOID}),
    CountState.CONFIRMED: frozenset(),
    CountState.VOID: frozenset(),
}
CAMPAIGNS: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.DRAFT: frozenset({CampaignState.OPEN, CampaignState.CLOSED}),
    CampaignState.OPEN: frozenset({CampaignState.CLOSED}),
    CampaignState.CLOSED: frozenset(),
}
ROSTERS: dict[RosterState, frozenset[RosterState]] = {
    RosterState.DRAFT: frozenset({RosterState.SENT, RosterState.VOID}),
    RosterState.SENT: frozenset(),
    RosterState.VOID: frozenset(),
}
OUTSIDE: dict[OutsideState, frozenset[OutsideState]] = {
    OutsideState.DRAFT: frozenset({OutsideState.BOOKED, OutsideState.VOID}),
    OutsideState.BOOKED: frozenset(),
    OutsideState.VOID: frozenset(),
}
INVITATIONS: dict[InvitationState, frozenset[InvitationState]] = {
    InvitationState.WAITING: frozenset({InvitationState.ACCEPTED, InvitationState.DECLINED, InvitationState.EXPIRED}),
    InvitationState.ACCEPTED: frozenset(),
    InvitationState.DECLINED: frozenset(),
    InvitationState.EXPIRED: frozenset(),
}
BACKS: dict[BackState, frozenset[BackState]] = {
    BackState.REQUESTED: frozenset({BackState.APPROVED, BackState.REJECTED, BackState.WITHDRAWN}),
    BackState.APPROVED: frozenset({BackState.PAID, BackState.WITHDRAWN}),
    BackState.PAID: frozenset(),
    BackState.REJECTED: frozenset(),
    BackState.WITHDRAWN: frozenset(),
}
REVERSALS: dict[ReversalState, frozenset[ReversalState]] = {
    ReversalState.REQUESTED: frozenset({ReversalState.BOOKED, ReversalState.REJECTED, ReversalState.WITHDRAWN}),
    ReversalState.BOOKED: frozenset(),
    ReversalState.REJECTED: frozenset(),
    ReversalState.WITHDRAWN: frozenset(),
}
LETTERS: dict[LetterState, frozenset[LetterState]] = {
    LetterState.WAITING: frozenset({LetterState.CHANGE, LetterState.PASSED, LetterState.KEPT}),
    LetterState.CHANGE: frozenset({LetterState.WAITING, LetterState.KEPT}),
    LetterState.PASSED: frozenset({LetterState.HANDED, LetterState.KEPT}),
    LetterState.HANDED: frozenset(),
    LetterState.KEPT: frozenset(),
}
#: from → to; requested → paid is the small urgent payment, approved by the next working day.
PAYOUTS: dict[PayoutState, frozenset[PayoutState]] = {
    PayoutState.REQUESTED: frozenset(
        {PayoutState.APPROVED, PayoutState.REJECTED, PayoutState.WITHDRAWN, PayoutState.PAID}
    ),
    PayoutState.APPROVED: frozenset({PayoutState.PAID, PayoutState.WITHDRAWN}),
    PayoutState.PAID: frozenset({PayoutState.PROVEN, PayoutState.RETURNED}),
    PayoutState.PROVEN: frozenset({PayoutState.RETURNED}),
    PayoutState.RETURNED: frozenset(),
    PayoutState.REJECTED: frozenset(),
    PayoutState.WITHDRAWN: frozenset(),
}
