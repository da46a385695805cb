"""Aggregates behind the second wall: the functions count as the owner and hand out suppressed cells only.

Below five people a cell is empty (null), so that a board can be shown to an advisory member who may see no case.
"""

from django.db import migrations

_HEAD = "language sql stable security definer set search_path = public as"
CASES = f"""
create function hc_board_cases() returns table (zone text, stage text, n bigint) {_HEAD} $$
  select z.code, c.stage, case when count(*) < 5 then null else count(*) end
  from cases_case c join kernel_zone z on z.centre_id = c.provider_id
  where c.closed_at is null group by 1, 2
$$
"""
NEEDS = f"""
create function hc_board_needs() returns table (zone text, category text, severe bigint, asked bigint) {_HEAD} $$
  select z.code, g.code, case when count(*) filter (where a.severity >= 3) < 5 then null
         else count(*) filter (where a.severity >= 3) end, case when count(*) < 5 then null else count(*) end
  from (select distinct on (n.case_id, n.category_id, n.person_id) n.provider_id, n.category_id, n.severity
        from cases_needanswer n join cases_case c on c.id = n.case_id and c.closed_at is null
        order by n.case_id, n.category_id, n.person_id, n.asked_at desc) a
  join kernel_zone z on z.centre_id = a.provider_id join kernel_category g on g.id = a.category_id
  group by 1, 2
$$
"""
PROMISES = f"""
create function hc_board_promises(since date) returns table (zone text, reports bigint, kept bigint) {_HEAD} $$
  select z.code, case when count(*) < 5 then null else count(*) end,
         case when count(*) < 5 then null else count(*) filter (where r.looked_at <= r.promised_at) end
  from cases_report r join kernel_zone z on z.centre_id = r.provider_id
  where r.received_at >= since and r.promised_at < now() and r.state <> 'withdrawn' group by 1
$$
"""
MONEY = f"""
create function hc_board_money(since date) returns table (month date, source text, won numeric, n bigint) {_HEAD} $$
  select date_trunc('month', s.given_on)::date, f.code, case when count(*) < 5 then null else sum(s.amount_won) end,
         case when count(*) < 5 then null else count(*) end
  from cases_servicerecord s join kernel_fundsource f on f.id = s.fund_source_id
  where s.given_on >= since and s.amount_won > 0 group by 1, 2
$$
"""
INDEX = "create index service_money_day on cases_servicerecord (given_on) include (fund_source_id, amount_won) where amount_won > 0"


class Migration(migrations.Migration):
    initial = True
    dependencies = [("cases", "0002_walls")]
    operations = [
        migrations.RunSQL(CASES, "drop function hc_board_cases()"),
        migrations.RunSQL(NEEDS, "drop function hc_board_needs()"),
        migrations.RunSQL(PROMISES, "drop function hc_board_promises(date)"),
        migrations.RunSQL(MONEY, "drop function hc_board_money(date)"),
        migrations.RunSQL(INDEX, "drop index service_money_day"),
    ]
