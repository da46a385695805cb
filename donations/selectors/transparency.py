"""Where the money went, from the books alone (R73, K12): nobody's name, no date of a single payment, no small cell.

Everything is a sum over months (`Turnover`) but the age of what waits and the payments by category. By month, centre,
purpose, fund, age and category a cell of few payments or people is not told, nor what would betray it
(rules/small_cells.py); sums of the whole city and ways of giving are. The page is worked out at most once a minute in
each process.
"""

import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection

from donations.models import Receiver, Seal
from donations.rules.small_cells import LEAST, Behind, untold
from donations.selectors.behind import Cut, Place, behind, places
from donations.selectors.ledger import spent_on_operating_from_gifts
from donations.states import EarmarkKind
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, acting_as, system

KEEP_SECONDS = 60
#: Funds that every centre has; their names begin with the centre's.
OF_EACH_CENTRE = (EarmarkKind.GENERAL, EarmarkKind.CAUSE, EarmarkKind.CATEGORY)
TOGETHER = ("작은 용도 (모두 합쳐)", "Small purposes (together)")
_LINES = """
select c.code, c.kind, c.name_ko, c.name_en, f.is_gift,
  coalesce(sum(t.debit_won - t.credit_won) filter (where t.month < %(since)s), 0),
  coalesce(sum(t.debit_won - t.credit_won) filter (where t.month >= %(since)s), 0),
  coalesce(sum(t.entries) filter (where t.month >= %(since)s), 0), c.position
from donations_turnover t join donations_account a on a.id = t.account_id join donations_fund f on f.id = a.fund_id
join donations_chart c on c.code = a.chart_id where t.month <= %(until)s group by c.code, f.is_gift order by c.position
"""
_FUNDS = """
select f.kind, case when f.kind = 'need' then '' else f.target end, min(f.name_ko), min(f.name_en),
  array_agg(distinct p.code), count(distinct f.id),
  coalesce(-sum(t.debit_won - t.credit_won) filter (where a.kind in ('income', 'net')), 0),
  coalesce(sum(t.debit_won - t.credit_won) filter (where a.kind = 'expense'), 0)
from donations_fund f join donations_account a on a.fund_id = f.id
left join donations_turnover t on t.account_id = a.id and t.month <= %(until)s
left join lateral (select string_agg(code, ' ' order by code) as code from unnest(f.allowed_purposes) as code) p on true
where f.is_gift group by 1, 2 order by min(f.id)
"""
_MONTHS = """
select t.month, -sum(t.debit_won - t.credit_won) filter (where a.kind = 'income'),
  sum(t.debit_won - t.credit_won) filter (where a.kind = 'expense')
from donations_turnover t join donations_account a on a.id = t.account_id join donations_fund f on f.id = a.fund_id
where f.is_gift and t.month between %(since)s and %(until)s group by 1 order by 1
"""
_ZONES = """
select r.id, o.name_ko, o.name_en, -sum(t.debit_won - t.credit_won) filter (where a.kind = 'income'),
  sum(t.debit_won - t.credit_won) filter (where a.kind = 'expense')
from donations_receiver r join kernel_organisation o on o.id = r.centre_id
left join donations_fund f on f.receiver_id = r.id and f.is_gift left join donations_account a on a.fund_id = f.id
left join donations_turnover t on t.account_id = a.id and t.month between %(since)s and %(until)s
group by r.id, o.id order by r.id
"""
_CATEGORIES = """
select c.name_ko, c.name_en, sum(p.amount_won - p.returned_won), count(*), count(distinct coalesce(p.case_id, -p.id))
from donations_payout p join kernel_category c on c.id = p.category_id
where p.paid_on between %(since)s and %(until_day)s and p.amount_won > p.returned_won group by c.id order by c.position
"""
_AGE = """
select case when %(today)s - received_on <= 91 then 0 when %(today)s - received_on <= 182 then 1
  when %(today)s - received_on <= 365 then 2 else 3 end, sum(remaining_won), count(*),
  count(distinct coalesce(donor_id, -id)) from donations_gift where remaining_won > 0 group by 1
"""


@dataclass(frozen=True)
class Row:
    """Words in both languages and won; None is what is not told. `more`: further won, None alike."""

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
    out_won: int

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
    def untold_won(self) -> int:
        """What went out for the purposes that are not told one by one."""
        return self.out_won - sum(row.won or 0 for row in self.purposes)


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
    known = places(values["until"])
    year = [place for place in known if place.month >= since]
    spent = {line[0]: int(line[6]) for line in gifts if line[1] == "expense"}
    purposes = _hidden(spent, behind(year, lambda place: place.chart if place.way == "expense" else None))
    return Transparency(
        since=since,
        until=until,
        before_won=assets,
        sources=[Row(line[2], line[3], -int(line[6])) for line in gifts if line[1] == "income" and line[6]],
        ever=[Row(line[2], line[3], -int(line[5]) - int(line[6])) for line in gifts if line[1] == "income"],
        purposes=[
            Row(line[2], line[3], None if line[0] in purposes else int(line[6]))
            for line in gifts
            if line[1] == "expense" and (line[6] or line[0] in purposes)
        ],
        operating_won=spent_on_operating_from_gifts(),
        left_won=assets + moved,
        funds=_funds(values, known, purposes),
        ages=_ages(values),
        months=_in_and_out(
            [(row[0], f"{row[0]:%Y-%m}", f"{row[0]:%Y-%m}", *row[1:]) for row in _query(_MONTHS, values)],
            year,
            lambda place: place.month,
        ),
        zones=_in_and_out(_query(_ZONES, values), year, lambda place: place.receiver),
        categories=_categories(_query(_CATEGORIES, values)),
        subsidy_won=subsidy,
        seal=Seal.objects.order_by("-day").first(),
        receivers=list(Receiver.objects.select_related("organisation", "centre").order_by("pk")),
        out_won=sum(spent.values()),
    )


def _hidden(wons: dict[Any, int], found: dict[Any, Behind], also: frozenset[Any] = frozenset()) -> set[Any]:
    """Keys of a table's cells that are not told. Won behind which no payment is found, as it went back, are few."""
    few, nobody = Behind(1, 1), Behind(0, 0)
    return untold({key: found.get(key, few if won else nobody) for key, won in wons.items()}, also)


def _in_and_out(rows: list[tuple[Any, ...]], known: list[Place], cut: Cut) -> list[Row]:
    """(key, words, words, in, out) as rows; each column hides for itself."""
    shown: list[dict[Any, int | None]] = []
    for at, way in ((3, "income"), (4, "expense")):
        wons = {row[0]: int(row[at] or 0) for row in rows}
        hidden = _hidden(wons, behind([place for place in known if place.way == way], cut))
        shown.append({key: None if key in hidden else won for key, won in wons.items()})
    return [Row(row[1], row[2], shown[0][row[0]], more={"out": shown[1][row[0]]}) for row in rows]


def _categories(rows: list[tuple[Any, ...]]) -> list[Row]:
    hidden = untold({at: Behind(int(row[3]), int(row[4])) for at, row in enumerate(rows)})
    return [
        Row(row[0], row[1], None if at in hidden else int(row[2]), None if at in hidden else int(row[3]))
        for at, row in enumerate(rows)
    ]


def _funds(values: dict[str, Any], known: list[Place], purposes: set[str]) -> list[Row]:
    """What was given for, of all centres together, as each fund stands with every one of them; single needs as one.

    Funds of few payments stand as one with others, and so does a fund that would tell a hidden purpose.
    """
    rows = {(row[0], row[1]): row for row in _query(_FUNDS, values)}
    hidden = set[Any]()
    for at, way in ((6, "income"), (7, "expense")):
        wons = {key: int(row[at]) for key, row in rows.items()}
        tell = {key for key, row in rows.items() if _tells(row, purposes)}
        hidden |= _hidden(
            wons,
            behind([place for place in known if place.way == way], lambda place: place.fund),
            frozenset(tell | hidden),
        )
    told = [_fund(row) for key, row in rows.items() if key not in hidden and (row[6] or row[7] or row[0] != "need")]
    came, went = (sum(int(rows[key][at]) for key in hidden) for at in (6, 7))
    if hidden and (came or went):
        told.append(Row("다른 기금 (모두 합쳐)", "Other funds (together)", came - went, more={"in": came, "out": went}))
    return told


def _tells(row: tuple[Any, ...], purposes: set[str]) -> bool:
    """A fund of few needs, or one that pays hidden purposes alone."""
    pays = {code for codes in row[4] for code in (codes or "").split()}
    return (row[0] == "need" and 0 < int(row[5]) < LEAST) or (bool(purposes) and pays <= purposes)


def _fund(row: tuple[Any, ...]) -> Row:
    came, went, need = int(row[6]), int(row[7]), row[0] == "need"
    ko, en = ("한 사람의 필요 (모두 합쳐)", "Single people's needs (together)") if need else (row[2], row[3])
    if row[0] in OF_EACH_CENTRE:  # "동부 의료", "East: Medical care"
        ko, en = ko.partition(" ")[2] or ko, en.partition(": ")[2] or en
    more = {"in": came, "out": went, "designated": row[0] != "general"}
    return Row(ko, en, came - went, int(row[5]) if need else None, more)


_AGE_NAMES = (
    ("3개월 안", "Up to 3 months"),
    ("3–6개월", "3 to 6 months"),
    ("6–12개월", "6 to 12 months"),
    ("1년 넘음", "Over a year"),
)


def _ages(values: dict[str, Any]) -> list[Row]:
    rows = {int(row[0]): (int(row[1]), int(row[2]), int(row[3])) for row in _query(_AGE, values)}
    bands = {place: rows.get(place, (0, 0, 0)) for place in range(len(_AGE_NAMES))}
    hidden = untold({place: Behind(count, people) for place, (_, count, people) in bands.items()})
    most = max((won for place, (won, _, _) in bands.items() if place not in hidden), default=0) or 1
    found = []
    for place, (ko, en) in enumerate(_AGE_NAMES):
        won, count, _people = bands[place]
        if place in hidden:
            found.append(Row(ko, en, None, None, {"width": 0}))
        else:
            found.append(Row(ko, en, won, count, {"width": 200 * won // most}))
    return found


def csv_lines(year: int | None = None) -> list[list[Any]]:
    """The page as rows: section, name, won, second figure."""
    found = transparency(year)
    rows: list[list[Any]] = [["section", "name_ko", "name_en", "won", "second"]]
    rows.append(["before", "지난해 남은 돈", "Left from before", found.before_won, ""])
    for section in ("sources", "ever", "purposes", "funds", "ages", "months", "zones", "categories"):
        for row in getattr(found, section):
            second = row.more.get("out", row.count)
            rows.append([section, row.name_ko, row.name_en, *("" if won is None else won for won in (row.won, second))])
        if section == "purposes" and any(row.won is None for row in found.purposes):
            rows.append([section, *TOGETHER, found.untold_won, ""])
    rows.append(["left", "아직 쓰지 않은 돈", "Not spent yet", found.left_won, ""])
    rows.append(["operating", "운영비로 쓴 후원금", "Gifts spent on running costs", found.operating_won, ""])
    return rows


def seals(days: int = 31) -> list[Seal]:
    """The links of the last days, newest first."""
    return list(Seal.objects.filter(day__gte=clock.today() - timedelta(days=days)).order_by("-day"))
