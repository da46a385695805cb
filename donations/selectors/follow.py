"""Follow my gift: from the payment to what came of it, told honestly for pooled money (R73).

The rule, stated on the page: each payment out of a fund takes the oldest won of that fund first.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from cases.selectors.published import NeedCard, published_needs
from donations.models import Charge, Fund, Gift, Letter, Order, Pledge
from donations.states import NO_LETTERS, ChargeState, LetterState, OrderState, PayoutState
from hopecare.kernel import codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, system

SHOWN = 60
#: So many outcomes stand on top, so many steps are not folded away.
OUTCOMES, STEPS = 5, 12
_STEPS = """
with recursive mine as (
  select g.id, g.fund_id, g.received_on, g.amount_won from donations_gift g where g.id = any(%s)
  union all
  select c.id, c.fund_id, c.received_on, c.amount_won from donations_gift c join mine m on c.carried_from_id = m.id
)
select j.booked_on, j.kind, sum(a.amount_won), p.purpose, p.outcome, p.outcome_on, p.amount_won, p.category_id, p.state,
       (select count(*) from donations_allocation o where o.journal_id = j.id), ch.name_ko, ch.name_en, j.id,
       p.payee_kind, t.words, there.name_ko, there.name_en
from donations_allocation a join mine m on m.id = a.gift_id join donations_journal j on j.id = a.journal_id
left join donations_payout p on p.journal_id = coalesce(j.returns_id, j.id)
left join donations_letter t on t.payout_id = p.id
left join donations_chart ch on ch.code = p.purpose
left join lateral (select f.name_ko, f.name_en from donations_gift n join donations_fund f on f.id = n.fund_id
  where j.kind = 'carry' and n.journal_id = j.id limit 1) there on true
group by j.id, j.booked_on, j.kind, p.id, t.words, ch.code, there.name_ko, there.name_en
order by j.booked_on, j.id limit 200
"""


@dataclass(frozen=True)
class Use:
    """Won of mine that went out: my share, the whole payment, among how many gifts, and what came of it."""

    on: date
    kind: str
    my_won: int
    purpose_ko: str
    purpose_en: str
    whole_won: int
    gifts: int
    payee_kind: str
    outcome: str
    outcome_on: date | None
    thanks: str = ""

    @property
    def back_won(self) -> int:
        return -self.my_won

    @property
    def alone(self) -> bool:
        return self.gifts <= 1


@dataclass(frozen=True)
class Moved:
    """Won of mine that were not used where they were given for, and where my own choice took them."""

    on: date
    won: int
    fund_ko: str
    fund_en: str


@dataclass(frozen=True)
class Followed:
    """What stands behind a code: one gift, or a monthly account with its gifts."""

    code: str
    order: Order | None
    pledge: Pledge | None
    charge: Charge | None
    fund: Fund
    need: NeedCard | None
    given_won: int
    left_won: int
    uses: list[Use]
    gifts: list[Gift]
    failed: Charge | None = None
    moved: list[Moved] = field(default_factory=list)

    @property
    def letter(self) -> Letter | None:
        """What its giver wrote to the person, for a gift to a need."""
        return getattr(self.order, "letter", None)

    @property
    def may_write(self) -> bool:
        """One letter a gift, to a need whose person can still be reached; again where the worker asked for it."""
        if self.order is None or self.need is None or not self.paid or self.need.closed_for in NO_LETTERS:
            return False
        return self.letter is None or self.letter.state == LetterState.CHANGE

    @property
    def tried_again_on(self) -> date | None:
        """The day of the next try of a debit that failed, None when nobody tries without the giver's word."""
        return self.failed.due_on if self.failed and self.failed.state == ChargeState.READY else None

    @property
    def paid(self) -> bool:
        return self.pledge is not None or (self.order is not None and self.order.state == OrderState.PAID)

    @property
    def outcomes(self) -> list[Use]:
        """What came of it, the newest first, each word and letter once; all of it stands in the steps."""
        told = {(use.outcome, use.thanks): use for use in self.uses if use.outcome}
        return sorted(told.values(), key=lambda use: use.on, reverse=True)[:OUTCOMES]

    @property
    def latest(self) -> list[Use]:
        return self.uses[-STEPS:]

    @property
    def earlier(self) -> list[Use]:
        """Steps of a monthly account of years, folded away."""
        return self.uses[:-STEPS]


def follow(typed: str) -> Followed:
    """By the code alone; a wrong code is answered like a missing one."""
    code = codes.read(typed)
    if code is None:
        raise errors.NotFound("gift", "")
    with acting_as(system(Principal.GIVING)) as viewer:
        related = ("fund__receiver__organisation", "fund__receiver__centre", "fund__category", "donor")
        order = Order.objects.select_related(*related, "letter").filter(code=code).first()
        pledge = None if order else Pledge.objects.select_related(*related, "method").filter(code=code).first()
        row: Any = order or pledge
        if row is None:
            raise errors.NotFound("gift", "")
        charge = Charge.objects.filter(order=order).first() if order else None
        hers = Q(order=order) if order else Q(pledge=pledge)
        rows = Gift.objects.filter(hers, carried_from=None)
        gifts = list(rows.order_by("-received_on", "-pk")[:SHOWN])
        uses, moved, left = _uses(viewer, gifts)
        return Followed(
            code=code,
            order=order,
            pledge=pledge,
            charge=charge,
            fund=row.fund,
            need=_need(viewer, row),
            given_won=sum(gift.amount_won for gift in gifts),
            left_won=left,
            uses=uses,
            gifts=gifts,
            failed=_failed(pledge) if pledge else None,
            moved=moved,
        )


def _failed(pledge: Pledge) -> Charge | None:
    """The latest debit of a monthly account, when it did not go through and the giver did not stop it."""
    latest = Charge.objects.filter(lines__pledge=pledge).order_by("-pk").first()
    if latest is None or not latest.attempts or latest.failure == "held_back":
        return None
    return latest if latest.state in (ChargeState.FAILED, ChargeState.READY) else None


def _need(viewer: Viewer, row: Any) -> NeedCard | None:
    if row.fund.need_uuid is None:
        return None
    town = row.donor.town_id if row.donor else None
    cards = published_needs(viewer, uuids=[row.fund.need_uuid], donor_town_id=town)
    return cards[0] if cards else None


def _uses(viewer: Viewer, gifts: list[Gift]) -> tuple[list[Use], list[Moved], int]:
    """What came of them: an outcome is told only of a payment that still stands."""
    if not gifts:
        return [], [], 0
    ids = [gift.pk for gift in gifts]
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [ids])
        rows = cursor.fetchall()
    uses = [
        Use(
            on=row[0],
            kind=row[1],
            my_won=int(row[2]),
            purpose_ko=row[10] or "",
            purpose_en=row[11] or "",
            whole_won=int(row[6] or row[2]),
            gifts=int(row[9]),
            payee_kind=row[13] or "",
            outcome=row[4] or "" if _stands(row) else "",
            outcome_on=row[5],
            thanks=row[14] or "" if _stands(row) else "",
        )
        for row in rows
        if row[1] != "carry"
    ]
    given = sum(gift.amount_won for gift in gifts)
    moved = [Moved(row[0], int(row[2]), row[15] or "", row[16] or "") for row in rows if row[1] == "carry"]
    return uses, moved, given - sum(use.my_won for use in uses)


def _stands(row: tuple[Any, ...]) -> bool:
    return bool(row[1] == "payout" and row[8] != PayoutState.RETURNED)
