"""What the ledger is told and what pages show: plain values. Money is an integer number of won."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Leg:
    """One posting: debit positive, credit negative, on a chart account of a fund."""

    fund_id: int
    chart: str
    won: int


@dataclass(frozen=True)
class NewGift:
    """A won-in as it enters a fund; `carried_from` names the gift of another fund it was before."""

    fund_id: int
    won: int
    source: str
    received_on: date
    donor_id: int | None = None
    order_id: int | None = None
    pledge_id: int | None = None
    carried_from_id: int | None = None


@dataclass(frozen=True)
class Entry:
    """One journal to be posted, once per `key`. `uses`: (gift id, won taken from it; negative = given back)."""

    key: str
    kind: str
    booked_on: date
    legs: tuple[Leg, ...]
    gifts: tuple[NewGift, ...] = ()
    uses: tuple[tuple[int, int], ...] = ()
    memo: str = ""
    reverses_id: int | None = None
    returns_id: int | None = None


@dataclass(frozen=True)
class Posted:
    """The journal in the ledger; `fresh` is false when this key stood there already."""

    id: int
    fresh: bool


@dataclass(frozen=True)
class Portion:
    """What is left of one gift."""

    gift_id: int
    left_won: int


@dataclass(frozen=True)
class PaymentFact:
    """What a provider says now about one payment; the sums are totals, not steps."""

    state: str  # none, waiting, paid, failed
    paid_won: int = 0
    refunded_won: int = 0
    disputed_won: int = 0
    fee_won: int = 0
    settled: bool = False
    failure: str = ""
    soft: bool = False
    reference: str = ""
    method_token: str = ""


@dataclass(frozen=True)
class CardFact:
    """Where the entry of a card on the provider's own page stands: `window` to go on, or token and label when done."""

    state: str  # waiting, done, expired
    window: str = ""
    token: str = ""
    label: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a table for people: words, then figures."""

    name: str
    won: int
    count: int = 0
    details: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """What a giver chose: a need (with its card), a campaign (its code) or a standing fund; who receives it (K11)."""

    title: str
    words: str
    place: str
    ages: tuple[int, int] | None
    category: str
    earmarked: bool
    need_uuid: str
    fund_id: int | None
    target_won: int
    given_won: int
    free_won: int | None
    receiver_id: int
    receiver_name: str
    centre_name: str
    registration: str
    short: str = ""
    campaign: str = ""
    wanted_by: date | None = None
    urgent: bool = False
    wish: bool = False

    @property
    def percent(self) -> int:
        return min(100, 100 * self.given_won // self.target_won) if self.target_won else 0
