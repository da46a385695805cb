"""Odd looks at what the town offices keep are the city's to look through: no office has a reviewer of its own (K9)."""

from django.db import migrations

# As before, over the own house and, for the city, over all of its town offices.
ODD = """
create or replace function hc_odd_reads(house bigint, first timestamptz, before timestamptz, night_from int, night_to int, bulk int, probes int)
returns table (kind text, user_id bigint, user_name varchar, organisation_id bigint, day date, at timestamptz, looks bigint, numbers text[])
language sql stable security definer set search_path = public, pg_temp as $$
  with houses as materialized (
    select array_agg(o.id)::int[] as ids from kernel_organisation o
    where o.id = house or (o.kind = 'town_office'
      and exists (select from kernel_organisation city where city.id = house and city.kind = 'city'))
  ), looks as materialized (
    select r.user_id, r.user_name, r.organisation_id, r.at, r.what, r.at at time zone 'Asia/Seoul' as local, subject.id as case_id
    from kernel_read r cross join unnest(r.subject_ids) subject(id)
    where r.at >= first and r.at < before and r.subject_kind = 'case' and not r.refused and r.user_id is not null
      and r.owner_ids && (select ids from houses) and r.what in ('view', 'print', 'trail', 'export')
      and house = nullif(current_setting('app.audit', true), '')::bigint
  ), strange as materialized (
    select l.*, c.number, c.town_id, c.household_id, p.name as person, p.sealed
    from looks l join cases_case c on c.id = l.case_id and c.provider_id = any ((select ids from houses)::int[]) join kernel_person p on p.id = c.main_person_id
    where c.lead_id <> l.user_id and not exists (select from cases_casemember m where m.case_id = c.id and m.user_id = l.user_id)
  ), odd as (
    select 'own_town' as kind, s.* from strange s join cases_staffhome h on h.user_id = s.user_id and h.town_id = s.town_id
    union all
    select 'same_surname', s.* from strange s where left(s.user_name, 1) = left(s.person, 1) and not s.sealed
    union all
    select 'same_address', s.* from strange s join cases_staffhome h on h.user_id = s.user_id and h.directions <> ''
    where exists (select from kernel_address a where a.household_id = s.household_id and a.ends_on is null
                  and hc_jamo(a.directions) = hc_jamo(h.directions))
    union all
    select 'night', s.* from strange s
    where extract(hour from s.local) >= night_from or extract(hour from s.local) < night_to
  )
  select o.kind, o.user_id, max(o.user_name), max(o.organisation_id), o.local::date, max(o.at), count(*),
         (array_agg(distinct o.number::text))[1:20]
  from odd o group by o.kind, o.user_id, o.local::date
  union all
  select 'bulk', l.user_id, max(l.user_name), max(l.organisation_id), l.local::date, max(l.at), count(distinct l.case_id), '{}'
  from looks l group by l.user_id, l.local::date, date_trunc('hour', l.local) having count(distinct l.case_id) > bulk
  union all
  select 'probing', r.user_id, max(r.user_name), max(r.organisation_id), (r.at at time zone 'Asia/Seoul')::date, max(r.at), count(*), '{}'
  from kernel_read r
  where r.at >= first and r.at < before and r.what = 'overlap_check' and r.user_id is not null and r.owner_ids && (select ids from houses)
    and house = nullif(current_setting('app.audit', true), '')::bigint
  group by r.user_id, (r.at at time zone 'Asia/Seoul')::date having count(*) > probes
  order by 6 desc limit 500
$$;
"""
BEFORE = """
create or replace function hc_odd_reads(house bigint, first timestamptz, before timestamptz, night_from int, night_to int, bulk int, probes int)
returns table (kind text, user_id bigint, user_name varchar, organisation_id bigint, day date, at timestamptz, looks bigint, numbers text[])
language sql stable security definer set search_path = public, pg_temp as $$
  with looks as materialized (
    select r.user_id, r.user_name, r.organisation_id, r.at, r.what, r.at at time zone 'Asia/Seoul' as local, subject.id as case_id
    from kernel_read r cross join unnest(r.subject_ids) subject(id)
    where r.at >= first and r.at < before and r.subject_kind = 'case' and not r.refused and r.user_id is not null
      and r.owner_ids @> array[house::int] and r.what in ('view', 'print', 'trail', 'export')
      and house = nullif(current_setting('app.audit', true), '')::bigint
  ), strange as materialized (
    select l.*, c.number, c.town_id, c.household_id, p.name as person, p.sealed
    from looks l join cases_case c on c.id = l.case_id and c.provider_id = house join kernel_person p on p.id = c.main_person_id
    where c.lead_id <> l.user_id and not exists (select from cases_casemember m where m.case_id = c.id and m.user_id = l.user_id)
  ), odd as (
    select 'own_town' as kind, s.* from strange s join cases_staffhome h on h.user_id = s.user_id and h.town_id = s.town_id
    union all
    select 'same_surname', s.* from strange s where left(s.user_name, 1) = left(s.person, 1) and not s.sealed
    union all
    select 'same_address', s.* from strange s join cases_staffhome h on h.user_id = s.user_id and h.directions <> ''
    where exists (select from kernel_address a where a.household_id = s.household_id and a.ends_on is null
                  and hc_jamo(a.directions) = hc_jamo(h.directions))
    union all
    select 'night', s.* from strange s
    where extract(hour from s.local) >= night_from or extract(hour from s.local) < night_to
  )
  select o.kind, o.user_id, max(o.user_name), max(o.organisation_id), o.local::date, max(o.at), count(*),
         (array_agg(distinct o.number::text))[1:20]
  from odd o group by o.kind, o.user_id, o.local::date
  union all
  select 'bulk', l.user_id, max(l.user_name), max(l.organisation_id), l.local::date, max(l.at), count(distinct l.case_id), '{}'
  from looks l group by l.user_id, l.local::date, date_trunc('hour', l.local) having count(distinct l.case_id) > bulk
  union all
  select 'probing', r.user_id, max(r.user_name), max(r.organisation_id), (r.at at time zone 'Asia/Seoul')::date, max(r.at), count(*), '{}'
  from kernel_read r
  where r.at >= first and r.at < before and r.what = 'overlap_check' and r.user_id is not null and r.owner_ids @> array[house::int]
    and house = nullif(current_setting('app.audit', true), '')::bigint
  group by r.user_id, (r.at at time zone 'Asia/Seoul')::date having count(*) > probes
  order by 6 desc limit 500
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0050_door_warnings")]
    operations = [migrations.RunSQL(ODD, BEFORE)]
