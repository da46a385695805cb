"""The yearly report of gifts and their use (재무·회계 규칙 별지 제19호서식, K12), from books and registers.

Two papers of the same figures: one for the office with givers' names, one for three months on the notice board without
them; there monthly accounts, coins and payments stand as sums, so that nobody is recognised (D1).
"""

import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import openpyxl
from django.db import connection
from django.db.models import Count, QuerySet, Sum

from donations.access import visible_to
from donations.models import Chart, Gift, GoodsGift, GoodsUse, Payout, PayoutReturn, Receiver
from donations.states import DESIGNATED, Source
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Viewer, check
from hopecare.kernel.permissions import Permission

#: The form's own words for where a gift comes from.
KINDS = {Source.BOX: "자선모금품", Source.CAMPAIGN: "자선모금품", Source.INTEREST: "기타 후원금품"}
USUAL = "지역사회 후원금품"
GIVERS = {"person": "개인", "company": "영리법인"}
_INCOME = ("순번", "발생일자", "후원금의 종류", "후원자 구분", "후원자", "내역", "금액", "비고")
_SPENT = ("순번", "사용일자", "사용내역", "금액", "결연후원금품 여부", "산출기준", "비고")
_GOODS = ("순번", "발생일자", "후원자 구분", "후원자", "품명", "수량", "단위", "상당금액", "비고")
_GOODS_USED = ("순번", "사용일자", "사용내역", "품명", "수량", "단위", "상당금액", "비고")
_ACCOUNT = ("금융기관", "계좌번호", "계좌명의")
_BACK = """
select j.booked_on, sum(a.amount_won) from donations_allocation a
join donations_journal j on j.id = a.journal_id join donations_gift g on g.id = a.gift_id
join donations_fund f on f.id = g.fund_id
where j.kind = 'refund' and f.receiver_id = %s and j.booked_on between %s and %s group by 1 order by 1
"""
Cell = str | int
Line = tuple[Cell, ...]


@dataclass(frozen=True)
class Part:
    """One table of the form; the first line holds its headings."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Form:
    receiver: Receiver
    year: int
    parts: list[Part]


def form19(viewer: Viewer, receiver_id: int, year: int, *, names: bool) -> Form:
    """The five tables of a receiver's year; who took them is written down (K9). NotFound for no receiver."""
    check(viewer, Permission.MONEY_VIEW)
    receiver = Receiver.objects.select_related("organisation", "centre").filter(pk=receiver_id).first()
    if receiver is None:
        raise errors.NotFound("receiver", str(receiver_id))
    audit.changed(viewer, "books", [], "exported", paper=f"form 19 {year}{' with names' if names else ''}")
    since, until = date(year, 1, 1), date(year, 12, 31)
    spent = _payments(viewer, receiver, since, until) if names else _payments_together(viewer, receiver, since, until)
    account: Line = (receiver.bank, receiver.account_number, receiver.organisation.name_ko)
    return Form(
        receiver,
        year,
        [
            Part("1. 후원금 수입명세서", _numbered(_INCOME, _income(viewer, receiver, since, until, names=names))),
            Part("2. 후원금 사용명세서", _numbered(_SPENT, spent)),
            Part("3. 후원품 수입명세서", _numbered(_GOODS, _goods(viewer, receiver, since, until, names=names))),
            Part("4. 후원품 사용명세서", _numbered(_GOODS_USED, _goods_used(viewer, receiver, since, until))),
            Part("5. 후원금 전용계좌", [_ACCOUNT, account]),
        ],
    )


def _numbered(headings: Line, rows: Iterable[Line]) -> list[Line]:
    return [headings, *((number, *row) for number, row in enumerate(rows, 1))]


def _income(viewer: Viewer, receiver: Receiver, since: date, until: date, *, names: bool) -> list[Line]:
    """Single gifts one by one, monthly accounts as one line a day, money that went back below nought."""
    every = visible_to(viewer, Gift).filter(
        fund__receiver=receiver, received_on__range=(since, until), carried_from=None
    )
    dated: dict[date, list[Line]] = defaultdict(list)
    for gift in every.filter(pledge=None).select_related("fund", "donor").order_by("received_on", "pk"):
        donor = gift.donor
        who = GIVERS.get(donor.kind, "기타") if donor else "기타"
        name = (donor.name if donor else "") or "무명" if names else "○○○"
        dated[gift.received_on].append(
            (_day(gift.received_on), _kind(gift.source), who, name, gift.fund.name_ko, gift.amount_won, _mark(gift))
        )
    monthly = every.exclude(pledge=None).values_list("received_on", "fund__kind")
    for day, kind, people, won in monthly.annotate(Count("donor", distinct=True), Sum("amount_won")):
        mark = "지정" if kind in DESIGNATED else "비지정"
        dated[day].append((_day(day), USUAL, "개인 등", f"정기후원 {people}명", "1인 1구좌", int(won), mark))
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [receiver.pk, since, until])
        for day, won in cursor.fetchall():
            dated[day].append((_day(day), "반환", "", "", "후원자에게 돌려드림", -int(won), ""))
    return [line for day in sorted(dated) for line in dated[day]]


def _day(day: date) -> str:
    return day.isoformat()


def _kind(source: str) -> str:
    return KINDS.get(Source(source), USUAL)


def _mark(gift: Gift) -> str:
    return "지정" if gift.fund.kind in DESIGNATED else "비지정"


def _payments(viewer: Viewer, receiver: Receiver, since: date, until: date) -> list[Line]:
    rows = visible_to(viewer, Payout).filter(fund__receiver=receiver, paid_on__range=(since, until))
    lines = dict(Chart.objects.exclude(purpose="").values_list("purpose", "name_ko"))
    found: list[tuple[date, Line]] = []
    for row in rows.select_related("fund", "service").order_by("paid_on", "pk"):
        what = f"{lines.get(row.purpose, row.purpose)} · {row.service.name_ko}"
        day = row.paid_on or since
        found.append((day, (_day(day), what, row.amount_won, "N", "실비", row.fund.name_ko)))
    for back in _came_back(viewer, receiver, since, until).select_related("payout__fund", "payout__service"):
        paid = back.payout
        what = f"반납 · {lines.get(paid.purpose, paid.purpose)} · {paid.service.name_ko}"
        found.append((back.came_on, (_day(back.came_on), what, -back.amount_won, "N", "실비", paid.fund.name_ko)))
    return [line for _on, line in sorted(found, key=lambda one: one[0])]


def _came_back(viewer: Viewer, receiver: Receiver, since: date, until: date) -> "QuerySet[PayoutReturn]":
    """What payees returned in these days, of whichever year the payment was."""
    rows = visible_to(viewer, PayoutReturn).filter(payout__fund__receiver=receiver, came_on__range=(since, until))
    return rows.order_by("came_on", "pk")


def _payments_together(viewer: Viewer, receiver: Receiver, since: date, until: date) -> list[Line]:
    """By month and line of the plan: no single payment can be told from it."""
    rows = visible_to(viewer, Payout).filter(fund__receiver=receiver, paid_on__range=(since, until))
    names = dict(Chart.objects.exclude(purpose="").values_list("purpose", "name_ko"))
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for day, purpose, won in rows.values_list("paid_on", "purpose", "amount_won"):
        sums[f"{day:%Y-%m}", names.get(purpose, purpose)] += won
    back = _came_back(viewer, receiver, since, until).values_list("came_on", "payout__purpose", "amount_won")
    for day, purpose, won in back:
        sums[f"{day:%Y-%m}", names.get(purpose, purpose)] -= won
    return [(month, line, won, "N", "실비", "") for (month, line), won in sorted(sums.items())]


def _goods(viewer: Viewer, receiver: Receiver, since: date, until: date, *, names: bool) -> list[Line]:
    rows = visible_to(viewer, GoodsGift).filter(receiver=receiver, given_on__range=(since, until))
    return [
        (
            _day(row.given_on),
            "기타",
            (row.giver_name or "무명") if names else "○○○",
            row.what,
            row.quantity,
            row.unit,
            row.value_won,
            str(row.get_basis_display()),
        )
        for row in rows.order_by("given_on", "pk")
    ]


def _goods_used(viewer: Viewer, receiver: Receiver, since: date, until: date) -> list[Line]:
    rows = visible_to(viewer, GoodsUse).filter(gift__receiver=receiver, used_on__range=(since, until))
    return [
        (
            _day(row.used_on),
            row.words,
            row.gift.what,
            row.quantity,
            row.gift.unit,
            row.gift.value_won * row.quantity // row.gift.quantity,
            f"{row.people}명",
        )
        for row in rows.select_related("gift").order_by("used_on", "pk")
    ]


def workbook(found: Form) -> bytes:
    """One sheet a table; words that a spreadsheet would take for a formula stay words."""
    book = openpyxl.Workbook(write_only=True)
    for part in found.parts:
        sheet = book.create_sheet(part.title)
        sheet.append([f"{part.title} · {found.year} · {found.receiver.organisation.name_ko}"])
        for line in part.lines:
            sheet.append([f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" else cell for cell in line])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
