"""Whether it is better, by those who asked for help for themselves: zone by zone, nothing below five answers."""

from django.db import migrations

ECHOES = """
create function hc_board_echoes(since date) returns table (zone text, answers bigint, not_better bigint)
language sql stable security definer set search_path = public as $$
  select z.code, case when count(*) < 5 then null else count(*) end,
         case when count(*) < 5 then null else count(*) filter (where r.echo = 'not_better') end
  from cases_report r join kernel_zone z on z.centre_id = r.provider_id
  where r.echo <> '' and r.echo_at >= since group by 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0004_volunteering"), ("cases", "0031_echoes_and_place_photos")]
    operations = [migrations.RunSQL(ECHOES, "drop function hc_board_echoes(date)")]
