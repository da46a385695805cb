"""What volunteers' offers may know of a task: narrow functions instead of policies on people and addresses (K6, D5)."""

from django.db import migrations

from hopecare.kernel.rls import principal

OFFERS = principal("offers")
_MAY = """
    current_setting('app.principal', true) = 'offers'
    or a.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
    or a.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
    or a.case_id = any (nullif(current_setting('app.cases', true), '')::bigint[])
"""
# The newest row of a purpose counts; a refusal or an end in the past is no consent.
_CONSENT = """
    coalesce((select g.given and g.starts_on <= today and (g.ends_on is null or g.ends_on >= today)
              from kernel_ground g where g.person_id = p.id and g.purpose = 'volunteers'
              order by g.recorded_at desc, g.id desc limit 1), false)
"""
TASK_FACTS = f"""
create function hc_task_facts(wanted bigint[], today date)
returns table (action_id bigint, sex text, minor boolean, here boolean, consent boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select a.id, p.sex::text, coalesce(p.birth_date > today - interval '18 years', false), p.state = 'here', {_CONSENT}
  from cases_action a join cases_case c on c.id = a.case_id join kernel_person p on p.id = c.main_person_id
  where a.id = any (wanted) and not p.sealed and a.owner_kind = 'volunteer' and ({_MAY})
$$;
"""
# Only for a booked or done task, only with consent, never of a sealed person.
TASK_PLACE = f"""
create function hc_task_place(wanted bigint, today date)
returns table (directions text, line text)
language sql stable security definer set search_path = public, pg_temp as $$
  select d.directions::text, d.line::text
  from cases_action a join cases_case c on c.id = a.case_id join kernel_person p on p.id = c.main_person_id
  join kernel_address d on d.household_id = c.household_id and d.ends_on is null
  where a.id = wanted and not p.sealed and a.owner_kind = 'volunteer' and a.state in ('booked', 'done')
    and {_CONSENT} and ({_MAY})
  order by d.starts_on desc, d.id desc limit 1
$$;
"""
# An answer of a volunteer moves the case's own clock, as every timeline entry does.
CASE_CLOCK = f"""
create policy cases_case_clock on cases_case for update using ({OFFERS}) with check ({OFFERS});
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_walls")]
    operations = [
        migrations.RunSQL(TASK_FACTS, "drop function hc_task_facts(bigint[], date)"),
        migrations.RunSQL(TASK_PLACE, "drop function hc_task_place(bigint, date)"),
        migrations.RunSQL(CASE_CLOCK, "drop policy cases_case_clock on cases_case"),
    ]
