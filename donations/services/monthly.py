"""One Person One Account: once a day everything due becomes charges, one per giver, means of payment and day (R64)."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils.translation import gettext_lazy as _

from donations.models import Charge, Donor, Fund, Method, MonthlyRun, Pledge
from donations.rules import giving as rules
from donations.selectors.put_off import put_off
from donations.services import charging, filing, holding, telling
from donations.services.means import regroup
from donations.states import PLEDGES, EarmarkKind, PledgeState
from hopecare.kernel import audit, clock, codes, errors
from hopecare.kernel.access import Principal, acting_as, system
from hopecare.kernel.errors import Problem

#: A debit of longer ago is not made up.
LONGEST_OUTAGE = timedelta(days=27)
ONE_DAY = timedelta(days=1)

#: One statement for the whole city: a charge per (giver, means, receiver, day) and a line per account, whichever rows
#: of a giver they stand under. Running it again adds nothing, as the charge's key holds giver, means, receiver and
#: month; an account whose card or day changed within the month has its line already.
_PREPARE = """
with due as (
  select p.id, one.donor_id, one.method_id, p.fund_id, p.source, p.units * 5000 as won, m.provider, f.receiver_id,
         concat_ws(':', 'month', one.donor_id, one.method_id, f.receiver_id, %(day)s,
                   to_char(%(month)s::date, 'YYYY-MM')) as key
  from donations_pledge p join donations_method m on m.id = p.method_id join donations_fund f on f.id = p.fund_id
  join donations_donor d on d.id = p.donor_id
  left join donations_donor own on own.user_id = d.user_id and own.brought_at is null
  cross join lateral (select coalesce(own.id, d.id) as donor_id, coalesce(m.same_as_id, m.id) as method_id) one
  where p.state = 'active' and p.day = %(day)s and p.started_on <= %(begun)s and m.ended_at is null
    and not (%(month)s::date = any (p.skipped_months))
    and not exists (select 1 from donations_chargeline l join donations_charge c on c.id = l.charge_id
      where l.pledge_id = p.id and c.key like 'month:%%' and right(c.key, 7) = to_char(%(month)s::date, 'YYYY-MM'))
), made as (
  insert into donations_charge (uuid, key, provider, donor_id, method_id, receiver_id, amount_won, due_on, state,
    attempts, uncertain, next_attempt_at, reference, "window", failure, refunded_won, disputed_won, steps, created_at)
  select gen_random_uuid(), key, provider, donor_id, method_id, receiver_id, sum(won), %(due)s, 'ready', 0,
    false, %(now)s, '', '', '', 0, 0, 0, %(now)s
  from due group by key, provider, donor_id, method_id, receiver_id
  on conflict (key) do nothing returning id, key
)
insert into donations_chargeline (charge_id, fund_id, pledge_id, source, amount_won)
select made.id, due.fund_id, due.id, due.source, due.won from made join due on due.key = made.key
"""


def prepare(day: date, *, due: date | None = None, begun: date | None = None) -> int:
    """Write the charges of this day of the month; returns how many lines are new.

    `due`: they go off on that day instead; `begun`: accounts that were opened later wait for the next month.
    """
    values: dict[str, Any] = {"day": day.day, "month": day.replace(day=1), "due": due or day, "begun": begun or day}
    values["now"] = clock.now()
    with acting_as(system(Principal.GIVING)), connection.cursor() as cursor:
        cursor.execute(_PREPARE, values)
        return int(cursor.rowcount)


def run_today() -> int:
    """The last three days and all since the last run, as a machine may have been off.

    Givers whom nobody could tell in time are left to `notify_ahead`. An account that was opened on its own day begins
    with the next month, as its page says.
    """
    today, ran, told = _lately()
    since = min(max(ran + ONE_DAY, today - LONGEST_OUTAGE), today - 2 * ONE_DAY)
    for day in _days(since, min(today, told + rules.NOTICE_DAYS * ONE_DAY)):
        prepare(day, begun=day - ONE_DAY)
    done = filing.send_debits() + charging.run_due()
    _note(MonthlyRun.DEBITS)
    return done


def _lately() -> tuple[date, date, date]:
    """Today, the last day on which debits were made, and the last one on which the notices went out as well."""
    today = clock.today()
    with acting_as(system(Principal.GIVING)):
        days = MonthlyRun.objects.aggregate(
            first=Min("day"),
            ran=Max("day", filter=Q(what=MonthlyRun.DEBITS)),
            told=Max("day", filter=Q(what=MonthlyRun.NOTICES)),
        )
    before = (days["first"] or today) - ONE_DAY
    return today, days["ran"] or before, days["told"] or before


def _days(since: date, until: date) -> list[date]:
    return [since + number * ONE_DAY for number in range((until - since).days + 1)]


def _note(what: str) -> None:
    with acting_as(system(Principal.GIVING)):
        MonthlyRun.objects.get_or_create(day=clock.today(), what=what)


def notify_ahead() -> int:
    """Tell each giver once, some days before the debit, with the way to skip it; whoever opened it later at once.

    Of days of which nobody was told, as the notices did not go out, debits are made only here, together with their
    notice and as many days later as it takes.
    """
    today, _ran, told = _lately()
    done = sum(_notify(today + ahead * ONE_DAY) for ahead in range(1, rules.NOTICE_DAYS + 1))
    with acting_as(system(Principal.GIVING)):
        for day in _days(max(told + (rules.NOTICE_DAYS + 1) * ONE_DAY, today - LONGEST_OUTAGE), today):
            prepare(day, due=today + rules.NOTICE_DAYS * ONE_DAY, begun=day - ONE_DAY)
        done += _notify_late()
    _note(MonthlyRun.NOTICES)
    return done


def _notify_late() -> int:
    """Debits that an outage moved to another day: of several of one giver on that day their sum."""
    with acting_as(system(Principal.GIVING)) as viewer:
        rows = put_off().exclude(donor=None).select_related("donor").prefetch_related("lines__pledge").order_by("pk")
        days: dict[tuple[int, date], list[Charge]] = {}
        for row in rows:
            days.setdefault((row.donor_id or 0, row.due_on), []).append(row)
        for (_donor_id, day), charges in days.items():
            first = charges[0]
            pledge = first.lines.all()[0].pledge
            if first.donor is not None and pledge is not None:
                telling.late_notice(viewer, first.donor, day, sum(row.amount_won for row in charges), pledge.code)
        return len(days)


def _notify(day: date) -> int:
    """One message per debit; the first of a giver bears the day alone, so that nobody is told of it twice."""
    month = day.replace(day=1)
    with acting_as(system(Principal.GIVING)) as viewer:
        rows = Pledge.objects.filter(state=PledgeState.ACTIVE, day=day.day, method__ended_at=None)
        due = rows.exclude(skipped_months__contains=[month]).select_related("donor", "method", "fund").order_by("pk")
        own = _own_rows({row.donor.user_id for row in due})
        debits: dict[int, dict[tuple[int, int], list[Pledge]]] = defaultdict(lambda: defaultdict(list))
        givers: dict[int, Donor] = {}
        for row in due:
            giver = own.get(row.donor.user_id or 0, row.donor)
            givers[giver.pk] = giver
            debits[giver.pk][row.method.same_as_id or row.method_id, row.fund.receiver_id].append(row)
        for key, told in debits.items():
            for number, (way, parts) in enumerate(told.items()):
                telling.notice(viewer, givers[key], day, parts, another=way if number else None)
        return sum(len(told) for told in debits.values())


def _own_rows(users: set[int | None]) -> dict[int, Donor]:
    """Account → the row of the giver that was not brought: messages and debits name that one."""
    return {row.user_id or 0: row for row in Donor.objects.filter(user_id__in=users - {None}, brought_at=None)}


def enrol(
    *,
    donor: Donor,
    provider: str,
    token: str,
    consent_words: str,
    fund: Fund,
    units: int,
    day: int,
    rests: bool = False,
    **method: Any,
) -> Pledge:
    """A monthly account with the giver's consent and its words; runs as the principal `giving` or staff.

    `rests`: nothing is debited until its card is there (services/cards.py).
    """
    if not 1 <= units <= 2_000 or not 1 <= day <= 28 or fund.kind in {EarmarkKind.NEED, EarmarkKind.OPERATING}:
        raise errors.Impossible(
            Problem("units", _("Please choose accounts of 5,000 won and a day from 1 to 28."), "units")
        )
    with acting_as(system(Principal.GIVING)) as viewer:
        means = Method.objects.create(
            donor=donor, provider=provider, token=token, consent_words=consent_words, **method
        )
        state = PledgeState.PAUSED if rests else PledgeState.ACTIVE
        pledge = Pledge.objects.create(
            code=codes.new_code(), donor=donor, method=means, fund=fund, units=units, day=day, state=state
        )
        regroup(donor)
        audit.changed(viewer, "pledge", [pledge.pk], "pledge_started", units=units)
        return pledge


def change(*, code: str, to: str = "", skip: date | None = None, units: int | None = None) -> Pledge:
    """One tap of the giver: pause, go on, stop, skip a month, more or fewer accounts. The code is the giver's key.

    `skip`: a day of the month; where a debit stands already and was not tried, it is that one, and no month later.
    """
    with acting_as(system(Principal.GIVING)) as viewer:
        pledge = Pledge.objects.select_for_update().filter(code=code).first()
        if pledge is None:
            raise errors.NotFound("pledge", "")
        if to and to != pledge.state:
            if PledgeState(to) not in PLEDGES[PledgeState(pledge.state)]:
                raise errors.Impossible(Problem("state", _("This account has ended. You may open a new one.")))
            pledge.state, pledge.failures = to, 0
            pledge.ended_on = clock.today() if to == PledgeState.STOPPED else None
            if to != PledgeState.ACTIVE:
                holding.hold_back(pledge)
        if skip is not None and not holding.skip(pledge):
            pledge.skipped_months = sorted({*pledge.skipped_months, skip.replace(day=1)})
        if units is not None and 1 <= units <= 2_000:
            pledge.units = units
        pledge.save()
        audit.changed(viewer, "pledge", [pledge.pk], "pledge_changed", state=pledge.state)
        return pledge
