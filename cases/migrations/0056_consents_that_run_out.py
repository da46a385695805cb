"""Which cases have consents that run out soon: nobody may read whose, the lead is told to look (K7)."""

from django.db import migrations

# Each person's newest consent to each purpose, as long as they live here and nobody died; one row a case and last day.
ENDING = """
create function hc_consents_ending(today date, upto date)
returns table (case_id bigint, number varchar, lead_id bigint, provider_id bigint, ends_on date)
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct c.id, c.number, c.lead_id, c.provider_id, g.ends_on
  from (
    select distinct on (o.person_id, o.purpose) o.person_id, o.given, o.ends_on from kernel_ground o
    where o.kind = 'consent' and o.person_id in (select n.person_id from kernel_ground n where n.ends_on between today and upto)
    order by o.person_id, o.purpose, o.recorded_at desc, o.id desc
  ) g join kernel_person p on p.id = g.person_id and p.state in ('here', 'hospital')
  join kernel_membership m on m.person_id = p.id and m.ends_on is null
  join cases_case c on c.household_id = m.household_id and c.closed_at is null
  where g.given and g.ends_on between today and upto and current_setting('app.principal', true) = 'sweep'
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0055_each_by_their_own_word")]
    operations = [migrations.RunSQL(ENDING, "drop function hc_consents_ending(date, date)")]
