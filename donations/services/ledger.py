"""The one way into the books: a journal with its postings, gifts and allocations in one statement, once per key.

The database judges at the end of that statement (migrations/0002_ledger.py, 0009_one_statement.py); `Refused` carries
its words. Whoever takes money out of a fund holds the fund's lock until the end of the transaction, so that two never
plan with the same gifts.
"""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, InternalError, connection
from django.db.models import Q, Sum

from donations.errors import Refused
from donations.facts import Entry, Leg, NewGift, Portion, Posted
from donations.models import Allocation, Journal, Posting
from hopecare.kernel.access import Viewer
from hopecare.kernel.statements import array, ask, statement

_FUND_LOCK = 7202
_POST = statement("""
with j as (
  insert into donations_journal (key, kind, booked_on, memo, by_id, reverses_id, returns_id)
  values (%(key)s, %(kind)s, %(booked_on)s, %(memo)s, %(by)s::bigint, %(reverses)s::bigint,
          %(returns)s::bigint)
  on conflict (key) do nothing returning id
), p as (
  insert into donations_posting (journal_id, account_id, amount_won)
  select j.id, a.id, leg.won
  from j, unnest(%(funds)s::bigint[], %(charts)s::text[], %(wons)s::bigint[]) as leg(fund, chart, won)
  left join donations_account a on a.fund_id = leg.fund and a.chart_id = leg.chart
  order by a.id  -- accounts are locked in this order by everybody
), g as (
  insert into donations_gift (uuid, fund_id, journal_id, amount_won, source, received_on, donor_id, order_id, pledge_id,
                              carried_from_id)
  select gen_random_uuid(), new.fund_id, j.id, new.won, new.source, new.received_on, new.donor_id, new.order_id,
         new.pledge_id, new.carried_from_id
  from j, jsonb_to_recordset(%(gifts)s::jsonb) as new(fund_id bigint, won bigint, source text, received_on date,
       donor_id bigint, order_id bigint, pledge_id bigint, carried_from_id bigint)
), a as (
  insert into donations_allocation (gift_id, journal_id, amount_won)
  select used.gift, j.id, used.won from j, unnest(%(used)s::bigint[], %(used_wons)s::bigint[]) as used(gift, won)
)
select id from j
""")
_LOCK = statement("select pg_advisory_xact_lock(%(kind)s::int, %(fund)s::int)")
_OLDEST = """
select id, remaining_won from (
  select id, received_on, remaining_won, sum(remaining_won) over (order by received_on, id) - remaining_won as before
  from (select id, received_on, remaining_won from donations_gift
        where fund_id = %(fund)s and remaining_won > 0 order by received_on, id limit %(most)s) as oldest
) as line where before < %(won)s order by received_on, id
"""

_FIRST_FUND = """
with recursive way as (
  select fund_id, carried_from_id from donations_gift where id = %s
  union all select g.fund_id, g.carried_from_id from donations_gift g join way w on g.id = w.carried_from_id)
select fund_id from way where carried_from_id is null
"""


def post(entry: Entry, *, by: Viewer) -> Posted:
    """Write one journal, or find it when its key stands there already. Raises Refused with the database's reason.

    Runs in the caller's transaction under a viewer that may see the books (accountant, or the principal `giving`);
    whoever goes on after a refusal wraps the call in a savepoint of their own.
    """
    try:
        rows = ask(_POST, _parameters(entry, by))
    except (IntegrityError, InternalError) as error:
        raise Refused(str(error).splitlines()[0]) from error
    if rows:
        return Posted(int(rows[0][0]), True)
    return Posted(Journal.objects.values_list("pk", flat=True).get(key=entry.key), False)


def _parameters(entry: Entry, by: Viewer) -> dict[str, Any]:
    legs = [leg for leg in entry.legs if leg.won]
    uses = sorted(entry.uses)
    return {
        "key": entry.key,
        "kind": entry.kind,
        "booked_on": entry.booked_on,
        "memo": entry.memo,
        "by": by.user_id,
        "reverses": entry.reverses_id,
        "returns": entry.returns_id,
        "funds": array(leg.fund_id for leg in legs),
        "charts": [leg.chart for leg in legs],
        "wons": array(leg.won for leg in legs),
        "gifts": json.dumps([_gift(gift) for gift in entry.gifts]),
        "used": array(gift for gift, _ in uses),
        "used_wons": array(won for _, won in uses),
    }


def _gift(gift: NewGift) -> dict[str, Any]:
    return {**vars(gift), "received_on": gift.received_on.isoformat()}


def lock_fund(fund_id: int) -> None:
    """Until the end of the transaction nobody else takes money out of this fund."""
    ask(_LOCK, {"kind": _FUND_LOCK, "fund": fund_id})


def oldest_first(fund_id: int, won: int) -> list[Portion]:
    """The gifts that pay `won`, oldest first, the last one in part. Raises Refused when the fund holds less.

    Takes the fund's lock.
    """
    lock_fund(fund_id)
    most = 1_000
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_OLDEST, {"fund": fund_id, "won": won, "most": most})
            rows = cursor.fetchall()
        if sum(left for _, left in rows) >= won:
            break
        if len(rows) < most:
            raise Refused(f"fund {fund_id} holds less than {won}")
        most *= 10
    portions, missing = [], won
    for gift_id, left in rows:
        taken = min(left, missing)
        missing -= taken
        portions.append(Portion(gift_id, taken))
    return portions


def receive(
    *,
    by: Viewer,
    key: str,
    gifts: Iterable[NewGift],
    booked_on: date,
    into: str = "clearing",
    memo: str = "",
    kind: str = "gift",
) -> Posted:
    """Money came in for one or several funds of one receiver; `into`: clearing (with a provider) or bank."""
    rows = tuple(gifts)
    legs: dict[tuple[int, str], int] = {}
    for gift in rows:
        for chart, won in ((into, gift.won), (f"income_{gift.source}", -gift.won)):
            legs[gift.fund_id, chart] = legs.get((gift.fund_id, chart), 0) + won
    lines = tuple(Leg(fund, chart, won) for (fund, chart), won in legs.items())
    return post(Entry(key, kind, booked_on, lines, rows, memo=memo), by=by)


def settle(*, by: Viewer, key: str, shares: dict[int, int], booked_on: date) -> Posted:
    """The provider paid out: won per fund from clearing to the dedicated account. Fees are no business of a gift."""
    legs = [leg for fund, won in shares.items() for leg in (Leg(fund, "bank", won), Leg(fund, "clearing", -won)) if won]
    return post(Entry(key, "settlement", booked_on, tuple(legs)), by=by)


def spend(*, by: Viewer, key: str, fund_id: int, chart: str, won: int, booked_on: date, memo: str = "") -> Posted:
    """Pay from the dedicated account for a purpose, out of the oldest gifts of the fund."""
    lock_fund(fund_id)
    known = Journal.objects.filter(key=key).values_list("pk", flat=True).first()
    if known is not None:
        return Posted(known, False)
    uses = tuple((portion.gift_id, portion.left_won) for portion in oldest_first(fund_id, won))
    legs = (Leg(fund_id, chart, won), Leg(fund_id, "bank", -won))
    return post(Entry(key, "payout", booked_on, legs, uses=uses, memo=memo), by=by)


def give_back(
    *, by: Viewer, key: str, fund_id: int, parts: Iterable[tuple[int, str, int]], booked_on: date, out_of: str
) -> Posted:
    """Return won of named gifts (gift id, source, won) to their giver; only what is left of them can go back.

    A gift that was carried here takes its way back through the fund it was given to, whose income it was.
    """
    rows = list(parts)
    given_to = {gift: _given_to(gift) for gift, _, _ in rows}
    for fund in sorted({fund_id, *given_to.values()}):
        lock_fund(fund)
    legs = {(fund_id, out_of): -sum(won for _, _, won in rows)}
    for gift, source, won in rows:
        first = given_to[gift]
        back = [((first, f"income_{source}"), won)]
        if first != fund_id:
            back += [((fund_id, "carried"), won), ((first, "carried"), -won)]
        for place, amount in back:
            legs[place] = legs.get(place, 0) + amount
    lines = tuple(Leg(fund, chart, won) for (fund, chart), won in legs.items())
    return post(Entry(key, "refund", booked_on, lines, uses=tuple((gift, won) for gift, _, won in rows)), by=by)


def _given_to(gift_id: int) -> int:
    """The fund a gift was given to, however often what was left of it was carried on."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_FUND, [gift_id])
        return int(cursor.fetchone()[0])


def carry(*, by: Viewer, key: str, from_fund: int, to_fund: int, gifts: Iterable[NewGift], booked_on: date) -> Posted:
    """Take what is left of gifts into another fund of the same receiver, as the giver chose; `carried_from_id` each."""
    rows = tuple(gifts)
    lock_fund(min(from_fund, to_fund))
    lock_fund(max(from_fund, to_fund))
    won = sum(gift.won for gift in rows)
    legs = (
        Leg(from_fund, "carried", won),
        Leg(from_fund, "bank", -won),
        Leg(to_fund, "bank", won),
        Leg(to_fund, "carried", -won),
    )
    uses = tuple((gift.carried_from_id or 0, gift.won) for gift in rows)
    return post(Entry(key, "carry", booked_on, legs, rows, uses), by=by)


def reverse(*, by: Viewer, journal_id: int, booked_on: date, memo: str) -> Posted:
    """Undo a journal by its mirror image; the gifts it used get their won back. A used gift cannot be undone."""
    journal = Journal.objects.get(pk=journal_id)
    postings = list(journal.postings.select_related("account"))
    for fund_id in sorted({posting.account.fund_id for posting in postings}):
        lock_fund(fund_id)
    legs = tuple(Leg(row.account.fund_id, row.account.chart_id, -row.amount_won) for row in postings)
    uses = [(row.gift_id, -row.amount_won) for row in journal.allocations.all()]
    uses += [(gift.pk, gift.amount_won) for gift in journal.gifts.all()]
    key = f"reverse:{journal_id}"
    entry = Entry(key, "reversal", booked_on, legs, uses=tuple(uses), memo=memo, reverses_id=journal_id)
    return post(entry, by=by)


def take_return(*, by: Viewer, key: str, journal_id: int, won: int, booked_on: date, memo: str = "") -> Posted:
    """Some of a payment came back from its payee: into the same fund and purpose, to the gifts it was taken from.

    The youngest won come back first, so that the payment stands as if it had been smaller from the beginning.
    Raises Refused for more than is still out.
    """
    known = Journal.objects.filter(key=key).values_list("pk", flat=True).first()
    if known is not None:
        return Posted(known, False)
    spent = Posting.objects.select_related("account").get(journal=journal_id, amount_won__gt=0)
    fund_id = spent.account.fund_id
    lock_fund(fund_id)
    out = Allocation.objects.filter(Q(journal=journal_id) | Q(journal__returns=journal_id))
    rows = out.values_list("gift").annotate(Sum("amount_won")).order_by("-gift__received_on", "-gift")
    uses, missing = [], won
    for gift_id, held in rows:
        back = min(int(held), missing)
        missing -= back
        uses += [(gift_id, -back)] if back else []
    if missing:
        raise Refused(f"journal {journal_id} paid less than comes back")
    legs = (Leg(fund_id, "bank", won), Leg(fund_id, spent.account.chart_id, -won))
    entry = Entry(key, "return", booked_on, legs, uses=tuple(uses), memo=memo, returns_id=journal_id)
    return post(entry, by=by)


def operating(*, by: Viewer, key: str, fund_id: int, legs: dict[str, int], booked_on: date, memo: str = "") -> Posted:
    """A journal of the operating fund: subsidy in; fees and chargebacks out (R15: never a gift's money)."""
    lines = tuple(Leg(fund_id, chart, won) for chart, won in legs.items())
    return post(Entry(key, "operating", booked_on, lines, memo=memo), by=by)
