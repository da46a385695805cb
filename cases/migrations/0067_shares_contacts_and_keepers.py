"""What one word ends in other cases (K6), which contact is the strictest (D4), and two for everybody protected (D5)."""

from django.db import migrations

from hopecare.kernel.in_place import changed

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
# What the other records of one person forbid, as the outbox reads them; what was said in a household that somebody left
# holds no longer than until they were asked in another one. No row says which record it was; a protected one is left
# out unless `all_of_them` (D5, D17).
STRICTEST = f"""
create function hc_strictest_contact(wanted bigint, besides bigint[], all_of_them boolean)
returns table (phone_ok boolean, sms_ok boolean, letter_ok boolean, neutral_sender boolean, from_hour int, to_hour int)
language sql stable security definer set search_path = public, pg_temp as $$
  with one as (
    select s.*, o.state = 'moved' as moved, o.sealed and not all_of_them or o.id = any (besides) as left_out
    from kernel_person p join kernel_person o on o.id = coalesce(p.canonical_id, p.id)
      or o.canonical_id = coalesce(p.canonical_id, p.id)
    join kernel_safecontact s on s.person_id = o.id
    where p.id = wanted and {_SEEN} and 'identity' = any (nullif(current_setting('app.sections', true), '')::text[])
  ), told as (select * from one where not left_out and (not moved or not exists (select from one x where not x.moved)))
  select bool_and(t.phone_ok), bool_and(t.sms_ok), bool_and(t.letter_ok),
         (select bool_or(o.neutral_sender) from one o where not o.left_out), max(t.from_hour)::int, min(t.to_hour)::int
  from told t having count(*) > 0
$$;
"""
# A household with another protected person, whose two are at work, was never asked about: nobody saw the case. Those
# two take on whoever has fewer; the two of one see all of them.
STUCK = (
    ("having max(cardinality(c.at_work)) < 2", "having min(cardinality(c.at_work)) < 2"),
    (
        "cross join unnest(d.at_work) s where d.id = c.id) as at_work",
        "cross join unnest(d.at_work) s where d.id = c.id and (cardinality(d.at_work) > 1 or not exists"
        " (select from counted e where e.id = c.id and cardinality(e.at_work) > 1))) as at_work",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0066_apart_in_teams_of_the_city")]
    operations = [
        migrations.RunSQL(END_SHARES, "drop function hc_end_shares(bigint, bigint, date, timestamptz)"),
        migrations.RunSQL(STRICTEST, "drop function hc_strictest_contact(bigint, bigint[], boolean)"),
        changed("hc_stuck_protections(date, timestamptz)", *STUCK),
    ]
