"""Lists of other platforms at the desk: what was read, what is booked, and which deposit it could be."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from donations.access import get_visible, visible_to
from donations.models import Deposit, OutsideGift, OutsideList
from donations.rules.outside import REASONS
from donations.states import OutsideState
from hopecare.kernel import audit
from hopecare.kernel.access import Viewer, check_any
from hopecare.kernel.permissions import Permission

MAY = (Permission.GIVING_MANAGE, Permission.MONEY_VIEW)
SHOWN, SHOWN_GIFTS = 60, 200


@dataclass(frozen=True)
class Row:
    """One list: gifts, their sum, how many may ask us for a receipt."""

    row: OutsideList
    gifts: int
    won: int
    named: int

    @property
    def deposit_won(self) -> int:
        return self.won - self.row.fee_won


@dataclass(frozen=True)
class Page:
    row: Row
    gifts: list[OutsideGift]
    refused: list[tuple[int, str]]
    deposits: list[Deposit] = field(default_factory=list)


def lists(viewer: Viewer, **which: int) -> list[Row]:
    """The centre's lists (the accountant: all), newest first, in two queries."""
    check_any(viewer, *MAY)
    found = visible_to(viewer, OutsideList).filter(**which)
    rows = list(found.select_related("fund", "provider", "made_by", "booked_by", "deposit").order_by("-pk")[:SHOWN])
    counted = visible_to(viewer, OutsideGift).filter(list__in=rows).values("list_id")
    named = Q(order__isnull=False) | ~Q(phone="")
    sums = {
        one["list_id"]: one
        for one in counted.annotate(gifts=Count("pk"), won=Sum("amount_won"), named=Count("pk", filter=named))
    }
    nothing = {"gifts": 0, "won": 0, "named": 0}
    return [Row(row, *(int(sums.get(row.pk, nothing)[name]) for name in nothing)) for row in rows]


def one(viewer: Viewer, list_id: int) -> Page:
    """One list with its lines, its read logged; to the accountant the deposits that fit. NotFound otherwise."""
    check_any(viewer, *MAY)
    found = get_visible(viewer, OutsideList, named="outside_list", pk=list_id)
    audit.read(viewer, "outside_list", [found.pk], owners=[found.provider_id])
    row = lists(viewer, pk=found.pk)[0]
    gifts = visible_to(viewer, OutsideGift).filter(list=found).order_by("pk")
    refused = [(line, str(REASONS[reason])) for line, reason in found.refused if reason in REASONS]
    books = viewer.may(Permission.MONEY_BOOK) and found.state == OutsideState.DRAFT
    return Page(row, list(gifts[:SHOWN_GIFTS]), refused, _fitting(viewer, row) if books else [])


def _fitting(viewer: Viewer, row: Row) -> list[Deposit]:
    rows = visible_to(viewer, Deposit).filter(receiver=row.row.receiver_id, journal=None, amount_won=row.deposit_won)
    return list(rows.order_by("-booked_on", "-pk")[:20])
