"""A need waits since it first stood so high without interruption, however often it was asked again; nobody is asked
about who died or moved away (R20, D15)."""

from django.db import migrations

# As before, but `since` counts over every answer that did not ease, and people who are gone are left out.
SWEEP = """
create or replace function hc_sweep_omissions(today date, moment timestamptz, rules jsonb, stages jsonb) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int; waited int := (rules ->> 'need_without_service')::int;
begin
  if not current_setting('app.principal', true) = 'sweep' then return 0; end if;
  create temp table hc_found on commit drop as
  with open_cases as materialized (
    select c.id, c.team_id, c.provider_id, c.household_id from cases_case c where c.closed_at is null
  ), cells as (
    select a.case_id, a.person_id, a.category_id, a.asked_at,
           count(*) filter (where coalesce(a.severity, -1) < (rules ->> 'severe_from')::int) over (
             partition by a.case_id, a.person_id, a.category_id order by a.asked_at desc, a.id desc) as eased
    from open_cases c join cases_needanswer a on a.case_id = c.id
  ), needs as (
    select case_id, person_id, category_id, min(asked_at) as since from cells where eased = 0 group by 1, 2, 3
  )
  select n.case_id, 'need' as kind, n.person_id, n.category_id, g.code::text as about,
         (n.since at time zone 'Asia/Seoul')::date as about_on
  from needs n join kernel_category g on g.id = n.category_id
  where n.since < moment - make_interval(days => waited)
    and (n.person_id is null or exists (select from kernel_person p where p.id = n.person_id and p.state in ('here', 'hospital')))
    and not exists (select from cases_servicerecord r left join kernel_service s on s.id = r.service_id
                    left join kernel_serviceclass k on k.id = s.service_class_id
                    where r.case_id = n.case_id and r.category_id = n.category_id
                      and coalesce(r.until, r.given_on + coalesce(k.span_days, 1)) >= today - waited)
    and not exists (select from cases_action t where t.case_id = n.case_id and t.category_id = n.category_id
                    and t.state in ('open', 'doing', 'offered', 'booked') and t.due_on >= today)
  union all
  select v.case_id, 'missed_visit', null, null, 'visit:' || v.id, (v.at at time zone 'Asia/Seoul')::date
  from cases_visit v join open_cases c on c.id = v.case_id
  where v.result = '' and v.at < moment - make_interval(days => (rules ->> 'missed_visit')::int)
  union all
  select t.case_id, 'missed_visit', null, t.category_id, 'action:' || t.id, (t.at at time zone 'Asia/Seoul')::date
  from cases_action t join open_cases c on c.id = t.case_id
  where t.state = 'booked' and t.at < moment - make_interval(days => (rules ->> 'missed_visit')::int)
  union all
  select c.id, 'stage', p.id, null, (s ->> 0) || ':' || d.year, d.on_day
  from open_cases c join kernel_membership m on m.household_id = c.household_id and m.ends_on is null and m.lives_here
  join kernel_person p on p.id = m.person_id and p.birth_date is not null and p.state in ('here', 'hospital')
  cross join jsonb_array_elements(stages) s
  cross join lateral (select extract(year from p.birth_date)::int + (s ->> 1)::int as year) y
  cross join lateral (select y.year, case when s ->> 2 is null
      then (p.birth_date + make_interval(years => (s ->> 1)::int))::date
      else make_date(y.year, (s ->> 2)::int, 1) end as on_day) d
  where d.on_day between today and today + (rules ->> 'stage_ahead')::int and not p.sealed
  union all
  select r.case_id, case when r.until - r.given_on >= (rules ->> 'two_years_from')::int then 'stage' else 'ending' end,
         r.person_id, r.category_id, case when r.until - r.given_on >= (rules ->> 'two_years_from')::int
         then 'two_year_end:' else 'record:' end || r.id, r.until
  from cases_servicerecord r join open_cases c on c.id = r.case_id
  where (r.person_id is null or exists (select from kernel_person p where p.id = r.person_id and p.state in ('here', 'hospital')))
    and r.until between today and today + (case when r.until - r.given_on >= (rules ->> 'two_years_from')::int
        then rules ->> 'stage_ahead' else rules ->> 'ending_ahead' end)::int
    and not exists (select from cases_servicerecord x where x.case_id = r.case_id and x.service_id = r.service_id
                    and x.given_on > r.given_on and coalesce(x.until, x.given_on) > r.until);
  delete from cases_omission o where o.answered_at is null and o.kind <> 'entitlement' and not exists (
    select from hc_found f where f.case_id = o.case_id and f.kind = o.kind and f.about = o.about
      and f.person_id is not distinct from o.person_id);
  update cases_omission o set answered_at = null, answered_by_id = null, answer = '',
         answer_due = today + (rules ->> 'answer_within')::int
  where o.answer = 'later' and o.answered_at < moment - make_interval(days => (rules ->> 'later')::int);
  insert into cases_omission (team_id, provider_id, case_id, kind, person_id, category_id, about, about_on, section, found_on,
                              answer_due, answer, answer_words)
  select c.team_id, c.provider_id, f.case_id, f.kind, f.person_id, f.category_id, f.about, f.about_on, '-', today,
         today + (rules ->> 'answer_within')::int, '', ''
  from hc_found f join cases_case c on c.id = f.case_id
  on conflict do nothing;
  get diagnostics made = row_count;
  drop table hc_found;
  return made;
end $$;
"""
BEFORE = """
create or replace function hc_sweep_omissions(today date, moment timestamptz, rules jsonb, stages jsonb) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int; waited int := (rules ->> 'need_without_service')::int;
begin
  if not current_setting('app.principal', true) = 'sweep' then return 0; end if;
  create temp table hc_found on commit drop as
  with open_cases as materialized (
    select c.id, c.team_id, c.provider_id, c.household_id from cases_case c where c.closed_at is null
  ), needs as (
    select distinct on (a.case_id, a.person_id, a.category_id) a.case_id, a.person_id, a.category_id, a.severity, a.asked_at
    from open_cases c join cases_needanswer a on a.case_id = c.id
    order by a.case_id, a.person_id, a.category_id, a.asked_at desc, a.id desc
  )
  select n.case_id, 'need' as kind, n.person_id, n.category_id, g.code::text as about,
         (n.asked_at at time zone 'Asia/Seoul')::date as about_on
  from needs n join kernel_category g on g.id = n.category_id
  where n.severity >= (rules ->> 'severe_from')::int and n.asked_at < moment - make_interval(days => waited)
    and not exists (select from cases_servicerecord r left join kernel_service s on s.id = r.service_id
                    left join kernel_serviceclass k on k.id = s.service_class_id
                    where r.case_id = n.case_id and r.category_id = n.category_id
                      and coalesce(r.until, r.given_on + coalesce(k.span_days, 1)) >= today - waited)
    and not exists (select from cases_action t where t.case_id = n.case_id and t.category_id = n.category_id
                    and t.state in ('open', 'doing', 'offered', 'booked') and t.due_on >= today)
  union all
  select v.case_id, 'missed_visit', null, null, 'visit:' || v.id, (v.at at time zone 'Asia/Seoul')::date
  from cases_visit v join open_cases c on c.id = v.case_id
  where v.result = '' and v.at < moment - make_interval(days => (rules ->> 'missed_visit')::int)
  union all
  select t.case_id, 'missed_visit', null, t.category_id, 'action:' || t.id, (t.at at time zone 'Asia/Seoul')::date
  from cases_action t join open_cases c on c.id = t.case_id
  where t.state = 'booked' and t.at < moment - make_interval(days => (rules ->> 'missed_visit')::int)
  union all
  select c.id, 'stage', p.id, null, (s ->> 0) || ':' || d.year, d.on_day
  from open_cases c join kernel_membership m on m.household_id = c.household_id and m.ends_on is null and m.lives_here
  join kernel_person p on p.id = m.person_id and p.birth_date is not null and p.state in ('here', 'hospital')
  cross join jsonb_array_elements(stages) s
  cross join lateral (select extract(year from p.birth_date)::int + (s ->> 1)::int as year) y
  cross join lateral (select y.year, case when s ->> 2 is null
      then (p.birth_date + make_interval(years => (s ->> 1)::int))::date
      else make_date(y.year, (s ->> 2)::int, 1) end as on_day) d
  where d.on_day between today and today + (rules ->> 'stage_ahead')::int and not p.sealed
  union all
  select r.case_id, case when r.until - r.given_on >= (rules ->> 'two_years_from')::int then 'stage' else 'ending' end,
         r.person_id, r.category_id, case when r.until - r.given_on >= (rules ->> 'two_years_from')::int
         then 'two_year_end:' else 'record:' end || r.id, r.until
  from cases_servicerecord r join open_cases c on c.id = r.case_id
  where r.until between today and today + (case when r.until - r.given_on >= (rules ->> 'two_years_from')::int
        then rules ->> 'stage_ahead' else rules ->> 'ending_ahead' end)::int
    and not exists (select from cases_servicerecord x where x.case_id = r.case_id and x.service_id = r.service_id
                    and x.given_on > r.given_on and coalesce(x.until, x.given_on) > r.until);
  delete from cases_omission o where o.answered_at is null and o.kind <> 'entitlement' and not exists (
    select from hc_found f where f.case_id = o.case_id and f.kind = o.kind and f.about = o.about
      and f.person_id is not distinct from o.person_id);
  update cases_omission o set answered_at = null, answered_by_id = null, answer = '',
         answer_due = today + (rules ->> 'answer_within')::int
  where o.answer = 'later' and o.answered_at < moment - make_interval(days => (rules ->> 'later')::int);
  insert into cases_omission (team_id, provider_id, case_id, kind, person_id, category_id, about, about_on, section, found_on,
                              answer_due, answer, answer_words)
  select c.team_id, c.provider_id, f.case_id, f.kind, f.person_id, f.category_id, f.about, f.about_on, '-', today,
         today + (rules ->> 'answer_within')::int, '', ''
  from hc_found f join cases_case c on c.id = f.case_id
  on conflict do nothing;
  get diagnostics made = row_count;
  drop table hc_found;
  return made;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0051_town_offices_overseen")]
    operations = [migrations.RunSQL(SWEEP, BEFORE)]
