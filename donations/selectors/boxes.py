"""Money boxes as the desk sees them: who holds which, what waits to be counted, and what the bank should show."""

from dataclasses import dataclass

from donations.access import get_visible, visible_to
from donations.models import BoxCount, BoxTrip, MoneyBox
from donations.rules.boxes import MOST_BOXES
from donations.selectors.slips import NOTHING, Bank, bank_of
from donations.states import CountState
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Viewer, check_any
from hopecare.kernel.permissions import Permission

SHOWN = 60
MAY = (Permission.GIVING_MANAGE, Permission.MONEY_VIEW)


@dataclass(frozen=True)
class Counted:
    """One count with its bank side."""

    row: BoxCount
    won: int
    bank: Bank = NOTHING

    @property
    def late(self) -> bool:
        return self.row.due_on is not None and self.bank.paid_on is None and self.row.due_on < clock.today()

    @property
    def open(self) -> bool:
        return self.row.state == CountState.CONFIRMED and self.bank.paid_on is None

    @property
    def difference_won(self) -> int:
        return self.bank.deposit.amount_won - self.won if self.bank.deposit else self.row.difference_won


@dataclass(frozen=True)
class Boxes:
    out: list[BoxTrip]
    home: list[MoneyBox]
    back: list[BoxTrip]
    counts: list[Counted]
    registered: int
    lost: int
    asked_back: int


def boxes(viewer: Viewer) -> Boxes:
    """The page of the boxes in a handful of queries."""
    check_any(viewer, *MAY)
    trips = visible_to(viewer, BoxTrip).select_related("box", "provider")
    out = list(trips.filter(returned_on=None).order_by("ask_back_on", "pk"))
    back = list(trips.filter(returned_on__isnull=False, lost=False, count=None).order_by("box__number"))
    every = list(visible_to(viewer, MoneyBox).select_related("provider").order_by("provider_id", "number"))
    away = {trip.box_id for trip in (*out, *back)}
    today = clock.today()
    return Boxes(
        out=out[:SHOWN],
        home=[box for box in every if box.lost_on is None and box.pk not in away],
        back=back,
        counts=counts(viewer),
        registered=len(every),
        lost=sum(box.lost_on is not None for box in every),
        asked_back=sum(trip.ask_back_on <= today for trip in out),
    )


def counts(viewer: Viewer, **which: int) -> list[Counted]:
    """The latest counts, each with what the bank showed; five queries however many there are."""
    rows = visible_to(viewer, BoxCount).filter(**which).exclude(state=CountState.VOID)
    related = ("receiver__centre", "first_by", "second_by", "explained_by")
    found = list(rows.select_related(*related).prefetch_related("lines__trip__box").order_by("-pk")[:SHOWN])
    bank = bank_of([row.order_id for row in found if row.order_id])
    return [Counted(row, _found(row), bank.get(row.order_id or 0, NOTHING)) for row in found]


def _found(row: BoxCount) -> int:
    return sum(line.amount_won for line in row.lines.all())


def one(viewer: Viewer, count_id: int) -> Counted:
    """One count, its read logged; NotFound otherwise."""
    check_any(viewer, *MAY)
    row = get_visible(viewer, BoxCount, named="box_count", pk=count_id)
    audit.read(viewer, "box_count", [row.pk], owners=[row.provider_id])
    found = counts(viewer, pk=row.pk)
    return found[0] if found else Counted(row, 0)


def box(viewer: Viewer, box_id: int) -> MoneyBox:
    check_any(viewer, *MAY)
    return get_visible(viewer, MoneyBox, named="box", pk=box_id, select=("provider",))


def uncounted(viewer: Viewer) -> list[BoxTrip]:
    """What lies on the table: the lowest numbers, as many as go into one count."""
    return boxes(viewer).back[:MOST_BOXES]


def to_explain(viewer: Viewer) -> list[Counted]:
    """The accountant's worklist: another sum than counted, or not at the bank in time."""
    return [row for row in counts(viewer) if row.open and (row.bank.deposit is not None or row.late)]
