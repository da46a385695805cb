"""What was given in a time, by service: for the lobby's screen, in cells of five and more people."""

from django.db import migrations

GIVEN = """
create function hc_board_given(since date, upto date) returns table (service text, times bigint, by_volunteers bigint)
language sql stable security definer set search_path = public as $$
  select s.code, count(*), case when count(*) filter (where k.code like '%volunteer') < 5 then null
         else count(*) filter (where k.code like '%volunteer') end
  from cases_servicerecord r join kernel_service s on s.id = r.service_id join kernel_providerkind k on k.id = r.provider_kind_id
  where r.given_on between since and upto group by 1 having count(distinct r.case_id) >= 5 order by 2 desc, 1
$$
"""
INDEX = "create index service_given on cases_servicerecord (given_on) include (service_id, provider_kind_id, case_id)"


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_boards"), ("cases", "0002_walls")]
    operations = [
        migrations.RunSQL(GIVEN, "drop function hc_board_given(date, date)"),
        migrations.RunSQL(INDEX, "drop index service_given"),
    ]
