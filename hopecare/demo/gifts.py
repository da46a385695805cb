"""Givers, monthly accounts, years of gifts and payments, worked out by the database itself (no row by row).

Each month every account gives once and each fund pays out most of what came in the month before, oldest gift first; at
the end one check reads all of it. Guards are set aside for the load and put back, as only the owner may.
"""

import uuid
from datetime import date, timedelta
from typing import Any

from django.db import connection

from cases.models import Case, PublishedNeed
from donations.models import Donor, Receiver
from donations.selectors.ledger import trouble
from hopecare.demo.world import World, words
from hopecare.kernel import codes
from hopecare.kernel.crypto import encrypt
from hopecare.kernel.models import Service, User

MONTHS = 60
#: Won a month at scale 1 in the city's subsidy for running four centres.
SUBSIDY_WON = 1_140_000_000 // 48
_GUARDED = ("journal", "posting", "gift", "allocation", "account", "turnover")
_GIVERS = """
insert into donations_donor (id, kind, name, phone, phone_hash, email, language, created_at) overriding system value
select n, case when n %% 40 = 0 then 'company' else 'person' end, '', '', '', '', 'ko', %(start)s
from generate_series(1, %(donors)s) n;
insert into donations_method (id, donor_id, provider, token, label, consent_words, consent_at) overriding system value
select n, n, 'cms', %(token)s, '예시은행 ••11', '매달 자동이체에 동의', %(start)s
from generate_series(1, %(donors)s) n
"""
# half of the accounts wherever it is needed, the others for a cause
_PLEDGES = """
insert into donations_pledge (id, code, donor_id, method_id, fund_id, units, day, source, state, skipped_months,
  failures, started_on) overriding system value
select n, code, 1 + (n - 1) %% %(donors)s, 1 + (n - 1) %% %(donors)s,
  f.ids[1 + (hashint8(n) & 2147483647) %% array_length(f.ids, 1)], 1, (array[5, 10, 15, 20, 25])[1 + n %% 5],
  case when (1 + (n - 1) %% %(donors)s) %% 40 = 0 then 'company' else 'monthly' end, 'active', '{}', 0, %(first)s
from unnest(%(codes)s::text[]) with ordinality as given(code, n),
  (select array_agg(id order by id) as ids from (
     select id from donations_fund where kind in ('general', 'cause')
     union all select id from donations_fund where kind = 'general'
     union all select id from donations_fund where kind = 'general') weighed) f
"""
# one journal a giver, receiver and month (one debit), one line an account
_LINES = """
create temporary table demo_lines as
with months as (
  select m::date as month, row_number() over (order by m) as i
  from generate_series(%(first)s::date, %(last)s::date, interval '1 month') m)
select p.id as pledge, p.donor_id, p.fund_id, p.source, mo.month + (p.day - 1) as day, mo.i, p.units * 5000 as won,
  dense_rank() over (order by mo.i, p.donor_id, p.day, f.receiver_id) as j
from months mo cross join donations_pledge p join donations_fund f on f.id = p.fund_id
where mo.month + (p.day - 1) < %(today)s and (hashint8(p.id * 1000 + mo.i) & 2147483647) %% 100 < 97
"""
_GIFTS = """
insert into donations_journal (id, key, kind, booked_on, memo, posted_at, transaction) overriding system value
select j, 'demo:' || j, 'gift', min(day), '', min(day)::timestamptz, 0 from demo_lines group by j;
insert into donations_posting (journal_id, account_id, amount_won)
select l.j, a.id, sum(l.won) from demo_lines l
join donations_account a on a.fund_id = l.fund_id and a.chart_id = 'bank' group by l.j, a.id;
insert into donations_posting (journal_id, account_id, amount_won)
select l.j, a.id, -l.won from demo_lines l
join donations_account a on a.fund_id = l.fund_id and a.chart_id = 'income_' || l.source
"""
_PAYMENTS = """
create temporary table demo_paid as
select row_number() over (order by day, fund_id, k) + %(base)s as j, *,
  sum(won) over w as to_won
from (
  select f.id as fund_id, f.receiver_id, k,
    f.allowed_purposes[1 + k %% array_length(f.allowed_purposes, 1)] as purpose,
    m.month::date + 3 + (k * 5) %% 24 as day, sum(l.won) * 94 / 100 / %(parts)s / 1000 * 1000 as won
  from demo_lines l join donations_fund f on f.id = l.fund_id
  join generate_series(%(first)s::date, %(last)s::date, interval '1 month') m(month)
    on date_trunc('month', l.day)::date = (m.month - interval '1 month')::date
  cross join generate_series(1, %(parts)s::int) k
  where m.month::date + 3 + (k * 5) %% 24 < %(today)s
  group by f.id, m.month, k having sum(l.won) * 94 / 100 / %(parts)s >= 1000) as monthly
window w as (partition by fund_id order by day, k)
"""
# oldest first: the running sums of gifts and of payments cut each fund's won into pieces, each of one gift and payment
_ALLOCATE = """
insert into donations_journal (id, key, kind, booked_on, memo, posted_at, transaction) overriding system value
select j, 'demo:' || j, 'payout', day, '', day::timestamptz, 0 from demo_paid;
insert into donations_posting (journal_id, account_id, amount_won)
select p.j, a.id, case a.chart_id when 'bank' then -p.won else p.won end
from demo_paid p join donations_account a on a.fund_id = p.fund_id and a.chart_id in ('bank', p.purpose);
create temporary table demo_given as
select row_number() over (order by day, pledge) as id, *, sum(won) over w as to_won
from demo_lines window w as (partition by fund_id order by day, pledge);
analyze demo_paid;
insert into donations_gift (id, uuid, fund_id, journal_id, amount_won, remaining_won, source, received_on, donor_id,
  pledge_id) overriding system value
select g.id, md5('gift' || pledge || ':' || i)::uuid, fund_id, j, g.won,
  greatest(0, least(g.won, to_won - coalesce(paid.won, 0))), source, day, donor_id, pledge
from demo_given g left join (select fund_id, max(to_won) as won from demo_paid group by 1) paid using (fund_id);
insert into donations_allocation (gift_id, journal_id, amount_won)
select gift, payout, won from (
  select min(gift) over onward as gift, min(payout) over onward as payout,
    point - coalesce(lag(point) over (partition by fund_id order by point), 0) as won
  from (select fund_id, to_won as point, id as gift, null::bigint as payout from demo_given
    union all select fund_id, to_won, null, j from demo_paid) ends
  window onward as (partition by fund_id order by point desc)) pieces
where gift is not null and payout is not null and won > 0;
insert into donations_payout (uuid, fund_id, team_id, asked_team_id, provider_id, service_id, category_id, purpose,
  amount_won, payee_kind, payee_name, payee_account, why, urgent, state, requested_at, approved_by_id, approved_at,
  refusal, paid_on, bank_reference, journal_id, outcome, outcome_on)
select md5('payout' || p.j)::uuid, p.fund_id, t.id, t.id, r.centre_id, s.id, s.category_id, p.purpose, p.won,
  (array['landlord', 'hospital', 'academy', 'shop'])[1 + p.j %% 4], '', '', '', false, 'proven', p.day::timestamptz,
  %(head)s, p.day::timestamptz, '', p.day, 'demo', p.j,
  (%(outcomes)s::text[])[1 + p.j %% array_length(%(outcomes)s::text[], 1)], p.day
from demo_paid p join donations_receiver r on r.id = p.receiver_id join kernel_zone z on z.centre_id = r.centre_id
join kernel_team t on t.code = z.code || '_mixed'
join kernel_service s on s.code = case p.purpose when 'medical' then 'medical_support'
  when 'children_education' then 'education' when 'house_repair' then 'home_environment' when 'parcels' then 'meals'
  when 'outings' then 'culture' else 'sponsorship' end
"""
_SUBSIDY = """
select setval(pg_get_serial_sequence('donations_journal', 'id'), (select max(id) from donations_journal));
insert into donations_journal (key, kind, booked_on, memo, posted_at, transaction)
select 'demo:subsidy:' || f.id || ':' || m::date, 'operating', m::date, '', m, 0 from donations_fund f,
  generate_series(%(year)s::date, %(today)s::date - 1, interval '1 month') m where f.kind = 'operating';
insert into donations_posting (journal_id, account_id, amount_won)
select j.id, a.id, case a.chart_id when 'own_bank' then %(subsidy)s else -%(subsidy)s end from donations_journal j
join donations_account a on a.fund_id = split_part(j.key, ':', 3)::bigint and a.chart_id in ('own_bank', 'subsidy')
where j.kind = 'operating'
"""
_BALANCES = """
update donations_account a set balance_won = x.won, entries = x.n
from (select account_id, sum(amount_won) won, count(*) n from donations_posting group by 1) x where x.account_id = a.id;
insert into donations_turnover (account_id, month, debit_won, credit_won, entries)
select p.account_id, date_trunc('month', j.booked_on)::date, sum(greatest(p.amount_won, 0)),
  sum(greatest(-p.amount_won, 0)), count(*)
from donations_posting p join donations_journal j on j.id = p.journal_id group by 1, 2;
drop table demo_lines, demo_paid, demo_given
"""


def seed_gifts(world: World, cast: dict[str, User], donors: int, pledges: int) -> None:
    """`donors` people and companies with `pledges` accounts of 5,000 won a month, five years back."""
    if not Receiver.objects.exists():
        return
    first = _months_back(world.today, MONTHS)
    values: dict[str, Any] = {
        "start": world.moment(first),
        "donors": donors,
        "codes": [codes.new_code(world.dice.choice) for _ in range(pledges)],
        "first": first,
        "last": world.today.replace(day=1),
        "today": world.today,
        "token": encrypt("예시은행 000-11"),
        "parts": 6,
        "head": cast["eli"].pk,
        "outcomes": words()["gift_outcomes"],
        "year": date(world.today.year, 1, 1),
        "subsidy": max(10_000, SUBSIDY_WON * pledges // 19_681 // 1_000 * 1_000),
    }
    with connection.cursor() as cursor:
        cursor.execute("set local work_mem = '256MB'")
        _guards(cursor, "disable")
        _each(cursor, values, _GIVERS, _PLEDGES, _LINES, _GIFTS)
        cursor.execute("select max(id) from donations_journal")
        values["base"] = cursor.fetchone()[0]
        _each(cursor, values, _PAYMENTS, _ALLOCATE, _SUBSIDY, _BALANCES)
        for name in ("donor", "method", "pledge", "gift"):
            table = f"donations_{name}"
            cursor.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))")
        _guards(cursor, "enable")
    Donor.objects.filter(pk=1).update(user=cast["dee"], name=cast["dee"].name)
    _needs(world, cast)
    found = trouble()
    if found:
        raise RuntimeError(f"the demo's books are not whole: {found[:3]}")


def _needs(world: World, cast: dict[str, User]) -> None:
    """A few needs on the giving page, told as zone and age band only."""
    for number, told in enumerate(words()["gift_needs"]):
        post = world.zones[list(world.zones)[number % len(world.zones)]]
        near = list(Case.objects.filter(team_id=post.team_id, closed_at=None).order_by("pk")[:8])
        if not near:
            continue
        case = near[number % len(near)]
        service = Service.objects.get(code=told["service"])
        shown = world.moment(world.days_ago(3 + number))
        PublishedNeed.objects.create(
            uuid=uuid.UUID(int=world.dice.getrandbits(128), version=4),
            case=case,
            team_id=case.team_id,
            provider_id=case.provider_id,
            main_person_id=case.main_person_id,
            category_id=service.category_id or 0,
            service=service,
            zone_id=case.town.zone_id,
            age_from=told["ages"][0],
            age_to=told["ages"][1],
            words=told["words"],
            target_won=told["won"],
            urgent=number == 0,
            wanted_by=world.today + timedelta(days=told["days"]) if "days" in told else None,
            approved_by=cast["hana"],
            approved_at=shown - timedelta(days=2),
            shown_from=shown,
        )


def _each(cursor: Any, values: dict[str, Any], *blocks: str) -> None:
    for block in blocks:
        for statement in block.split(";\n"):
            cursor.execute(statement, values)


def _guards(cursor: Any, way: str) -> None:
    cursor.execute("set constraints all immediate")
    for name in _GUARDED:
        cursor.execute(f"alter table donations_{name} {way} trigger user")


def _months_back(today: date, months: int) -> date:
    number = today.year * 12 + today.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
