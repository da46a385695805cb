"""Closing a month, and the day's link of the hash chain."""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from donations.models import ClosedPeriod, Journal, Seal
from donations.selectors.bank import open_until
from hopecare.kernel import audit, clock, errors
from hopecare.kernel.access import Principal, Viewer, acting_as, check, system
from hopecare.kernel.errors import Problem
from hopecare.kernel.permissions import Permission

#: Every journal in one line, oldest first; whoever has the books can write these lines again (docs/operations.md).
_LINES = """
select j.id, concat_ws('|', j.id, j.key, j.kind, j.booked_on, coalesce(j.reverses_id, 0),
  (select string_agg(a.fund_id || ':' || a.chart_id || ':' || p.amount_won, ',' order by p.id)
   from donations_posting p join donations_account a on a.id = p.account_id where p.journal_id = j.id),
  coalesce((select string_agg(g.id || ':' || g.fund_id || ':' || g.amount_won, ',' order by g.id)
   from donations_gift g where g.journal_id = j.id), ''),
  coalesce((select string_agg(l.gift_id || ':' || l.amount_won, ',' order by l.gift_id)
   from donations_allocation l where l.journal_id = j.id), ''), 'returns ' || j.returns_id)
from donations_journal j where j.id > %s and j.id <= %s order by j.id
"""


def close_month(*, by: Viewer, month: date, aware: bool = False) -> ClosedPeriod:
    """Nothing is booked into `month` (its first day) any more. Months close in order and only when they are over.

    `aware`: whoever closes it knows that the bank and the books still differ on days of it (K12).
    """
    check(by, Permission.MONEY_BOOK)
    first = month.replace(day=1)
    if first >= clock.today().replace(day=1):
        raise errors.Impossible(Problem("not_over", _("This month is not over yet."), "month"))
    with acting_as(by):
        standing = ClosedPeriod.objects.filter(month=first).first()
        if standing is not None:
            return standing
        if ClosedPeriod.objects.filter(month__gt=first).exists():
            raise errors.Impossible(Problem("order", _("All months that are over are closed."), "month"))
        earlier = open_months(until=first)
        if earlier:
            words = _("Months close in order: %(month)s first.") % {"month": f"{earlier[0]:%Y-%m}"}
            raise errors.Impossible(Problem("order", words, "month"))
        apart = apart_in(by, first)
        if apart and not aware:
            raise errors.Impossible(Problem("differences", _apart(apart), "aware"))
        row = ClosedPeriod.objects.create(month=first, closed_at=clock.now(), closed_by_id=by.user_id or 0)
        audit.changed(by, "period", [row.pk], "closed", month=str(first), differences=apart)
        return row


def apart_in(viewer: Viewer, first: date) -> int:
    """Differences with the bank that are open at the end of the month of that first day."""
    return open_until(viewer, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def _apart(count: int) -> str:
    words = ngettext(
        "%(count)s difference with the bank is still open. Explain or mend it first, or say that you know.",
        "%(count)s differences with the bank are still open. Explain or mend them first, or say that you know.",
        count,
    )
    return words % {"count": count}


def open_months(until: date | None = None) -> list[date]:
    """First days of the months since the books began that are over and not closed, oldest first; before `until`.

    Before the first entry there is nothing to close but the month that just ended.
    """
    closed = set(ClosedPeriod.objects.values_list("month", flat=True))
    now = clock.today().replace(day=1)
    last = (now - timedelta(days=1)).replace(day=1)
    begun = Journal.objects.order_by("booked_on").values_list("booked_on", flat=True).first()
    found, month = list[date](), min(begun or last, last).replace(day=1)
    while month < (until or now):
        if month not in closed:
            found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def seal_day() -> Seal | None:
    """Add the day's link; None when it stands already. The lock of the trigger keeps posters out meanwhile."""
    today = clock.today()
    with acting_as(system(Principal.GIVING)), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7201)")
        if Seal.objects.filter(day__gte=today).exists():
            return None
        last = Seal.objects.order_by("-day").first()
        since, digest = (last.last_journal_id, last.digest) if last else (0, "0" * 64)
        cursor.execute("select coalesce(max(id), 0) from donations_journal")
        until = max(int(cursor.fetchone()[0]), since)
        digest, count = chained(digest, lines(since, until))
        return Seal.objects.create(
            day=today, last_journal_id=until, journals=count, digest=digest, sealed_at=clock.now()
        )


def lines(since: int, until: int) -> Iterator[str]:
    """The journals after `since` up to `until` as the chain reads them."""
    step = 5_000
    with connection.cursor() as cursor:
        while since < until:
            cursor.execute(_LINES, [since, min(since + step, until)])
            yield from (row[1] for row in cursor.fetchall())
            since += step


def chained(digest: str, journals: Iterator[str]) -> tuple[str, int]:
    """SHA-256 over the former link and the lines, and how many there were."""
    sha, count = hashlib.sha256(digest.encode()), 0
    for line in journals:
        sha.update(b"\n" + line.encode())
        count += 1
    return sha.hexdigest(), count


def broken_links() -> list[date]:
    """Days whose published link does not follow from the books any more: something was changed by force."""
    with acting_as(system(Principal.GIVING)):
        since, digest, broken = 0, "0" * 64, []
        for seal in Seal.objects.order_by("day"):
            expected, _count = chained(digest, lines(since, seal.last_journal_id))
            if expected != seal.digest:
                broken.append(seal.day)
            since, digest = seal.last_journal_id, seal.digest
        return broken
