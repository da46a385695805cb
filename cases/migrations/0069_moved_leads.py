"""Whose lead works on in another team: the case stays where it was, and somebody there has to take it over (R17, R90)."""

from django.db import migrations

MOVED = """
create function hc_moved_leads(today date)
returns table (case_id bigint, number varchar, town varchar, provider_id bigint, lead varchar, last_day date)
language sql stable security definer set search_path = public, pg_temp as $$
  with gone as materialized (
    select m.user_id, m.team_id, max(m.ends_on) filter (where m.ends_on < today) as last_day from kernel_teammembership m
    group by 1, 2
    having bool_or(m.ends_on < today) and not bool_or(m.starts_on <= today and (m.ends_on is null or m.ends_on >= today))
  )
  select c.id, c.number, t.name_ko, c.provider_id, u.name, g.last_day
  from gone g join cases_case c on c.lead_id = g.user_id and c.team_id = g.team_id and c.closed_at is null
  join kernel_town t on t.id = c.town_id join kernel_user u on u.id = g.user_id
  where current_setting('app.principal', true) = 'sweep'
  order by c.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0068_asked_of_the_central_centre")]
    operations = [migrations.RunSQL(MOVED, "drop function hc_moved_leads(date)")]
