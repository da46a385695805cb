"""Who touched a sealed person's case, for the sweep alone (D5)."""

from django.db import migrations

LOOKS = """
create function hc_sealed_looks(since timestamptz)
returns table (case_id bigint, number varchar, provider_id bigint, lead_id bigint, user_id bigint, user_name varchar, house varchar,
               in_hour timestamptz, refused boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.number, c.provider_id, c.lead_id, r.user_id, max(r.user_name), max(o.name_ko), date_trunc('hour', r.at), r.refused
  from kernel_read r cross join unnest(r.subject_ids) subject(id) join cases_case c on c.id = subject.id
  left join kernel_organisation o on o.id = r.organisation_id
  where r.at >= since and r.subject_kind = 'case' and r.user_id is not null and r.user_id <> c.lead_id
    and current_setting('app.principal', true) = 'sweep'
    and exists (select from kernel_membership m join kernel_person p on p.id = m.person_id and p.sealed
                where m.household_id = c.household_id and m.ends_on is null)
  group by c.id, r.user_id, date_trunc('hour', r.at), r.refused
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_resources_and_referrals")]
    operations = [migrations.RunSQL(LOOKS, "drop function hc_sealed_looks(timestamptz)")]
