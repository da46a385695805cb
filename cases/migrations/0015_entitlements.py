"""Children of open cases as the rules of benefits ask for them, and questions that come of it; for the sweep alone (R20)."""

from django.db import migrations

_SWEEP = "current_setting('app.principal', true) = 'sweep'"
# Birth date, sex and relation, nothing else: no name, no income, no address. Never of a sealed person.
CHILDREN = f"""
create function hc_homes_with_children(today date, years int)
returns table (case_id bigint, town varchar, people jsonb, given text[])
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, t.code, jsonb_agg(jsonb_build_object('id', p.id::text, 'birth_date', p.birth_date, 'sex', p.sex,
           'relation', m.relation, 'main', p.id = c.main_person_id) order by p.id),
         array(select distinct s.code::text from cases_servicerecord r join kernel_service s on s.id = r.service_id
               where r.case_id = c.id and coalesce(r.until, r.given_on + 365) >= today)
  from cases_case c join kernel_town t on t.id = c.town_id
  join kernel_membership m on m.household_id = c.household_id and m.ends_on is null and m.lives_here
  join kernel_person p on p.id = m.person_id and p.birth_date is not null
  where c.closed_at is null and {_SWEEP}
  group by c.id, t.code
  having max(p.birth_date) > today - make_interval(years => years) and not bool_or(p.sealed)
$$;
create function hc_ask_entitlements(asked jsonb, today date, due date) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int;
begin
  if not {_SWEEP} then return 0; end if;
  insert into cases_omission (team_id, provider_id, case_id, kind, about, about_on, section, found_on, answer_due, answer, answer_words)
  select c.team_id, c.provider_id, c.id, 'entitlement', f.about, today, '', today, due, '', ''
  from jsonb_to_recordset(asked) as f(case_id bigint, about text) join cases_case c on c.id = f.case_id and c.closed_at is null
  on conflict do nothing;
  get diagnostics made = row_count;
  return made;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_reading")]
    operations = [
        migrations.RunSQL(
            CHILDREN,
            "drop function hc_ask_entitlements(jsonb, date, date); drop function hc_homes_with_children(date, int)",
        )
    ]
