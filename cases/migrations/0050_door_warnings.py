"""What visitors are warned of has a day to look again; whoever may not read a warning learns that there is one (D10)."""

from django.db import migrations, models

# The keys of the warnings alone, for those who work on the case; what they say is told by the section alone.
WARNINGS = """
create function hc_door_warnings(wanted bigint, kinds text) returns bigint[]
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce(array_agg(f.id order by f.id), '{}') from cases_riskflag f
  where f.case_id = wanted and f.ended_at is null and f.kind = any (string_to_array(kinds, ','))
    and (f.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
         or f.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
         or f.case_id = any (nullif(current_setting('app.cases', true), '')::bigint[]))
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0049_watched_intakes")]
    operations = [
        migrations.AddField(
            "riskflag",
            "check_on",
            models.DateField(blank=True, help_text="look again by then whether it is still so", null=True),
        ),
        migrations.RunSQL(WARNINGS, "drop function hc_door_warnings(bigint, text)"),
    ]
