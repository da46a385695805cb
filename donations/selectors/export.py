"""The books for other programs: beancount, CSV, and the facility's 관·항·목 sheet (K12)."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection

from donations.models import Chart, Receiver
from donations.selectors.ledger import trial_balance
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

_KINDS = {"asset": "Assets", "income": "Income", "expense": "Expenses", "net": "Equity"}
_ROWS = """
select j.id, j.booked_on, j.kind, j.key, f.code, a.chart_id, a.kind, p.amount_won
from donations_posting p join donations_journal j on j.id = p.journal_id join donations_account a on a.id = p.account_id
join donations_fund f on f.id = a.fund_id where j.booked_on between %(since)s and %(until)s
  and (%(receiver)s::bigint is null or f.receiver_id = %(receiver)s) order by j.booked_on, j.id, p.id
"""
_OPENING = """
select f.code, a.chart_id, a.kind, sum(p.amount_won) from donations_posting p
join donations_journal j on j.id = p.journal_id join donations_account a on a.id = p.account_id
join donations_fund f on f.id = a.fund_id where j.booked_on < %(since)s
  and (%(receiver)s::bigint is null or f.receiver_id = %(receiver)s) group by 1, 2, 3 having sum(p.amount_won) <> 0
order by 1, 2
"""


def _words(text: str) -> str:
    """A component of a beancount account: starts with a capital, letters and hyphens only."""
    return "-".join(part.capitalize() for part in text.replace("_", " ").replace(":", " ").split())


def account_name(kind: str, fund: str, chart: str) -> str:
    return f"{_KINDS[kind]}:{_words(fund)}:{_words(chart)}"


def _rows(query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def beancount(viewer: Viewer, since: date, until: date, receiver_id: int | None = None) -> Iterator[str]:
    """Lines of a beancount file: opening balances, every journal of the days, and a balance assertion per account.

    Of one receiving body, or of all: no journal holds the money of two.
    """
    check(viewer, Permission.MONEY_VIEW)
    values = {"since": since, "until": until, "receiver": receiver_id}
    opening, rows = _rows(_OPENING, values), _rows(_ROWS, values)
    sums: dict[str, int] = {}
    for fund, chart, kind, won in opening:
        sums[account_name(kind, fund, chart)] = int(won)
    for row in rows:
        name = account_name(row[6], row[4], row[5])
        sums[name] = sums.get(name, 0)
    yield 'option "title" "Hope Care gifts"\noption "operating_currency" "KRW"\n'
    yield from (f"{since} open {name} KRW\n" for name in sorted(sums))
    if opening:
        yield f'\n{since} * "opening" "balances carried forward"\n'
        yield from (f"  {name}  {sums[name]} KRW\n" for name in sorted(sums) if sums[name])
    current = 0
    for journal, day, kind, key, fund, chart, account_kind, won in rows:
        if journal != current:
            current = journal
            yield f'\n{day} * "{kind}" "{key}"\n  journal: "{journal}"\n'
        name = account_name(account_kind, fund, chart)
        sums[name] += won
        yield f"  {name}  {won} KRW\n"
    yield "\n"
    end = date.fromordinal(until.toordinal() + 1)
    yield from (f"{end} balance {name}  {won} KRW\n" for name, won in sorted(sums.items()))


def postings_csv(viewer: Viewer, since: date, until: date, receiver_id: int | None = None) -> Iterator[str]:
    """One line a posting; no giver, no recipient stands in the books."""
    check(viewer, Permission.MONEY_VIEW)
    yield "\ufeff" + _line(["journal", "day", "kind", "key", "fund", "account", "won"])
    values = {"since": since, "until": until, "receiver": receiver_id}
    for journal, day, kind, key, fund, chart, _kind, won in _rows(_ROWS, values):
        yield _line([journal, day, kind, key, fund, chart, won])


def budget_sheet(
    viewer: Viewer, since: date, until: date, receiver_id: int | None = None
) -> list[tuple[str, str, str, str, int]]:
    """관, 항, 목, 산출 (name) and won of gift income and spending, months `since` … `until` (first days)."""
    check(viewer, Permission.MONEY_VIEW)
    lines = {line.code: line for line in trial_balance(since, until, gifts=True, receiver_id=receiver_id)}
    sheet = []
    for chart in Chart.objects.filter(kind__in=("income", "expense"), operating=False):
        line = lines[chart.code]
        won = line.credit_won - line.debit_won if chart.kind == "income" else line.debit_won - line.credit_won
        first, second, third = (part.strip() for part in chart.budget_line.split(">"))
        sheet.append((first, second, third, chart.name, won))
    return sheet


def budget_sheets(viewer: Viewer, since: date, until: date, receiver_id: int | None = None) -> list[list[str | int]]:
    """The sheet with its headings: each facility's accounts are its own (K12), so one column each, and all together.

    Of one receiving body its column alone.
    """
    receivers = [row for row in receivers_of_books(viewer) if receiver_id in (None, row.pk)]
    sheets = [budget_sheet(viewer, since, until, row.pk) for row in receivers]
    total = ["합계"] if receiver_id is None else []
    rows: list[list[str | int]] = [["관", "항", "목", "세목", *(row.centre.name_ko for row in receivers), *total]]
    for lines in zip(*sheets, strict=True):
        wons = [line[4] for line in lines]
        rows.append([*lines[0][:4], *wons, *([sum(wons)] if total else [])])
    return rows


def receivers_of_books(viewer: Viewer) -> list[Receiver]:
    """The receiving bodies, whose books are apart."""
    check(viewer, Permission.MONEY_VIEW)
    return list(Receiver.objects.select_related("centre", "organisation").order_by("pk"))


def _line(cells: list[Any]) -> str:
    """Cells that a spreadsheet would take for a formula are disarmed."""
    out = io.StringIO()
    safe = [f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell for cell in cells]
    csv.writer(out).writerow(safe)
    return out.getvalue()


def csv_of(rows: list[Any]) -> list[str]:
    return ["\ufeff", *(_line(list(row)) for row in rows)]


def note(viewer: Viewer, what: str) -> None:
    """Who took which paper, and when (K9)."""
    audit.changed(viewer, "books", [], "exported", paper=what)
