"""How many payments and how many people stand behind the cells of the published tables: for what is not told (D1).

Turnovers say at once which cells are large. Only behind the others each payment is looked at: givers by their gifts
(without a name each gift is its own), people by the case that was paid for.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from donations.rules.small_cells import Behind

#: A cell of more entries than this has five people behind it.
LOOKED_AT = 1_000
_TURNOVERS = """
select a.id, a.kind, a.chart_id, f.receiver_id, f.kind, case when f.kind = 'need' then '' else f.target end, t.month,
  sum(t.entries) from donations_turnover t join donations_account a on a.id = t.account_id
join donations_fund f on f.id = a.fund_id
where f.is_gift and a.kind in ('income', 'expense') and t.month <= %(until)s and t.entries > 0
group by 1, 2, 3, 4, 5, 6, 7
"""
_GIVERS = """
select p.account_id, date_trunc('month', j.booked_on)::date, coalesce(g.donor_id, -g.id) from donations_posting p
join donations_journal j on j.id = p.journal_id join donations_account a on a.id = p.account_id
join donations_gift g on g.journal_id = j.id and g.fund_id = a.fund_id
where p.account_id = any(%(accounts)s) and j.booked_on >= %(since)s
  and not exists (select 1 from donations_journal r where r.reverses_id = j.id)
"""
_HELPED = """
select p.account_id, date_trunc('month', j.booked_on)::date, coalesce(o.case_id, -j.id) from donations_posting p
join donations_journal j on j.id = p.journal_id left join donations_payout o on o.journal_id = j.id
where p.account_id = any(%(accounts)s) and j.booked_on >= %(since)s and p.amount_won > 0
  and not exists (select 1 from donations_journal r where r.reverses_id = j.id)
"""


@dataclass(frozen=True)
class Place:
    """Where entries stand: an account of a fund, in a month. `way`: income or expense."""

    account: int
    way: str
    chart: str
    receiver: int
    fund: tuple[str, str]
    month: date
    entries: int


Cell = Hashable
Cut = Callable[[Place], Cell | None]


def places(until: date) -> list[Place]:
    """All entries of gift funds until that month, by account and month."""
    return [
        Place(row[0], row[1], row[2], row[3], (row[4], row[5]), row[6], int(row[7]))
        for row in _ask(_TURNOVERS, {"until": until})
    ]


def behind(found: Iterable[Place], cut: Cut) -> dict[Cell, Behind]:
    """What stands behind each cell of a table; `cut` says in which cell a place is, None for none."""
    cells: dict[Cell, list[Place]] = defaultdict(list)
    for place in found:
        cell = cut(place)
        if cell is not None:
            cells[cell].append(place)
    small = {cell: rows for cell, rows in cells.items() if sum(row.entries for row in rows) < LOOKED_AT}
    people = _people([row for rows in small.values() for row in rows])
    result: dict[Cell, Behind] = {}
    for cell, rows in cells.items():
        seen = [who for row in rows for who in people.get((row.account, row.month), [])]
        result[cell] = Behind(len(seen), len(set(seen))) if cell in small else Behind(LOOKED_AT, LOOKED_AT)
    return result


def _people(rows: list[Place]) -> dict[tuple[int, date], list[int]]:
    found: dict[tuple[int, date], list[int]] = defaultdict(list)
    for way, query in (("income", _GIVERS), ("expense", _HELPED)):
        accounts = sorted({row.account for row in rows if row.way == way})
        if accounts:
            since = min(row.month for row in rows if row.way == way)
            for account, month, who in _ask(query, {"accounts": accounts, "since": since}):
                found[account, month].append(int(who))
    return found


def _ask(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
