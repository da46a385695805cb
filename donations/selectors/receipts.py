"""Receipts for taxes: what one giver may still ask for, the paper, and the accountant's register (K14)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from donations.access import get_visible, visible_to
from donations.models import Charge, Donor, Filing, Gift, Receipt, Receiver, TaxNumber
from donations.rules import receipts as rules
from donations.selectors.follow import Followed
from donations.states import Source
from hopecare.kernel import audit, clock
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission

#: What somebody gave of their own; boxes, shops and interest have no single giver.
RECEIPTED = (Source.ONCE, Source.MONTHLY, Source.COMPANY, Source.CAMPAIGN, Source.OUTSIDE)
SHOWN = 100
_RELATED = ("payer", "receiver__organisation", "receiver__centre", "replaces")


@dataclass
class Year:
    """One giver's year: gifts without a receipt, and the receipts there are (void ones too), newest first."""

    year: int
    gift_ids: list[int] = field(default_factory=list)
    open_won: int = 0
    receipts: list[Receipt] = field(default_factory=list)

    @property
    def live(self) -> list[Receipt]:
        return [row for row in self.receipts if row.voided_at is None]

    @property
    def live_won(self) -> int:
        return sum(row.amount_won for row in self.live)


@dataclass(frozen=True)
class Sheet:
    """One paper: the receipts of a year by one receiver to one person or company."""

    receiver: Receiver
    name: str
    kind: str
    number: str
    year: int
    receipts: list[Receipt]

    @property
    def won(self) -> int:
        return sum(row.amount_won for row in self.receipts)


@dataclass(frozen=True)
class Office:
    """One receiver's year at the tax office: issued, waiting for the next sheet, the sheet that is on its way."""

    receiver: Receiver
    issued: int
    issued_won: int
    void: int
    waiting: int
    without_number: int
    void_waiting: int
    open: Filing | None


def net_won(gifts: Iterable[Gift]) -> dict[int, int]:
    """What each gift still counts for after refunds and chargebacks of its payment."""
    rows = list(gifts)
    found = {gift.pk: gift.amount_won for gift in rows}
    back: dict[int, int] = defaultdict(int)
    for journal, refunded, disputed in (
        Charge.objects.filter(journal_id__in={gift.journal_id for gift in rows})
        .exclude(refunded_won=0, disputed_won=0)
        .values_list("journal_id", "refunded_won", "disputed_won")
    ):
        back[journal or 0] += refunded + disputed
    together: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pk, journal, won in (
        Gift.objects.filter(journal_id__in=list(back), carried_from=None)
        .order_by("pk")
        .values_list("pk", "journal_id", "amount_won")
    ):
        together[journal].append((pk, won))
    for journal, lines in together.items():
        found |= rules.nets(lines, back[journal])
    return found


def years_behind(found: Followed) -> list[Year]:
    """The years of the gift or monthly account behind a code, newest first."""
    with acting_as(system(Principal.GIVING)):
        return _years(Q(order=found.order) if found.order else Q(pledge=found.pledge))


def years_of(viewer: Viewer) -> list[Year]:
    """The years of the giver who is logged in."""
    rows = list(visible_to(viewer, Donor).filter(user_id=viewer.user_id or 0))
    if not rows:
        return []
    with acting_as(system(Principal.GIVING)):
        return _years(Q(donor__in=rows))


def _years(hers: Q) -> list[Year]:
    """Four questions however many gifts there are."""
    since = clock.today().year - rules.YEARS_BACK
    wanted = Gift.objects.filter(hers, carried_from=None, source__in=RECEIPTED, received_on__year__gte=since)
    gifts = list(wanted.order_by("-received_on", "-pk"))
    rows = Receipt.objects.filter(gift__in=[gift.pk for gift in gifts]).select_related(*_RELATED)
    net = net_won(gifts)
    held: set[int] = set()
    years: dict[int, Year] = {}
    for row in rows.order_by("-given_on", "-serial"):
        years.setdefault(row.year, Year(row.year)).receipts.append(row)
        held |= {row.gift_id} if row.voided_at is None else set()
    for gift in gifts:
        if gift.pk not in held and net[gift.pk] > 0:
            year = years.setdefault(gift.received_on.year, Year(gift.received_on.year))
            year.gift_ids.append(gift.pk)
            year.open_won += net[gift.pk]
    return [years[year] for year in sorted(years, reverse=True)]


def sheets(years: list[Year], year: int) -> list[Sheet]:
    """The papers of one year; the number is masked, and gone when it was filed."""
    together: dict[tuple[int, str, str], list[Receipt]] = defaultdict(list)
    for found in years:
        if found.year == year:
            for row in found.live:
                together[row.receiver_id, row.payer.name, row.payer.kind].append(row)
    papers = []
    with acting_as(system(Principal.GIVING)):
        for (_receiver, name, kind), rows in together.items():
            ids = [row.payer_id for row in rows]
            known = [one.digits for one in TaxNumber.objects.filter(payer__in=ids) if one.digits]
            rows.sort(key=lambda row: (row.given_on, row.serial))
            number = rules.masked(known[-1]) if known else ""
            papers.append(Sheet(rows[0].receiver, name, kind, number, year, rows))
    return papers


def offices(viewer: Viewer, year: int) -> list[Office]:
    """Each receiver's figures of a year in three questions."""
    check(viewer, Permission.MONEY_VIEW)
    rows = visible_to(viewer, Receipt)
    live, unfiled = Q(voided_at=None), Q(voided_at=None, filing=None)
    with acting_as(system(Principal.GIVING)):
        numbered = set(TaxNumber.objects.exclude(digits="").values_list("payer_id", flat=True))
        waiting = list(rows.filter(unfiled).values_list("receiver_id", "payer_id"))
    sums = {
        row["receiver_id"]: row
        for row in rows.filter(year=year)
        .values("receiver_id")
        .annotate(issued=Count("pk", filter=live), won=Sum("amount_won", filter=live), void=Count("pk", filter=~live))
    }
    gone = _voids_to_file(rows).values("receiver_id").annotate(count=Count("pk"))
    back = {row["receiver_id"]: row["count"] for row in gone}
    opened = {row.receiver_id: row for row in visible_to(viewer, Filing).filter(taken_at=None)}
    found = []
    for receiver in Receiver.objects.select_related("organisation", "centre").order_by("pk"):
        mine = [payer for where, payer in waiting if where == receiver.pk]
        ready = sum(payer in numbered for payer in mine)
        own: dict[str, Any] = sums.get(receiver.pk, {})
        figures = (own.get("issued", 0), int(own.get("won") or 0), own.get("void", 0), ready, len(mine) - ready)
        found.append(Office(receiver, *figures, back.get(receiver.pk, 0), opened.get(receiver.pk)))
    return found


def _voids_to_file(rows: QuerySet[Receipt]) -> QuerySet[Receipt]:
    """Receipts that the tax office knows and that are void since."""
    return rows.filter(filing__taken_at__isnull=False, voided_at__isnull=False, void_filing=None)


def register(viewer: Viewer, year: int) -> tuple[list[Receipt], int]:
    """The latest receipts of a year and how many there are in all (기부금영수증 발급명세)."""
    check(viewer, Permission.MONEY_VIEW)
    rows = visible_to(viewer, Receipt).filter(year=year)
    found = list(rows.select_related("payer", "receiver__centre", "replaces", "filing").order_by("-pk")[:SHOWN])
    audit.read(viewer, "receipt", [row.pk for row in found])
    return found, rows.count()


def register_rows(viewer: Viewer, year: int) -> list[list[object]]:
    """The whole register of a year for the shelf: no number of a person stands in it."""
    check(viewer, Permission.MONEY_VIEW)
    audit.changed(viewer, "books", [], "exported", paper=f"receipts {year}")
    rows = visible_to(viewer, Receipt).filter(year=year).select_related("payer", "receiver__organisation", "replaces")
    lines: list[list[object]] = [
        ["일련번호", "발급일", "기부자 구분", "성명(상호)", "기부일", "금액", "받는 곳", "상태", "대신한 번호"]
    ]
    for row in rows.order_by("receiver_id", "serial"):
        state = "취소" if row.voided_at else "발급"
        kind = "개인" if row.payer.kind == rules.PERSON else "사업자"
        issued, before = row.issued_at.astimezone(clock.SEOUL).date(), row.replaces.number if row.replaces else ""
        body = row.receiver.organisation.name_ko
        lines.append([row.number, issued, kind, row.payer.name, row.given_on, row.amount_won, body, state, before])
    return lines


def filing(viewer: Viewer, filing_id: int) -> Filing:
    check(viewer, Permission.MONEY_BOOK)
    return get_visible(viewer, Filing, named="filing", pk=filing_id, select=("receiver",))
