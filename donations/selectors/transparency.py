"""Where the money went, from the books alone (R73, K12): nobody's name, no date of a single payment, no small cell.

Everything is a sum over months (`Turnover`) but the age of what waits and the payments by category. The page is worked
out at most once a minute in each process.
"""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from donations.models import Receiver, Seal
from donations.selectors.ledger import spent_on_operating_from_gifts
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system

LEAST_SHOWN = 5
KEEP_SECONDS = 60
_LINES = """
select c.code, c.kind, c.name_ko, c.name_en, f.is_gift,
  coalesce(sum(t.debit_won - t.credit_won) filter (where t.month < %(since)s), 0),
  coalesce(sum(t.debit_won - t.credit_won) filter (where t.month >= %(since)s), 0),
  coalesce(sum(t.entries) filter (where t.month >= %(since)s), 0), c.position
from donations_turnover t join donations_account a on a.id = t.account_id join donations_fund f on f.id = a.fund_id
join donations_chart c on c.code = a.chart_id where t.month <= %(until)s group by c.code, f.is_gift order by c.position
"""
_FUNDS = """
select f.kind, coalesce(case when f.kind = 'need' then '' else f.code end, ''), min(f.name_ko), min(f.name_en),
  min(r.centre_id), count(distinct f.id),
  coalesce(sum(t.debit_won) filter (where a.kind = 'asset' and a.chart_id = 'bank'), 0),
  coalesce(-sum(t.debit_won - t.credit_won) filter (where a.kind in ('income', 'net')), 0),
  coalesce(sum(t.debit_won - t.credit_won) filter (where a.kind = 'expense'), 0)
from donations_fund f join donations_receiver r on r.id = f.receiver_id join donations_account a on a.fund_id = f.id
left join donations_turnover t on t.account_id = a.id and t.month <= %(until)s
where f.is_gift group by 1, 2 order by min(f.receiver_id), min(f.id)
"""
_MONTHS = """
select t.month, -sum(t.debit_won - t.credit_won) filter (where a.kind = 'income'),
  sum(t.debit_won - t.credit_won) filter (where a.kind = 'expense')
from donations_turnover t join donations_account a on a.id = t.account_id join donations_fund f on f.id = a.fund_id
where f.is_gift and t.month between %(since)s and %(until)s group by 1 order by 1
"""
_ZONES = """
select o.name_ko, o.name_en, -sum(t.debit_won - t.credit_won) filter (where a.kind = 'income'),
  sum(t.debit_won - t.credit_won) filter (where a.kind = 'expense')
from donations_turnover t join donations_account a on a.id = t.account_id join donations_fund f on f.id = a.fund_id
join donations_receiver r on r.id = f.receiver_id join kernel_organisation o on o.id = r.centre_id
where f.is_gift and t.month between %(since)s and %(until)s group by r.id, o.id order by r.id
"""
_CATEGORIES = """
select c.name_ko, c.name_en, sum(p.amount_won - p.returned_won), count(*)
from donations_payout p join kernel_category c on c.id = p.category_id
where p.paid_on between %(since)s and %(until_day)s and p.amount_won > p.returned_won group by c.id order by c.position
"""
_AGE = """
select case when %(today)s - received_on <= 91 then 0 when %(today)s - received_on <= 182 then 1
  when %(today)s - received_on <= 365 then 2 else 3 end, sum(remaining_won), count(*)
from donations_gift where remaining_won > 0 group by 1
"""


@dataclass(frozen=True)
class Row:
    """Words in both languages and won; `count` is None where fewer than five would be told."""

    name_ko: str
    name_en: str
    won: int | None
    count: int | None = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Transparency:
    since: date
    until: date
    before_won: int
    sources: list[Row]
    ever: list[Row]
    purposes: list[Row]
    operating_won: int
    left_won: int
    funds: list[Row]
    ages: list[Row]
    months: list[Row]
    zones: list[Row]
    categories: list[Row]
    subsidy_won: int
    seal: Seal | None
    receivers: list[Receiver]

    @property
    def in_won(self) -> int:
        return sum(row.won or 0 for row in self.sources)

    @property
    def ever_won(self) -> int:
        """Everything that ever came in until then (R70)."""
        return sum(row.won or 0 for row in self.ever)

    @property
    def leverage(self) -> int | None:
        """Gifts for each hundred won of the city's subsidy for running the centres (R62); None without one."""
        return 100 * self.in_won // self.subsidy_won if self.subsidy_won else None

    @property
    def out_won(self) -> int:
        return sum(row.won or 0 for row in self.purposes)


_kept: dict[date, tuple[float, Transparency]] = {}


def forget() -> None:
    _kept.clear()


def transparency(year: int | None = None) -> Transparency:
    """The figures of a year until its last finished day; this year by default."""
    today = clock.today()
    since = date(year or today.year, 1, 1)
    until = min(today, date(since.year, 12, 31))
    kept_until, kept = _kept.get(since, (0.0, None))
    if kept is not None and time.monotonic() < kept_until:
        return kept
    with acting_as(system(Principal.GIVING)):
        found = _read(since, until)
    _kept[since] = (time.monotonic() + KEEP_SECONDS, found)
    return found


def _query(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _read(since: date, until: date) -> Transparency:
    values = {"since": since, "until": until.replace(day=1), "until_day": until, "today": clock.today()}
    lines = _query(_LINES, values)
    gifts = [line for line in lines if line[4]]
    assets = sum(int(line[5]) for line in gifts if line[1] == "asset")
    moved = sum(int(line[6]) for line in gifts if line[1] == "asset")
    subsidy = sum(-int(line[6]) for line in lines if line[0] == "subsidy")
    return Transparency(
        since=since,
        until=until,
        before_won=assets,
        sources=[Row(line[2], line[3], -int(line[6])) for line in gifts if line[1] == "income" and line[6]],
        ever=[Row(line[2], line[3], -int(line[5]) - int(line[6])) for line in gifts if line[1] == "income"],
        purposes=[Row(line[2], line[3], int(line[6])) for line in gifts if line[1] == "expense" and line[6]],
        operating_won=spent_on_operating_from_gifts(),
        left_won=assets + moved,
        funds=_funds(values),
        ages=_ages(values),
        months=[_in_and_out(f"{row[0]:%Y-%m}", *row) for row in _query(_MONTHS, values)],
        zones=[_in_and_out(*row) for row in _query(_ZONES, values)],
        categories=[_told(*row) for row in _query(_CATEGORIES, values)],
        subsidy_won=subsidy,
        seal=Seal.objects.order_by("-day").first(),
        receivers=list(Receiver.objects.select_related("organisation", "centre").order_by("pk")),
    )


def _in_and_out(name_ko: str, name_en: Any, came: int | None, went: int | None) -> Row:
    words = name_en if isinstance(name_en, str) else name_ko
    return Row(name_ko, words, int(came or 0), more={"out": int(went or 0)})


def _told(name_ko: str, name_en: str, won: int, count: int) -> Row:
    """A cell of fewer than five payments is not told."""
    few = count < LEAST_SHOWN
    return Row(name_ko, name_en, None if few else int(won), None if few else int(count))


def _funds(values: dict[str, Any]) -> list[Row]:
    """Standing funds one by one; the funds of single needs together, as each is one person's."""
    standing, needs_in, needs_out, needs = [], 0, 0, 0
    for kind, _code, name_ko, name_en, _centre, count, _bank, came, went in _query(_FUNDS, values):
        if kind == "need":
            needs_in, needs_out, needs = needs_in + int(came), needs_out + int(went), needs + int(count)
        else:
            more = {"in": int(came), "out": int(went), "designated": kind != "general"}
            standing.append(Row(name_ko, name_en, int(came) - int(went), more=more))
    if needs >= LEAST_SHOWN:
        more = {"in": needs_in, "out": needs_out, "designated": True}
        words = ("한 사람의 필요 (모두 합쳐)", "Single people's needs (together)")
        standing.append(Row(*words, needs_in - needs_out, needs, more))
    return standing


_AGE_NAMES = (
    ("3개월 안", "Up to 3 months"),
    ("3–6개월", "3 to 6 months"),
    ("6–12개월", "6 to 12 months"),
    ("1년 넘음", "Over a year"),
)


def _ages(values: dict[str, Any]) -> list[Row]:
    rows = {int(row[0]): (int(row[1]), int(row[2])) for row in _query(_AGE, values)}
    most = max((won for won, _ in rows.values()), default=0) or 1
    found = []
    for place, (ko, en) in enumerate(_AGE_NAMES):
        won, count = rows.get(place, (0, 0))
        few = 0 < count < LEAST_SHOWN
        found.append(Row(ko, en, won, None if few else count, {"width": 200 * won // most}))
    return found


def csv_lines(year: int | None = None) -> list[list[Any]]:
    """The page as rows: section, name, won, second figure."""
    found = transparency(year)
    rows: list[list[Any]] = [["section", "name_ko", "name_en", "won", "second"]]
    rows.append(["before", "지난해 남은 돈", "Left from before", found.before_won, ""])
    for section in ("sources", "ever", "purposes", "funds", "ages", "months", "zones", "categories"):
        for row in getattr(found, section):
            second = row.more.get("out", row.count if row.count is not None else "")
            rows.append([section, row.name_ko, row.name_en, "" if row.won is None else row.won, second])
    rows.append(["left", "아직 쓰지 않은 돈", "Not spent yet", found.left_won, ""])
    rows.append(["operating", "운영비로 쓴 후원금", "Gifts spent on running costs", found.operating_won, ""])
    return rows


def seals(days: int = 31) -> list[Seal]:
    """The links of the last days, newest first."""
    return list(Seal.objects.filter(day__gte=clock.today() - timedelta(days=days)).order_by("-day"))
