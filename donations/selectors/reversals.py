"""Journals looked up, one with its lines, and what was asked to be undone: for the accountant and the auditor (R73)."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from donations.access import get_visible, visible_to
from donations.gateway import providers
from donations.models import Charge, Journal, Posting, Receiver, Reversal
from donations.rules import reversals as rules
from donations.states import ReversalState
from hopecare.kernel import audit, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, check_any, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission

MAY = (Permission.MONEY_VIEW, Permission.PAYOUT_APPROVE)
SHOWN = 50
_RELATED = ("journal", "receiver__centre", "requested_by", "confirmed_by", "booked")


@dataclass(frozen=True)
class Page:
    """What waits for me, what was looked for, and every reversal, newest first."""

    to_confirm: list[Reversal]
    others: list[Reversal]
    found: list[Journal]


@dataclass(frozen=True)
class One:
    journal: Journal
    lines: list[Posting]
    receiver: Receiver
    problems: list[Problem]
    reversals: list[Reversal]


def page(viewer: Viewer, typed: str = "") -> Page:
    """`typed`: an entry's number, a day, a sum in won, or a part of its key."""
    check_any(viewer, *MAY)
    rows = list(visible_to(viewer, Reversal).select_related(*_RELATED).order_by("-pk")[:SHOWN])
    mine = [row for row in rows if may_confirm(viewer, row)]
    first = {row.pk for row in mine}
    found = _found(typed.strip()) if typed.strip() and viewer.may(Permission.MONEY_VIEW) else []
    return Page(mine, [row for row in rows if row.pk not in first], found)


def waiting(viewer: Viewer) -> int:
    """How many wait for this person's second look."""
    if not any(viewer.may(one) for one in (Permission.PAYOUT_APPROVE, Permission.MONEY_BOOK)):
        return 0
    rows = visible_to(viewer, Reversal).filter(state=ReversalState.REQUESTED)
    return rows.exclude(requested_by_id=viewer.user_id or 0).count()


def may_confirm(viewer: Viewer, row: Reversal) -> bool:
    second = viewer.may(Permission.PAYOUT_APPROVE) or viewer.may(Permission.MONEY_BOOK)
    return second and row.state == ReversalState.REQUESTED and row.requested_by_id != viewer.user_id


def _found(typed: str) -> list[Journal]:
    rows = Journal.objects.select_related("reverses").order_by("-booked_on", "-pk")
    plain = typed.replace(",", "").removeprefix("#")
    try:
        return list(rows.filter(booked_on=date.fromisoformat(typed))[:SHOWN])
    except ValueError:
        pass
    if plain.isdecimal() and len(plain) < 16:
        sums = Posting.objects.filter(journal=OuterRef("pk"), amount_won=int(plain))
        return list(rows.filter(Q(pk=int(plain)) | Exists(sums))[:SHOWN])
    return list(rows.filter(key__icontains=typed[:60])[:SHOWN])


def one(viewer: Viewer, journal_id: int) -> One:
    """A journal with its lines and what keeps it from being undone; NotFound for none."""
    check(viewer, Permission.MONEY_VIEW)
    return _one(viewer, Journal.objects.filter(pk=journal_id).first(), journal_id)


def _one(viewer: Viewer, journal: Journal | None, journal_id: int) -> One:
    if journal is None:
        raise errors.NotFound("journal", str(journal_id))
    lines = list(journal.postings.select_related("account__fund", "account__chart").order_by("pk"))
    rows = list(visible_to(viewer, Reversal).filter(journal=journal).select_related(*_RELATED).order_by("-pk"))
    return One(journal, lines, receiver_of(journal), rules.problems(entry_of(viewer, journal)), rows)


def wish(viewer: Viewer, key: uuid.UUID) -> tuple[Reversal, One]:
    """What was asked for and the entry it is about, its read logged; NotFound otherwise."""
    check_any(viewer, *MAY)
    row = get_visible(viewer, Reversal, named="reversal", uuid=key, select=_RELATED)
    audit.read(viewer, "reversal", [row.pk], owners=[row.provider_id])
    return row, _one(viewer, row.journal, row.journal_id)


def receiver_of(journal: Journal) -> Receiver:
    return Receiver.objects.select_related("centre", "organisation").get(
        pk=journal.postings.values_list("account__fund__receiver", flat=True)[:1]
    )


def entry_of(viewer: Viewer, journal: Journal) -> rules.Entry:
    with acting_as(system(Principal.GIVING)):
        by_company = Charge.objects.filter(journal=journal).exclude(provider=providers.BANK).exists()
    wishes = visible_to(viewer, Reversal).filter(journal=journal)
    return rules.Entry(
        kind=journal.kind,
        reversed=Journal.objects.filter(reverses=journal).exists(),
        standing=wishes.filter(state=ReversalState.REQUESTED).exists(),
        returned=Journal.objects.filter(returns=journal).exists(),
        by_company=by_company,
    )
