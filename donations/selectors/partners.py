"""Shops and schools that give together, as the desk, their own page and the public see them (R68, R74)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum

from donations.access import get_visible, visible_to
from donations.models import Fund, Order, Partner, PartnerReport
from donations.rules.partners import LEAST_GIVERS, LEAST_TRANSFER_WON
from donations.selectors.slips import NOTHING, Bank, bank_of
from donations.states import RATED, STANDING, OrderState, PartnerKind
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check_any, system
from hopecare.kernel.permissions import Permission

MAY = (Permission.GIVING_MANAGE, Permission.MONEY_VIEW)
SHOWN_REPORTS = 24
#: A transfer that has not come after so many days stands on the worklist.
LATE_DAYS = 14
_SOURCES = """
select a.chart_id, coalesce(sum(t.credit_won - t.debit_won), 0)
from donations_turnover t join donations_account a on a.id = t.account_id
where a.chart_id in ('income_box', 'income_merchant', 'income_school', 'income_points') and t.month >= %s group by 1
"""


@dataclass(frozen=True)
class Told:
    """One month of a partner with its bank side."""

    row: PartnerReport
    bank: Bank = NOTHING

    @property
    def open(self) -> bool:
        return self.row.order_id is not None and self.bank.paid_on is None

    @property
    def little(self) -> bool:
        return self.row.order_id is None and self.row.amount_won < LEAST_TRANSFER_WON

    @property
    def late(self) -> bool:
        return self.open and clock.today() - self.row.reported_at.astimezone(clock.SEOUL).date() > timedelta(LATE_DAYS)

    @property
    def givers(self) -> int:
        return sum(one.givers for one in self.row.classes.all())


@dataclass(frozen=True)
class Row:
    """A partner in the list: given this year, the latest month told, whether last month is still missing."""

    partner: Partner
    year_won: int
    last: Told | None
    missing: bool


@dataclass(frozen=True)
class Lists:
    shops: list[Row]
    schools: list[Row]
    points: list[Row]
    to_look_at: list[Told]


def last_month() -> date:
    return (clock.today().replace(day=1) - timedelta(days=1)).replace(day=1)


def lists(viewer: Viewer) -> Lists:
    """Every partner of the centre (the accountant: of all), in a handful of queries."""
    check_any(viewer, *MAY)
    partners = list(visible_to(viewer, Partner).select_related("fund", "provider").order_by("ends_on", "name"))
    told = _told(visible_to(viewer, PartnerReport).filter(partner__in=partners))
    given = _given([partner.donor_id for partner in partners])
    wanted = last_month()
    rows = []
    for partner in partners:
        mine = [one for one in told if one.row.partner_id == partner.pk]
        expected = partner.kind == PartnerKind.MERCHANT and partner.ends_on is None and partner.starts_on < wanted
        missing = expected and all(one.row.month < wanted for one in mine)
        rows.append(Row(partner, given.get(partner.donor_id, 0), mine[0] if mine else None, missing))
    return Lists(
        shops=[row for row in rows if row.partner.kind == PartnerKind.MERCHANT],
        schools=[row for row in rows if row.partner.kind == PartnerKind.SCHOOL],
        points=[row for row in rows if row.partner.kind == PartnerKind.POINTS],
        to_look_at=[one for one in told if one.late or one.bank.deposit is not None],
    )


def _told(rows: Any) -> list[Told]:
    """Reports that stand, newest month first, with what the bank showed."""
    found = rows.filter(replaced_at=None).select_related("partner").prefetch_related("classes")
    reports = list(found.order_by("-month", "-pk")[:400])
    bank = bank_of([row.order_id for row in reports if row.order_id])
    return [Told(row, bank.get(row.order_id or 0, NOTHING)) for row in reports]


def _given(donor_ids: list[int]) -> dict[int, int]:
    """Won paid this year, by donor."""
    with acting_as(system(Principal.GIVING)):
        first = clock.today().replace(month=1, day=1)
        rows = Order.objects.filter(donor__in=donor_ids, state=OrderState.PAID, paid_at__date__gte=first)
        return dict(rows.values_list("donor").annotate(won=Sum("amount_won")))


@dataclass(frozen=True)
class Page:
    """One agreement with its months; on the desk and behind the partner's own code."""

    partner: Partner
    told: list[Told]
    year_won: int
    months: list[date] = field(default_factory=list)

    @property
    def is_shop(self) -> bool:
        """One figure a month at a fixed rate: sales, or points."""
        return self.partner.kind in RATED

    @property
    def is_points(self) -> bool:
        return self.partner.kind == PartnerKind.POINTS

    @property
    def given(self) -> list[Told]:
        return [one for one in self.told if one.bank.paid_on is not None]


_RELATED = ("fund", "receiver__organisation", "receiver__centre", "provider", "signed_by")


def one(viewer: Viewer, partner_id: int) -> Page:
    """One agreement at the desk, its read logged; NotFound otherwise."""
    check_any(viewer, *MAY)
    row = get_visible(viewer, Partner, named="partner", pk=partner_id, select=_RELATED)
    audit.read(viewer, "partner", [row.pk], owners=[row.provider_id])
    return _page(viewer, row)


def by_code(typed: str) -> Page:
    """The partner's own page; a wrong code is answered like a missing one."""
    code = codes.read(typed)
    with acting_as(system(Principal.GIVING)) as viewer:
        rows = Partner.objects.select_related(*_RELATED[:-1])
        row = rows.filter(code=code).first() if code else None
        if row is None:
            raise errors.NotFound("partner", "")
        return _page(viewer, row)


def _page(viewer: Viewer, row: Partner) -> Page:
    told = _told(visible_to(viewer, PartnerReport).filter(partner=row))
    return Page(row, told[:SHOWN_REPORTS], _given([row.donor_id]).get(row.donor_id, 0), months_of(row))


def months_of(partner: Partner) -> list[date]:
    """First days of the months that may be told, newest first; a shop tells of months that are over."""
    month = last_month() if partner.kind in RATED else clock.today().replace(day=1)
    first = partner.starts_on.replace(day=1)
    found: list[date] = []
    if first > month:
        month = first
    while month >= first and len(found) < 12:
        if partner.ends_on is None or month <= partner.ends_on:
            found.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return found


def funds_of(receiver_id: int) -> list[Fund]:
    """What an agreement may be for: wherever it is needed, a cause, a category or a school, of the own centre."""
    return list(Fund.objects.filter(receiver_id=receiver_id, kind__in=STANDING).order_by("pk"))


def to_look_at(viewer: Viewer) -> list[Told]:
    """For the accountant: another sum at the bank, or none for two weeks."""
    return lists(viewer).to_look_at


@dataclass(frozen=True)
class Together:
    """The public page: sums of this year from the books, and the shops and schools that want to be named."""

    box_won: int
    shop_won: int
    school_won: int
    point_won: int
    shops: list[Partner]
    schools: list[tuple[Partner, int | None]]


def together() -> Together:
    """A school's sum is told only where at least five pupils gave (K10)."""
    first = clock.today().replace(month=1, day=1)
    with acting_as(system(Principal.GIVING)) as viewer:
        with connection.cursor() as cursor:
            cursor.execute(_SOURCES, [first])
            sums = {chart: int(won) for chart, won in cursor.fetchall()}
        rows = visible_to(viewer, Partner).filter(may_be_named=True, ends_on=None).select_related("provider")
        named = list(rows.order_by("name"))
        schools = [row for row in named if row.kind == PartnerKind.SCHOOL]
        told = _told(visible_to(viewer, PartnerReport).filter(partner__in=schools, month__gte=first))
        given = _given([row.donor_id for row in schools])
    givers = {row.pk: max((one.givers for one in told if one.row.partner_id == row.pk), default=0) for row in schools}
    return Together(
        box_won=sums.get("income_box", 0),
        shop_won=sums.get("income_merchant", 0),
        school_won=sums.get("income_school", 0),
        point_won=sums.get("income_points", 0),
        shops=[row for row in named if row.kind == PartnerKind.MERCHANT],
        schools=[(row, given.get(row.donor_id) if givers[row.pk] >= LEAST_GIVERS else None) for row in schools],
    )
