"""At night, too: quotas exceeded by rows that an import brought, and benefits of the city that end (R20, R37, D17).

Entry asks about a quota before it writes; a file asks nobody. The newest record of a period that has more than its
quota is asked about, once. What ends of another system's benefits belongs to the section of means.
"""

from django.db import migrations

from hopecare.kernel.in_place import changed

_SWEEP = "current_setting('app.principal', true) = 'sweep'"
# Of whom a quota counts: of the household and its people, or of one person under every number; as at entry.
QUOTAS = f"""
create function hc_sweep_quotas(today date, since date, due date, moment timestamptz) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int;
begin
  if not {_SWEEP} then return 0; end if;
  with classes as materialized (
    select k.id, k.per_household, k.quota_count, k.quota_won, k.quota_period,
           array(select s.id from kernel_service s where s.service_class_id = k.id and s.hint) as services,
           least(since, date_trunc(k.quota_period, today::timestamp)::date) as first_day
    from kernel_serviceclass k where k.policy <> 'free' and k.quota_period <> ''
  ), periods as materialized (
    select distinct k.id as class_id, case when k.per_household then c.household_id end as household_id,
           case when not k.per_household then coalesce(q.canonical_id, q.id) end as root,
           date_trunc(k.quota_period, r.given_on::timestamp)::date as first_day
    from classes k join cases_servicerecord r on r.service_id = any (k.services) and r.given_on between k.first_day and today
    join cases_case c on c.id = r.case_id left join kernel_person q on q.id = r.person_id
    where k.per_household or r.person_id is not null
  ), whole as materialized (
    select p.*, k.services, k.quota_count, k.quota_won,
           (p.first_day + ('1 ' || k.quota_period)::interval)::date - 1 as last_day
    from periods p join classes k on k.id = p.class_id
  ), over as materialized (
    select w.class_id, w.last_day, max(x.id) as newest, array_agg(distinct x.case_id) as cases,
           array_remove(array_agg(distinct x.person_id), null) as people
    from whole w cross join lateral (
      select r.id, r.case_id, r.person_id, r.amount_won from cases_servicerecord r
      where w.root is not null and r.service_id = any (w.services) and r.given_on between w.first_day and w.last_day
        and r.person_id in (select w.root union all select m.id from kernel_person m where m.canonical_id = w.root)
      union
      select r.id, r.case_id, r.person_id, r.amount_won from cases_case c join cases_servicerecord r on r.case_id = c.id
      where c.household_id = w.household_id and r.service_id = any (w.services)
        and r.given_on between w.first_day and w.last_day
    ) x
    group by w.class_id, w.household_id, w.root, w.first_day, w.last_day, w.quota_count, w.quota_won
    having count(*) > w.quota_count or sum(x.amount_won) > w.quota_won
  )
  insert into cases_overlap (team_id, provider_id, case_id, kind, person_id, service_class_id, record_id, other_record_id,
    other_ends_on, section, found_at, nightly, reason, reason_words, answer_due, answer, answer_words)
  select r.team_id, c.provider_id, r.case_id, 'quota', r.person_id, o.class_id, r.id, 0, o.last_day, r.section, moment, true,
    '', '', due, '', ''
  from over o join cases_servicerecord r on r.id = o.newest join cases_case c on c.id = r.case_id
  where not exists (
      select from kernel_person s join kernel_membership m on m.person_id = s.id and m.ends_on is null
      join cases_case h on h.household_id = m.household_id where s.sealed and h.id = any (o.cases))
    and (cardinality(o.cases) = 1 or not hc_is_quiet(o.cases, o.people))
  on conflict do nothing;
  get diagnostics made = row_count;
  return made;
end $$;
create index benefit_ends on cases_benefit (ends_on) where ends_on is not null;
"""
NO_QUOTAS = "drop index benefit_ends; drop function hc_sweep_quotas(date, date, date, timestamptz)"
SWEEP = "hc_sweep_omissions(date, timestamptz, jsonb, jsonb)"
_LAST = "l.day < today - (rules ->> 'unreached')::int;"
_AND_BENEFITS = f"""{_LAST[:-1]}
  union all
  select b.case_id, 'ending', b.person_id, null, 'benefit:' || b.programme || ':' || b.id, b.ends_on
  from cases_benefit b join open_cases c on c.id = b.case_id join kernel_person p on p.id = b.person_id
  where b.ends_on between today and today + (rules ->> 'ending_ahead')::int and p.state in ('here', 'hospital')
    and not exists (select from cases_benefit x join kernel_person q on q.id = x.person_id
                    where x.case_id = b.case_id and x.programme = b.programme and x.id <> b.id
                      and coalesce(q.canonical_id, q.id) = coalesce(p.canonical_id, p.id)
                      and coalesce(x.ends_on, 'infinity') > b.ends_on);"""
_SECTION = ("f.about_on, '-', today", "f.about_on, case when f.about like 'benefit:%' then 'means' else '-' end, today")


class Migration(migrations.Migration):
    dependencies = [("cases", "0060_line_of_approval")]
    operations = [
        migrations.RunSQL(QUOTAS, NO_QUOTAS),
        changed(SWEEP, (_LAST, _AND_BENEFITS), _SECTION),
    ]
