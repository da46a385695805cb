"""What a consent that is taken back ends in the same person's other cases (K6)."""

from django.db import migrations

_SEEN = (
    "p.scope_keys && nullif(current_setting('app.keys', true), '')::int[] and not p.scope_keys &&"
    " coalesce(nullif(current_setting('app.locked_keys', true), ''), '{}')::int[]"
)
# Whoever writes down a no may not see every case that was shared by the yes before: the parts in the person's other
# cases end here, closed ones too, but where a duty carries them. It asks itself whether there is that no.
END_SHARES = f"""
create function hc_end_shares(whose bigint, besides bigint, today date, moment timestamptz)
returns table (case_id bigint, number varchar, provider_id bigint, lead_id bigint, organisation_id bigint, is_open boolean)
language sql security definer set search_path = public, pg_temp as $$
  update cases_caseshare s set ended_at = moment
  from cases_case c, kernel_organisation owner, kernel_organisation guest
  where s.ended_at is null and c.id = s.case_id and c.main_person_id = whose and c.id <> besides
    and owner.id = c.provider_id and guest.id = s.organisation_id
    and exists (select from kernel_person p where p.id = whose and {_SEEN})
    and (select not g.given from kernel_ground g
         where g.person_id = whose and g.purpose = 'case_management' and g.kind = 'consent'
         order by g.recorded_at desc, g.id desc limit 1)
    and not hc_ground_holds(whose, 'case_management', owner.kind in ('city', 'town_office')
                            and guest.kind not in ('city', 'town_office'), today)
  returning c.id, c.number, c.provider_id, c.lead_id, s.organisation_id, c.closed_at is null
$$;
"""

class Migration(migrations.Migration):
    dependencies = [("cases", "0072_apart_in_teams_of_the_city")]
    operations = [
        migrations.RunSQL(END_SHARES, "drop function hc_end_shares(bigint, bigint, date, timestamptz)"),
    ]
