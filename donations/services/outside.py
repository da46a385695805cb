"""Gifts of another platform, one by one: its list, a look at it, and the deposit that brought the money (R66, K14)."""

import hashlib
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from cases.services import import_files
from donations.access import get_visible, visible_to
from donations.facts import NewGift
from donations.models import Charge, Deposit, Donor, Fund, OutsideGift, OutsideList
from donations.rules import outside as rules
from donations.rules.outside import Brought, Line
from donations.services import booking, ledger, orders
from donations.services.boxes import receiver_of
from donations.services.giving import phone_of
from donations.states import OUTSIDE, STANDING, OutsideState, Source
from hopecare.kernel import audit, clock, errors, phones
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.permissions import Permission


def bring(*, by: Viewer, told: Brought, path: Path | None, file_name: str = "") -> OutsideList:
    """Read a file (CSV, XLSX or JSON) into a draft; nothing is booked. Raises Impossible with every problem."""
    receiver = receiver_of(by)
    problems = rules.brought_problems(told)
    fund = Fund.objects.filter(pk=told.fund_id, receiver=receiver, kind__in=STANDING).first()
    problems += [] if fund else [errors.required("fund")]
    problems += [] if path else [errors.required("file")]
    if problems or fund is None or path is None:
        raise errors.Impossible(*problems)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with acting_as(by):
        if visible_to(by, OutsideList).filter(digest=digest).exclude(state=OutsideState.VOID).exists():
            raise errors.Impossible(rules.twice())
        lines, refused = _read(by, told, path)
        problems = rules.fee_problems(told.fee_won or 0, sum(line.won for line in lines))
        if problems:
            raise errors.Impossible(*problems)
        try:
            with transaction.atomic():
                row = OutsideList.objects.create(
                    platform=told.platform.strip(),
                    receiver=receiver,
                    provider_id=receiver.centre_id,
                    fund=fund,
                    file_name=file_name[-120:],
                    digest=digest,
                    fee_won=told.fee_won or 0,
                    refused=refused[:200],
                    made_by_id=by.user_id or 0,
                )
        except IntegrityError as error:
            raise errors.Impossible(rules.twice()) from error
        OutsideGift.objects.bulk_create([_gift(row, line) for line in lines])
        audit.changed(by, "outside_list", [row.pk], "outside_brought", owners=[row.provider_id], gifts=len(lines))
        return row


def _read(by: Viewer, told: Brought, path: Path) -> tuple[list[Line], list[tuple[int, str]]]:
    found = list(_at_most(import_files.lines(path)))
    where = rules.places(found[0])
    if not set(where) >= rules.NEEDED:
        raise errors.Impossible(rules.columns_missing())
    known = visible_to(by, OutsideGift).filter(platform=told.platform.strip()).exclude(reference="")
    numbers = frozenset(known.values_list("reference", flat=True))
    lines, refused = rules.read(found[1:], where, normal=phone_of, known=numbers, today=clock.today())
    if not lines:
        raise errors.Impossible(rules.nobody())
    return lines, refused


def _at_most(rows: Any) -> Any:
    for number, row in enumerate(rows):
        if number > rules.MOST_LINES:
            raise errors.Impossible(rules.too_many())
        yield row


def _gift(row: OutsideList, line: Line) -> OutsideGift:
    return OutsideGift(
        list=row,
        provider_id=row.provider_id,
        platform=row.platform,
        reference=line.reference,
        given_on=line.given_on,
        amount_won=line.won,
        receipted=line.receipted,
        name=line.name,
        phone=line.phone,
    )


def throw_away(*, by: Viewer, list_id: int) -> OutsideList:
    """A list that was wrong: nothing was booked; names, telephones and the platform's numbers are erased."""
    receiver_of(by)
    with acting_as(by):
        row = _locked(by, list_id)
        _move(row, OutsideState.VOID)
        row.save(update_fields=["state"])
        OutsideGift.objects.filter(list=row).update(name="", phone="", reference="")
        audit.changed(by, "outside_list", [row.pk], "outside_voided", owners=[row.provider_id])
        return row


def book(*, by: Viewer, list_id: int, deposit_id: int) -> OutsideList:
    """The deposit is exactly these gifts less what the platform kept, which the operating fund bears (R15).

    Who had no receipt becomes a giver with a number of their own, and is told; the others are booked without a name.
    """
    check(by, Permission.MONEY_BOOK)
    with acting_as(by):
        row = _locked(by, list_id)
        gifts = list(visible_to(by, OutsideGift).filter(list=row).order_by("pk"))
        wanted = sum(gift.amount_won for gift in gifts) - row.fee_won
        deposits = visible_to(by, Deposit).select_for_update(of=("self",))
        deposit = deposits.filter(pk=deposit_id, receiver=row.receiver_id, journal=None, amount_won=wanted).first()
        if deposit is None:
            raise errors.Impossible(rules.other_sum(wanted))
        with acting_as(system(Principal.GIVING)) as giving:
            journals = [*_unnamed(giving, row, gifts), *_named(giving, row, gifts)]
            _bear_fee(giving, row)
        deposit.journal_id, deposit.worked_by_id = journals[0], by.user_id
        deposit.save(update_fields=["journal", "worked_by"])
        _move(row, OutsideState.BOOKED)
        row.deposit, row.booked_by_id, row.booked_at = deposit, by.user_id, clock.now()
        row.save(update_fields=["state", "deposit", "booked_by", "booked_at"])
        audit.changed(by, "outside_list", [row.pk], "outside_booked", owners=[row.provider_id], won=wanted)
        return row


def _unnamed(giving: Viewer, row: OutsideList, gifts: list[OutsideGift]) -> list[int]:
    """One journal for everybody who stays without a name, one gift a line."""
    lines = [NewGift(row.fund_id, gift.amount_won, Source.OUTSIDE, gift.given_on) for gift in gifts if not gift.phone]
    if not lines:
        return []
    memo, key = f"{row.platform} {row.digest[:12]}", f"outside:{row.pk}"
    call = {"by": giving, "key": key, "gifts": lines, "booked_on": clock.today(), "memo": memo}
    return [ledger.receive(**call, into="bank").id]  # type: ignore[arg-type]


def _named(giving: Viewer, row: OutsideList, gifts: list[OutsideGift]) -> list[int]:
    made = []
    for gift in gifts:
        if not gift.phone:
            continue
        donor = Donor.objects.create(name=gift.name, phone=gift.phone, phone_hash=phones.hashed(gift.phone))
        order = orders.expect(fund=row.fund, won=gift.amount_won, source=Source.OUTSIDE, donor=donor)
        charge = Charge.objects.select_for_update().get(order=order)
        booking.book_outside(giving, charge, gift.given_on)
        OutsideGift.objects.filter(pk=gift.pk).update(order=order, name="", phone="")
        made.append(charge.journal_id or 0)
    return made


def _bear_fee(giving: Viewer, row: OutsideList) -> None:
    if row.fee_won:
        own = booking.operating_fund(row.receiver_id)
        legs = {"fees": row.fee_won, "own_bank": -row.fee_won}
        ledger.operating(by=giving, key=f"outside-fee:{row.pk}", fund_id=own.pk, legs=legs, booked_on=clock.today())


def _locked(by: Viewer, list_id: int) -> OutsideList:
    found = get_visible(by, OutsideList, named="outside_list", pk=list_id)
    row = OutsideList.objects.select_for_update(of=("self",)).select_related("fund").get(pk=found.pk)
    if row.state != OutsideState.DRAFT:
        raise errors.Impossible(rules.not_now())
    return row


def _move(row: OutsideList, after: OutsideState) -> None:
    assert after in OUTSIDE[OutsideState(row.state)]
    row.state = after
