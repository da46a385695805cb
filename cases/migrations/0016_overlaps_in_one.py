"""The question "is it given already?" as one statement whose plan each connection keeps (R20, D17).

The answers are those of the function it replaces, with one difference: records of services that must not be hinted at
do not count towards a quota unless the one who asks may see them.
"""

from django.db import migrations

_KEYS = """
    (r.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
     or r.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
     or r.case_id = any (nullif(current_setting('app.cases', true), '')::bigint[]))
    and r.case_id <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])
    and (r.section = '' or r.section = any (nullif(current_setting('app.sections', true), '')::text[])
         or (r.section <> 'credit' and r.case_id = any (nullif(current_setting('app.led', true), '')::bigint[])))
"""
_LOCKED = "r.case_id = any (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])"
_SEALED = """exists (select from kernel_person p where p.sealed and p.id = r.person_id)
      or exists (select from cases_case c join kernel_membership m on m.household_id = c.household_id and m.ends_on is null
                 join kernel_person p on p.id = m.person_id and p.sealed where c.id = r.case_id)"""
OVERLAPS = f"""
create or replace function
hc_overlaps(one_case bigint, one_person bigint, one_service bigint, giver bigint, first date, last date, won bigint)
returns table (kind text, record_id bigint, provider_id bigint, ends_on date, same_case boolean, given bigint, given_won bigint)
language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  return query
  with asked as materialized (
    select k.id, k.span_days, k.per_household, k.among_all, k.quota_count, k.quota_won, s.hint,
           coalesce(last, first + k.span_days - 1) as until_day, p.from_day, p.to_day,
           greatest(p.to_day, last, first + k.span_days - 1) as latest
    from kernel_service s join kernel_serviceclass k on k.id = s.service_class_id and k.policy <> 'free'
    cross join lateral (select nullif(k.quota_period, '') as name) period
    cross join lateral (select date_trunc(period.name, first::timestamp)::date as from_day,
      (date_trunc(period.name, first::timestamp) + ('1 ' || period.name)::interval)::date - 1 as to_day) p
    where s.id = one_service and exists (
      select from cases_case r where r.id = one_case and (r.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
        or r.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
        or r.id = any (nullif(current_setting('app.cases', true), '')::bigint[])))
  ), home as materialized (
    select p.id, p.canonical_id, p.sealed from cases_case c
    join kernel_membership m on m.household_id = c.household_id and m.ends_on is null join kernel_person p on p.id = m.person_id
    where c.id = one_case
  ), roots as materialized (
    select coalesce(p.canonical_id, p.id) as id from kernel_person p where p.id = one_person
    union
    select coalesce(h.canonical_id, h.id) from home h cross join asked a where a.per_household or one_person is null
  ), people as materialized (
    select o.id from roots o union select k.id from roots o join kernel_person k on k.canonical_id = o.id
  ), told as materialized (
    select a.hint and not exists (select from home h where h.sealed)
           and not exists (select from kernel_person p where p.id = one_person and p.sealed) as may from asked a
  ), near as materialized (
    select r.id, r.case_id, r.provider_id, r.given_on, r.amount_won, coalesce(r.until, r.given_on + a.span_days - 1) as ends,
           ({_KEYS}) as seen, t.may and s.hint and not ({_LOCKED}) and not ({_SEALED}) as hinted
    from asked a cross join told t join kernel_service s on s.service_class_id = a.id
    cross join lateral (
      select x.id from people q join cases_servicerecord x on x.person_id = q.id and x.service_id = s.id and x.given_on <= a.latest
      union
      select x.id from cases_case mine join cases_case c on c.household_id = mine.household_id
      join cases_servicerecord x on x.case_id = c.id and x.service_id = s.id and x.given_on <= a.latest
      where mine.id = one_case and a.per_household
    ) found join cases_servicerecord r on r.id = found.id
    where coalesce(r.until, r.given_on + a.span_days - 1) >= first or r.given_on >= a.from_day
  )
  (select 'period', case when n.seen then n.id end, n.provider_id, n.ends, n.case_id = one_case, null::bigint, null::bigint
   from near n cross join asked a
   where n.given_on <= a.until_day and n.ends >= first and (a.among_all or n.provider_id <> giver) and (n.seen or n.hinted)
   order by n.ends desc limit 20)
  union all
  select 'quota', null::bigint, null::bigint, a.to_day, false, count(n.id), coalesce(sum(n.amount_won), 0)::bigint
  from asked a cross join told t
  left join near n on n.given_on between a.from_day and a.to_day and (n.seen or n.hinted)
  where t.may and a.from_day is not null
  group by a.to_day, a.quota_count, a.quota_won
  having count(n.id) + 1 > a.quota_count or coalesce(sum(n.amount_won), 0) + won > a.quota_won;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_entitlements")]
    operations = [migrations.RunSQL(OVERLAPS, migrations.RunSQL.noop)]
