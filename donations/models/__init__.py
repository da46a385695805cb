"""Models of giving; import them from here."""

from donations.models.backs import BackReason, MoneyBack
from donations.models.bank import BankBalance, BankExplanation, BankReason, Withdrawal
from donations.models.boxes import BoxCount, BoxCountLine, BoxTrip, HolderKind, MoneyBox
from donations.models.campaigns import Campaign
from donations.models.giving import (
    Batch,
    Charge,
    ChargeLine,
    Deposit,
    Donor,
    Method,
    MonthlyRun,
    OddLine,
    Order,
    Pledge,
    ProviderEvent,
    Settlement,
)
from donations.models.goods import GoodsGift, GoodsKind, GoodsUse, GuestLine, ValueBasis
from donations.models.ledger import (
    Account,
    Allocation,
    Chart,
    ClosedPeriod,
    Fund,
    Gift,
    Journal,
    Posting,
    Purpose,
    Receiver,
    Seal,
    Turnover,
)
from donations.models.letters import Letter, LetterReason, LetterWay
from donations.models.outside import OutsideGift, OutsideList
from donations.models.partners import ClassTotal, Partner, PartnerReport
from donations.models.payouts import PayeeKind, Payout
from donations.models.receipts import Filing, Receipt, TaxNumber, TaxPayer
from donations.models.returns import PayoutReturn, ReturnReason
from donations.models.reversals import Reversal
from donations.models.rosters import Invitation, Roster

__all__ = [
    "Account",
    "Allocation",
    "BackReason",
    "BankBalance",
    "BankExplanation",
    "BankReason",
    "Batch",
    "BoxCount",
    "BoxCountLine",
    "BoxTrip",
    "Campaign",
    "Charge",
    "ChargeLine",
    "Chart",
    "ClassTotal",
    "ClosedPeriod",
    "Deposit",
    "Donor",
    "Filing",
    "Fund",
    "Gift",
    "GoodsGift",
    "GoodsKind",
    "GoodsUse",
    "GuestLine",
    "HolderKind",
    "Invitation",
    "Journal",
    "Letter",
    "LetterReason",
    "LetterWay",
    "Method",
    "MoneyBack",
    "MoneyBox",
    "MonthlyRun",
    "OddLine",
    "Order",
    "OutsideGift",
    "OutsideList",
    "Partner",
    "PartnerReport",
    "PayeeKind",
    "Payout",
    "PayoutReturn",
    "Pledge",
    "Posting",
    "ProviderEvent",
    "Purpose",
    "Receipt",
    "Receiver",
    "ReturnReason",
    "Reversal",
    "Roster",
    "Seal",
    "Settlement",
    "TaxNumber",
    "TaxPayer",
    "Turnover",
    "ValueBasis",
    "Withdrawal",
]
