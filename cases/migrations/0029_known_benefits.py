"""What another system pays counts: nobody is asked about a benefit they draw, and a disability is known by its pension.

Kept checks become questions, too, when nothing has come of them. All of it for the sweep alone, never of a sealed person.
"""

from django.db import migrations

_SWEEP = "current_setting('app.principal', true) = 'sweep'"
# Codes of what somebody of a case receives by the records: services given here and benefits paid by the city.
RECEIVED = """
create function hc_received(one_case bigint, today date) returns text[]
language sql stable security definer set search_path = public, pg_temp as $$
  select array(
    select s.code::text from cases_servicerecord r join kernel_service s on s.id = r.service_id
    where r.case_id = one_case and coalesce(r.until, r.given_on + 365) >= today
    union
    select b.programme::text from cases_benefit b
    where b.case_id = one_case and b.starts_on <= today and coalesce(b.ends_on, today) >= today)
$$;
revoke execute on function hc_received(bigint, date) from public;
"""
CHILDREN = f"""
create or replace function hc_homes_with_children(today date, years int)
returns table (case_id bigint, town varchar, people jsonb, given text[])
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, t.code, jsonb_agg(jsonb_build_object('id', p.id::text, 'birth_date', p.birth_date, 'sex', p.sex,
           'relation', m.relation, 'main', p.id = c.main_person_id) order by p.id), hc_received(c.id, today)
  from cases_case c join kernel_town t on t.id = c.town_id
  join kernel_membership m on m.household_id = c.household_id and m.ends_on is null and m.lives_here
  join kernel_person p on p.id = m.person_id and p.birth_date is not null
  where c.closed_at is null and {_SWEEP}
  group by c.id, t.code
  having max(p.birth_date) > today - make_interval(years => years) and not bool_or(p.sealed)
$$;
"""
# The newest kept check of every open case that is old enough for something to have come of it.
KEPT = f"""
create function hc_kept_checks(today date, kept_before timestamptz) returns table (case_id bigint, verdicts jsonb, given text[])
language sql stable security definer set search_path = public, pg_temp as $$
  select b.case_id, b.verdicts, hc_received(b.case_id, today)
  from cases_benefitrun b join cases_case c on c.id = b.case_id and c.closed_at is null
  where b.replaced_at is null and b.kept_at < kept_before and {_SWEEP} and not exists (
    select from kernel_membership n join kernel_person q on q.id = n.person_id
    where n.household_id = c.household_id and n.ends_on is null and q.sealed)
$$;
"""
ASK = f"""
create or replace function hc_ask_entitlements(asked jsonb, today date, due date) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int;
begin
  if not {_SWEEP} then return 0; end if;
  delete from cases_omission o where o.kind = 'entitlement' and o.answered_at is null
    and split_part(o.about, ':', 2) = any (hc_received(o.case_id, today));
  insert into cases_omission (team_id, provider_id, case_id, kind, about, about_on, section, found_on, answer_due, answer, answer_words)
  select c.team_id, c.provider_id, c.id, 'entitlement', f.about, today, '', today, due, '', ''
  from jsonb_to_recordset(asked) as f(case_id bigint, about text) join cases_case c on c.id = f.case_id and c.closed_at is null
  on conflict do nothing;
  get diagnostics made = row_count;
  return made;
end $$;
"""
# No name, no address; one line a person, the main person first. `drawn`: what a benefit says of a disability (1 mild,
# 2 severe). The number of a person leads to the answers of a kept check, which are encrypted.
TARGETS = f"""
drop function hc_care_targets(date);
create function hc_care_targets(today date)
returns table (case_id bigint, zone varchar, coverage varchar, income bigint, relation varchar, born int, person_id bigint, drawn int)
language sql stable security definer set search_path = public, pg_temp as $$
  with told as (
    select distinct on (m.case_id) m.case_id, m.monthly_income_won from cases_means m order by m.case_id, m.told_on desc, m.id desc
  ), drawn as (
    select b.person_id, max(case b.programme when 'disability_pension' then 2 else 1 end) as level from cases_benefit b
    where b.programme in ('disability_pension', 'disability_allowance') and b.starts_on <= today
      and coalesce(b.ends_on, today) >= today group by b.person_id
  )
  select c.id, z.code, k.coverage_class, told.monthly_income_won, m.relation, to_char(p.birth_date, 'YYYYMMDD')::int, p.id, d.level
  from cases_case c
  join kernel_town w on w.id = c.town_id join kernel_zone z on z.id = w.zone_id
  join kernel_membership m on m.household_id = c.household_id and m.ends_on is null and m.lives_here
  join kernel_person p on p.id = m.person_id
  left join drawn d on d.person_id = p.id
  left join kernel_coverage k on k.household_id = c.household_id and k.starts_on <= today
    and (k.ends_on is null or k.ends_on > today)
  left join told on told.case_id = c.id
  where c.closed_at is null and {_SWEEP} and not exists (
    select from kernel_membership n join kernel_person q on q.id = n.person_id
    where n.household_id = c.household_id and n.ends_on is null and q.sealed)
  order by c.id, p.id <> c.main_person_id, p.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_market")]
    operations = [migrations.RunSQL(RECEIVED + CHILDREN + KEPT + ASK + TARGETS, migrations.RunSQL.noop)]
