"""Receipts for taxes: asked for by the giver, one per gift, void and new when money went back, filed once (K14)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from donations.access import visible_to
from donations.models import Charge, Donor, Filing, Gift, Receipt, Receiver, TaxNumber, TaxPayer
from donations.rules import receipts as rules
from donations.selectors.receipts import Year, filing, net_won
from donations.services import telling
from donations.services.books import books
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission

_SERIAL_LOCK = 7204
#: Givers of a year who were not told yet: their won, and the code of their latest gift or account. What was brought to
#: an account counts with it.
_UNTOLD = """
select d.id, sum(g.amount_won), (array_agg(coalesce(o.code, p.code) order by g.id desc))[1]
from donations_donor r join donations_gift g on g.donor_id = r.id and g.carried_from_id is null
left join donations_donor own on own.user_id = r.user_id and own.brought_at is null
join donations_donor d on d.id = coalesce(own.id, r.id)
left join donations_order o on o.id = g.order_id left join donations_pledge p on p.id = g.pledge_id
where d.told_year < %(year)s and d.phone <> '' and coalesce(o.id, p.id) is not null
  and g.received_on between %(since)s and %(until)s
group by d.id order by d.id limit %(most)s
"""


@dataclass(frozen=True)
class Asked:
    """What the giver tells for the tax office; `number` as typed."""

    kind: str
    name: str
    number: str
    consent: bool


def ask(*, by: Viewer, year: Year | None, asked: Asked) -> list[Receipt]:
    """Issue a receipt for every gift of the year that has none. Raises Impossible with every problem."""
    problems = rules.problems(kind=asked.kind, name=asked.name, number=asked.number, consent=asked.consent)
    if year is None or not year.gift_ids:
        problems.append(Problem("year", _("All gifts of this year have their receipt."), "year"))
    if problems or year is None:
        raise errors.Impossible(*problems)
    with acting_as(system(Principal.GIVING, source_address=by.source_address)) as viewer:
        gifts = Gift.objects.select_related("fund").filter(pk__in=year.gift_ids).order_by("received_on", "pk")
        rows = list(gifts)
        _hold(rows)
        donor_id = rows[0].donor_id
        payer = TaxPayer.objects.create(donor_id=donor_id, kind=asked.kind, name=asked.name.strip())
        digits = rules.normal_number(asked.kind, asked.number) or ""
        TaxNumber.objects.create(payer=payer, digits=digits)
        for receiver_id in sorted({gift.fund.receiver_id for gift in rows}):
            _lock(receiver_id)
        held = set(Receipt.objects.filter(gift__in=rows, voided_at=None).values_list("gift_id", flat=True))
        dead = {row.gift_id: row for row in Receipt.objects.filter(gift__in=rows, replaced_by=None)}
        net = net_won(rows)
        made = [
            _issue(gift, payer, net[gift.pk], replaces=dead.get(gift.pk))
            for gift in rows
            if gift.pk not in held and net[gift.pk] > 0
        ]
        audit.changed(viewer, "receipt", [row.pk for row in made], "receipt_issued")
        return made


def _hold(gifts: list[Gift]) -> None:
    """News of their payments waits: what goes back meanwhile would find no receipt that it makes void."""
    charges = Charge.objects.filter(journal__in={gift.journal_id for gift in gifts})
    list(charges.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _lock(receiver_id: int) -> None:
    """Numbers of one receiver follow one another without a gap or a double."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_SERIAL_LOCK, receiver_id])


def _issue(gift: Gift, payer: TaxPayer, won: int, *, replaces: Receipt | None = None) -> Receipt:
    year, receiver_id = gift.received_on.year, gift.fund.receiver_id
    last = Receipt.objects.filter(receiver_id=receiver_id, year=year).aggregate(last=Max("serial"))["last"] or 0
    return Receipt.objects.create(
        receiver_id=receiver_id,
        year=year,
        serial=last + 1,
        gift=gift,
        donor_id=gift.donor_id,
        payer=payer,
        amount_won=won,
        given_on=gift.received_on,
        replaces=replaces,
    )


def _void(row: Receipt, reason: str) -> None:
    row.voided_at, row.void_reason = clock.now(), reason
    row.save(update_fields=["voided_at", "void_reason"])


def follow_charge(viewer: Viewer, charge: Charge) -> None:
    """Money went back (or a dispute was won): receipts that say too much are void, and new ones say what is left."""
    gifts = {gift.pk: gift for gift in Gift.objects.select_related("fund").filter(journal_id=charge.journal_id or 0)}
    lines = [(pk, gift.amount_won) for pk, gift in sorted(gifts.items()) if gift.carried_from_id is None]
    net = rules.nets(lines, charge.refunded_won + charge.disputed_won)
    last = Receipt.objects.filter(gift__in=list(gifts), replaced_by=None).select_related("payer").order_by("pk")
    for row in last:
        live = row.voided_at is None
        if (row.amount_won if live else 0) == net[row.gift_id] or (not live and row.void_reason != Receipt.REFUND):
            continue
        gift = gifts[row.gift_id]
        _lock(gift.fund.receiver_id)
        if live:
            _void(row, Receipt.REFUND)
            audit.changed(viewer, "receipt", [row.pk], "receipt_voided")
        if net[row.gift_id] > 0:
            fresh = _issue(gift, row.payer, net[row.gift_id], replaces=row)
            audit.changed(viewer, "receipt", [fresh.pk], "receipt_issued")


def void(*, by: Viewer, receipt_id: int) -> Receipt:
    """The accountant: the name or number was wrong. The giver may then ask again."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        row = visible_to(by, Receipt).select_for_update().filter(pk=receipt_id).first()
        if row is None:
            raise errors.NotFound("receipt", str(receipt_id))
        if row.voided_at is not None:
            raise errors.Impossible(Problem("void", _("This receipt is void already.")))
        _void(row, Receipt.MISTAKE)
        audit.changed(by, "receipt", [row.pk], "receipt_voided")
        return row


def make_sheet(*, by: Viewer, receiver_id: int) -> Filing:
    """Everything that waits goes onto one sheet; while one is on its way there is no second (never filed twice)."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        if not Receiver.objects.filter(pk=receiver_id).exists():
            raise errors.NotFound("receiver", str(receiver_id))
        _lock(receiver_id)
        standing = visible_to(by, Filing).filter(receiver_id=receiver_id, taken_at=None).first()
        if standing is not None:
            return standing
        with acting_as(system(Principal.GIVING)):
            numbered = list(TaxNumber.objects.exclude(digits="").values_list("payer_id", flat=True))
        rows = visible_to(by, Receipt).filter(receiver_id=receiver_id)
        fresh = rows.filter(voided_at=None, filing=None, payer_id__in=numbered)
        gone = rows.filter(voided_at__isnull=False, filing__taken_at__isnull=False, void_filing=None)
        ids, void_ids = list(fresh.values_list("pk", flat=True)), list(gone.values_list("pk", flat=True))
        if not ids and not void_ids:
            raise errors.Impossible(Problem("nothing", _("No receipt waits for the tax office.")))
        sheet = Filing.objects.create(receiver_id=receiver_id, made_by_id=by.user_id or 0)
        Receipt.objects.filter(pk__in=ids).update(filing=sheet)
        Receipt.objects.filter(pk__in=void_ids).update(void_filing=sheet)
        audit.changed(by, "filing", [sheet.pk], "sheet_made", receipts=len(ids) + len(void_ids))
        return sheet


def sheet_rows(*, by: Viewer, filing_id: int) -> list[list[object]]:
    """The sheet as the tax office's bulk upload reads it, with numbers; each look is written down (K9).

    Columns and codes are data (data/books.yaml): compare them with the office's sheet of the year before the first use.
    """
    with acting_as(by):
        sheet = filing(by, filing_id)
        audit.changed(by, "filing", [sheet.pk], "exported", paper="receipts for the tax office")
    form = books()["tax_sheet"]
    with acting_as(system(Principal.GIVING)):
        lines: list[list[object]] = [list(form["columns"])]
        for words, rows in (("발급", sheet.receipts), ("취소", sheet.voided)):
            for row in rows.select_related("payer__number").order_by("serial"):
                payer = row.payer
                kind = form["kinds"][payer.kind]
                who = [payer.name, payer.number.digits]
                lines.append([words, row.number, kind, *who, row.given_on, form["code"], form["what"], row.amount_won])
        return lines


def taken(*, by: Viewer, filing_id: int) -> Filing:
    """The tax office took the sheet: numbers that nothing waits for any more are emptied."""
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        sheet = filing(by, filing_id)
        if sheet.taken_at is not None:
            return sheet
        sheet.taken_at, sheet.taken_by_id = clock.now(), by.user_id
        sheet.save(update_fields=["taken_at", "taken_by"])
        audit.changed(by, "filing", [sheet.pk], "sheet_taken")
        with acting_as(system(Principal.GIVING)):
            payers = set(sheet.receipts.values_list("payer_id", flat=True))
            waiting = Receipt.objects.filter(payer__in=payers, voided_at=None, filing=None)
            done = payers - set(waiting.values_list("payer_id", flat=True))
            numbers = TaxNumber.objects.filter(payer__in=done, erased_at=None)
            numbers.update(digits="", erased_at=clock.now())
        return sheet


def tell_of_the_year(*, most: int = 300) -> int:
    """In January each giver with a telephone reads once what the year came to; returns how many were told."""
    year = rules.notice_year(clock.today())
    if year is None:
        return 0
    values: dict[str, Any] = {"year": year, "since": date(year, 1, 1), "until": date(year, 12, 31), "most": most}
    with acting_as(system(Principal.GIVING)) as viewer:
        with connection.cursor() as cursor:
            cursor.execute(_UNTOLD, values)
            rows = {row[0]: (int(row[1]), str(row[2])) for row in cursor.fetchall()}
        for donor in Donor.objects.filter(pk__in=rows).order_by("pk"):
            won, code = rows[donor.pk]
            telling.year(viewer, donor, year, won, code)
        Donor.objects.filter(pk__in=rows).update(told_year=year)
    return len(rows)
