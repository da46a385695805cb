"""Is it the near and the easy that are served first (R17, R80)? Waiting times by zone, distance and weight, never a case."""

from django.db import migrations

# Distance in kilometres from the middle of the zone's towns; weight by how many of the eight were severe when asked first.
CREAMING = """
create function hc_board_creaming(since date) returns table (side text, name text, cases bigint, accepted numeric, served numeric)
language sql stable security definer set search_path = public, pg_temp as $$
  with middle as (
    select t.zone_id, avg(t.lat) as lat, avg(t.lon) as lon from kernel_town t group by 1
  ), waits as (
    select z.code as zone,
      case when sqrt(power((t.lat - m.lat) * 111, 2) + power((t.lon - m.lon) * 88, 2)) < 4 then 'near'
           when sqrt(power((t.lat - m.lat) * 111, 2) + power((t.lon - m.lon) * 88, 2)) < 7 then 'middle' else 'far' end as distance,
      case when severe.n >= 4 then 'heavy' when severe.n >= 2 then 'middle' else 'light' end as weight,
      extract(epoch from c.opened_at - told.at) / 86400 as accepted, given.day - (c.opened_at at time zone 'Asia/Seoul')::date as served
    from cases_case c join kernel_town t on t.id = c.town_id join kernel_zone z on z.id = t.zone_id join middle m on m.zone_id = z.id
    cross join lateral (select min(r.received_at) as at from cases_report r where r.case_id = c.id) told
    cross join lateral (select min(s.given_on) as day from cases_servicerecord s
                        where s.case_id = c.id and s.given_on >= (c.opened_at at time zone 'Asia/Seoul')::date) given
    cross join lateral (select count(distinct a.category_id) as n from cases_needanswer a
                        where a.case_id = c.id and a.phase = 'open' and a.severity >= 3) severe
    where c.opened_at >= since
  ), sides as (
    select 'zone' as side, zone as name, accepted, served from waits
    union all select 'distance', distance, accepted, served from waits
    union all select 'weight', weight, accepted, served from waits
  )
  select side, name, case when count(*) < 5 then null else count(*) end,
    case when count(accepted) < 5 then null else round((percentile_cont(0.5) within group (order by accepted))::numeric, 1) end,
    case when count(served) < 5 then null else round((percentile_cont(0.5) within group (order by served))::numeric, 1) end
  from sides group by 1, 2
$$
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0002_given"), ("cases", "0014_reading")]
    operations = [migrations.RunSQL(CREAMING, "drop function hc_board_creaming(date)")]
