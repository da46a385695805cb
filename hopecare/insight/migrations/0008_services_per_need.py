"""Is less given where it is far? Services for each severe need, beside the waiting times (R80, R17)."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("hopecare.insight.migrations.0003_creaming").CREAMING
DROP = "drop function hc_board_creaming(date);"
# Severe needs are those of the first asking, services all since the case began. A report that was joined to its case
# later waited for nothing.
CREAMING = """
create function hc_board_creaming(since date) returns table (side text, name text, cases bigint, accepted numeric, served numeric, given numeric)
language sql stable security definer set search_path = public, pg_temp as $$
  with middle as (
    select t.zone_id, avg(t.lat) as lat, avg(t.lon) as lon from kernel_town t group by 1
  ), waits as (
    select z.code as zone,
      case when sqrt(power((t.lat - m.lat) * 111, 2) + power((t.lon - m.lon) * 88, 2)) < 4 then 'near'
           when sqrt(power((t.lat - m.lat) * 111, 2) + power((t.lon - m.lon) * 88, 2)) < 7 then 'middle' else 'far' end as distance,
      case when severe.n >= 4 then 'heavy' when severe.n >= 2 then 'middle' else 'light' end as weight,
      case when told.at > c.opened_at then 0 else extract(epoch from c.opened_at - told.at) / 86400 end as accepted, given.day - (c.opened_at at time zone 'Asia/Seoul')::date as served,
      given.n as given, severe.n as needs
    from cases_case c join kernel_town t on t.id = c.town_id join kernel_zone z on z.id = t.zone_id join middle m on m.zone_id = z.id
    cross join lateral (select min(r.received_at) as at from cases_report r where r.case_id = c.id) told
    cross join lateral (select min(s.given_on) as day, count(*) as n from cases_servicerecord s
                        where s.case_id = c.id and s.given_on >= (c.opened_at at time zone 'Asia/Seoul')::date) given
    cross join lateral (select count(distinct a.category_id) as n from cases_needanswer a
                        where a.case_id = c.id and a.phase = 'open' and a.severity >= 3) severe
    where c.opened_at >= since
  ), sides as (
    select 'zone' as side, zone as name, accepted, served, given, needs from waits
    union all select 'distance', distance, accepted, served, given, needs from waits
    union all select 'weight', weight, accepted, served, given, needs from waits
  )
  select side, name, case when count(*) < 5 then null else count(*) end,
    case when count(accepted) < 5 then null else round((percentile_cont(0.5) within group (order by accepted))::numeric, 1) end,
    case when count(served) < 5 then null else round((percentile_cont(0.5) within group (order by served))::numeric, 1) end,
    case when count(*) < 5 or sum(needs) < 5 then null else round(sum(given)::numeric / sum(needs), 1) end
  from sides group by 1, 2
$$
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0007_outcomes_and_extract")]
    operations = [migrations.RunSQL(DROP + CREAMING, DROP + BEFORE)]
