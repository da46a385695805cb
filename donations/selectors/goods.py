"""The register of goods and events in kind; its values stand apart from every won (R75)."""

from dataclasses import dataclass
from typing import Any

from cases.selectors.payable import numbers_of
from donations.access import get_visible, visible_to
from donations.models import GoodsGift, GuestLine
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, check_any
from hopecare.kernel.permissions import Permission

MAY = (Permission.GIVING_MANAGE, Permission.MONEY_VIEW)
SHOWN = 200


@dataclass(frozen=True)
class Register:
    """A year: the rows, newest first, the value of all, guests of its events."""

    rows: list[GoodsGift]
    value_won: int
    guests: int

    @property
    def waiting(self) -> list[GoodsGift]:
        return [row for row in self.rows if row.left and row.kind == "goods"]


def register(viewer: Viewer, year: int | None = None) -> Register:
    check_any(viewer, *MAY)
    of_year = visible_to(viewer, GoodsGift).filter(given_on__year=year or clock.today().year)
    rows = list(of_year.select_related("provider", "category").order_by("-given_on", "-pk")[:SHOWN])
    return Register(rows, sum(row.value_won for row in rows), sum(row.guests for row in rows))


def one(viewer: Viewer, gift_id: int) -> GoodsGift:
    """One entry with its hand-outs, its read logged; NotFound otherwise."""
    check_any(viewer, *MAY)
    row = get_visible(viewer, GoodsGift, named="goods", pk=gift_id, select=("provider", "category", "registered_by"))
    audit.read(viewer, "goods", [row.pk], owners=[row.provider_id])
    return row


def uses(row: GoodsGift) -> list[Any]:
    return list(row.uses.select_related("by").order_by("-used_on", "-pk"))


@dataclass(frozen=True)
class Guest:
    """A line of the guest list; `number` of its case only for whoever may see that case."""

    row: GuestLine
    number: str


def guests(viewer: Viewer, event: GoodsGift) -> list[Guest]:
    """By what they need; three queries however many there are."""
    rows = list(visible_to(viewer, GuestLine).filter(event=event).select_related("category").order_by("pk"))
    numbers = numbers_of(viewer, [row.case_id for row in rows if row.case_id])
    return [Guest(row, numbers.get(row.case_id or 0, "")) for row in rows]


def csv_rows(viewer: Viewer) -> list[list[Any]]:
    """The register of this year for the form 19 report: day, kind, what, how many, value, basis, handed out."""
    rows: list[list[Any]] = [
        ["날짜", "센터", "구분", "내역", "수량", "단위", "가액(원)", "근거", "나눈 수량", "초대 인원"]
    ]
    for row in register(viewer).rows:
        what = [row.get_kind_display(), row.what, row.quantity, row.unit, row.value_won, row.get_basis_display()]
        rows.append([row.given_on.isoformat(), row.provider.name, *what, row.given_out, row.guests])
    audit.changed(viewer, "goods", [], "exported", paper="goods.csv")
    return rows
