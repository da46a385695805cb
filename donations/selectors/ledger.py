"""The books read: balances, trial balance, and whether everything is in its place."""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from donations.models import Account, Chart, Fund


@dataclass(frozen=True)
class TrialLine:
    """An account line over all funds that were asked for: opening, debits, credits, closing, in won."""

    code: str
    name: str
    kind: str
    opening_won: int
    debit_won: int
    credit_won: int

    @property
    def closing_won(self) -> int:
        return self.opening_won + self.debit_won - self.credit_won


_TRIAL = """
select a.chart_id, sum(t.debit_won - t.credit_won) filter (where t.month < %(since)s),
       sum(t.debit_won) filter (where t.month >= %(since)s), sum(t.credit_won) filter (where t.month >= %(since)s)
from donations_turnover t join donations_account a on a.id = t.account_id join donations_fund f on f.id = a.fund_id
where t.month <= %(until)s and (%(gift)s::boolean is null or f.is_gift = %(gift)s)
  and (%(receiver)s::bigint is null or f.receiver_id = %(receiver)s)
group by 1
"""
_TROUBLE = """
select 'journal ' || j.id || ' does not balance' from donations_journal j
  join (select p.journal_id, a.fund_id, sum(p.amount_won) as off from donations_posting p
        join donations_account a on a.id = p.account_id group by 1, 2 having sum(p.amount_won) <> 0) x
  on x.journal_id = j.id
union all
select 'journal ' || j.id || ' has no postings' from donations_journal j
  where not exists (select 1 from donations_posting p where p.journal_id = j.id)
union all
select 'account ' || a.id || ' shows ' || a.balance_won || ', its postings ' || coalesce(x.won, 0)
  from donations_account a left join
  (select account_id, sum(amount_won) won, count(*) n from donations_posting group by 1) x
  on x.account_id = a.id where a.balance_won <> coalesce(x.won, 0) or a.entries <> coalesce(x.n, 0)
union all
select 'account ' || a.id || ' shows ' || a.balance_won || ', its months ' || coalesce(x.won, 0)
  from donations_account a left join
  (select account_id, sum(debit_won - credit_won) won from donations_turnover group by 1) x
  on x.account_id = a.id where a.balance_won <> coalesce(x.won, 0)
union all
select 'gift ' || g.id || ' has left ' || g.remaining_won || ', not ' || g.amount_won - coalesce(x.won, 0)
  from donations_gift g left join (select gift_id, sum(amount_won) won from donations_allocation group by 1) x
  on x.gift_id = g.id where g.remaining_won <> g.amount_won - coalesce(x.won, 0)
union all
select 'fund ' || f.code || ' holds ' || f.cash || ', its gifts ' || coalesce(g.left_won, 0)
  from (select f.id, f.code, coalesce(sum(a.balance_won) filter (where a.kind = 'asset'), 0) as cash
        from donations_fund f join donations_account a on a.fund_id = f.id where f.is_gift group by 1, 2) f
  left join (select fund_id, sum(remaining_won) left_won from donations_gift where remaining_won > 0 group by 1) g
  on g.fund_id = f.id where f.cash <> coalesce(g.left_won, 0)
"""


def fund_balance(fund_id: int) -> int:
    """Won in the dedicated account and with providers that belong to this fund."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(balance_won), 0) from donations_account where fund_id = %s and kind = 'asset'",
            [fund_id],
        )
        return int(cursor.fetchone()[0])


def payable(fund_id: int) -> int:
    """Won in the dedicated account alone: what can be paid out today."""
    row = Account.objects.filter(fund_id=fund_id, chart_id="bank").values_list("balance_won", flat=True).first()
    return int(row or 0)


def trial_balance(
    since: date, until: date, *, gifts: bool | None = None, receiver_id: int | None = None
) -> list[TrialLine]:
    """All lines of the chart, months `since` … `until` (first days); `gifts` True or False asks for one side only.

    Of one receiving body, or of all together.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TRIAL, {"since": since, "until": until, "gift": gifts, "receiver": receiver_id})
        sums = {row[0]: [int(won or 0) for won in row[1:]] for row in cursor.fetchall()}
    lines = []
    for chart in Chart.objects.all():
        opening, debit, credit = sums.get(chart.code, [0, 0, 0])
        lines.append(TrialLine(chart.code, chart.name, chart.kind, opening, debit, credit))
    return lines


def trouble() -> list[str]:
    """Everything that is not in its place, in words; empty when the books are whole. Reads all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_TROUBLE)
        return [row[0] for row in cursor.fetchall()]


def spent_on_operating_from_gifts() -> int:
    """Won of gifts that went into operating costs, from the postings: the promise of the front page."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(a.balance_won), 0) from donations_account a"
            " join donations_fund f on f.id = a.fund_id join donations_chart c on c.code = a.chart_id"
            " where f.is_gift and (c.operating or a.purpose = 'operating')"
        )
        return int(cursor.fetchone()[0])


def fund_of(receiver_id: int, kind: str, target: str = "") -> Fund | None:
    return Fund.objects.filter(receiver_id=receiver_id, kind=kind, target=target).first()
