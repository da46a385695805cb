"""What a giver with an account has given: monthly accounts and the gifts of the last years, each with its way."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet, Sum

from donations.access import visible_to
from donations.models import ChargeLine, Donor, Gift, Method, Pledge
from donations.selectors.put_off import put_off
from donations.states import PledgeState
from hopecare.kernel import clock
from hopecare.kernel.access import Principal, Viewer, acting_as, system

SHOWN = 60


@dataclass(frozen=True)
class Debit:
    """What goes off one bank account or card on one day to one centre: one sum, its parts by account."""

    on: date
    label: str
    parts: list[Pledge]

    @property
    def won(self) -> int:
        return sum(pledge.amount_won for pledge in self.parts)


@dataclass(frozen=True)
class Earlier:
    """What was given under one row of a giver: to be brought to an account, or brought already."""

    donor: Donor
    pledges: list[Pledge]
    gifts: int
    won: int


@dataclass(frozen=True)
class History:
    """Own rows only, newest first; `given_won` since the beginning."""

    pledges: list[Pledge]
    gifts: list[Gift]
    given_won: int
    count: int
    debits: list[Debit]
    brought: list[Earlier]


def history(viewer: Viewer) -> History:
    """Seven questions, however much was given."""
    gifts = visible_to(viewer, Gift).filter(carried_from=None)
    sums = gifts.aggregate(won=Sum("amount_won"))
    rows = visible_to(viewer, Pledge).select_related("fund__receiver__centre", "method", "donor")
    pledges = list(rows.order_by("state", "pk"))
    brought = visible_to(viewer, Donor).exclude(brought_at=None).order_by("brought_at", "pk")
    return History(
        pledges,
        list(_latest(gifts)),
        int(sums["won"] or 0),
        gifts.count(),
        _debits(pledges),
        _earlier(brought),
    )


def _latest(gifts: QuerySet[Gift]) -> QuerySet[Gift]:
    return gifts.select_related("fund", "order__letter", "pledge").order_by("-received_on", "-pk")[:SHOWN]


def next_month(pledge: Pledge) -> date:
    """The first day of the month of the next debit."""
    today, leap = clock.today(), timedelta(days=32)
    month = today.replace(day=1)
    if today.day >= pledge.day:
        month = (month + leap).replace(day=1)
    while month in pledge.skipped_months:
        month = (month + leap).replace(day=1)
    return month


def next_debit(pledge: Pledge, moved: Mapping[int, date] | None = None) -> date | None:
    """The day of the next debit, None while it rests. `moved`: see `moved_days`; asked here where it is not given."""
    if pledge.state != PledgeState.ACTIVE:
        return None
    moved = moved_days([pledge]) if moved is None else moved
    return moved.get(pledge.pk) or next_month(pledge).replace(day=pledge.day)


def moved_days(pledges: Iterable[Pledge]) -> dict[int, date]:
    """Account → day of a debit that waits for later than its own day, as nobody could tell its giver in time."""
    with acting_as(system(Principal.GIVING)):
        rows = ChargeLine.objects.filter(pledge__in=pledges, charge__in=put_off())
        return dict(rows.order_by("-charge__due_on").values_list("pledge_id", "charge__due_on"))


def _debits(pledges: list[Pledge]) -> list[Debit]:
    together: dict[tuple[date, int, int], list[Pledge]] = defaultdict(list)
    moved = moved_days(pledges)
    for pledge in pledges:
        on = next_debit(pledge, moved)
        if on is not None and pledge.method.ended_at is None:
            way = pledge.method.same_as_id or pledge.method_id
            together[on, way, pledge.fund.receiver_id].append(pledge)
    return [Debit(on, parts[0].method.label, parts) for (on, *_), parts in sorted(together.items())]


def unclaimed(phone_hash: str) -> QuerySet[Donor]:
    """What people gave under this telephone and nobody has brought to an account."""
    return Donor.objects.filter(phone_hash=phone_hash, user=None, kind="person").exclude(phone_hash="")


def waiting(phone_hash: str) -> list[Earlier]:
    """Accounts and gifts under a proved telephone that may be brought; empty rows stay out."""
    with acting_as(system(Principal.GIVING)):
        found = _earlier(unclaimed(phone_hash).order_by("pk"))
    return [one for one in found if one.pledges or one.gifts]


def _earlier(donors: Iterable[Donor]) -> list[Earlier]:
    """Three questions."""
    rows = list(donors)
    pledges: dict[int, list[Pledge]] = defaultdict(list)
    for pledge in Pledge.objects.filter(donor__in=rows).select_related("fund", "method").order_by("pk"):
        pledges[pledge.donor_id].append(pledge)
    sums = Gift.objects.filter(donor__in=rows, carried_from=None).values("donor_id")
    given = {row["donor_id"]: row for row in sums.annotate(count=Count("pk"), won=Sum("amount_won"))}
    found = []
    for row in rows:
        sum_of = given.get(row.pk, {"count": 0, "won": 0})
        found.append(Earlier(row, pledges[row.pk], int(sum_of["count"]), int(sum_of["won"])))
    return found


def ways_in_use(user_id: int) -> list[Method]:
    """The bank accounts and cards that this giver's accounts go off now, each once."""
    with acting_as(system(Principal.GIVING)):
        rows = Pledge.objects.filter(donor__user_id=user_id).exclude(state=PledgeState.STOPPED)
        used = (
            rows.filter(method__ended_at=None).exclude(method__label="").values_list("method_id", "method__same_as_id")
        )
        return list(Method.objects.filter(pk__in={head or pk for pk, head in used}).order_by("pk"))
