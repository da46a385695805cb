"""Intakes that nobody has taken on, told to the sweep alone: number, town and promise, no name and no words (R17)."""

from django.db import migrations

WAITING = """
create function hc_waiting_intakes(before timestamptz)
returns table (intake_id bigint, number varchar, town varchar, team_id bigint, provider_id bigint, promised_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select i.id, i.number, coalesce(t.name_ko, ''), i.team_id, i.provider_id, i.promised_at
  from cases_intake i left join kernel_town t on t.id = i.town_id
  where i.state = 'open' and i.promised_at <= before and current_setting('app.principal', true) = 'sweep'
  order by i.promised_at, i.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0048_consent_in_the_timeline")]
    operations = [migrations.RunSQL(WAITING, "drop function hc_waiting_intakes(timestamptz)")]
