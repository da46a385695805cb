"""Between organisations nobody's consent stands for another adult: their rows wait for their own word (K6, K7, D4)."""

from django.db import migrations

from hopecare.kernel.in_place import changed
from hopecare.kernel.rls import NOT_WITHHELD, shared

# Ids of people of households shared with a house, beside their main person: whoever has not agreed to it. A minor goes
# by the main person, whose word the case asks for already, unless what they said themselves last is a no; somebody of
# unknown age counts as adult. A record that is one with theirs is withheld with them, but opens nothing for them (D6).
# Written in plpgsql for its kept plans: every request of staff asks, and most houses share nothing.
WITHHELD = """
create function hc_withheld(house bigint, today date) returns table (people bigint[], health bigint[])
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from cases_caseshare s where s.organisation_id = house and s.ended_at is null) then
    return query select '{}'::bigint[], '{}'::bigint[];
    return;
  end if;
  return query
  with others as materialized (
    select p.id, coalesce(p.canonical_id, p.id) as root,
           coalesce(p.birth_date > today - interval '19 years', false) as minor,
           bool_or(owner.kind in ('city', 'town_office') and guest.kind not in ('city', 'town_office')) as consent_only
    from cases_caseshare s join cases_case c on c.id = s.case_id and c.closed_at is null
    join kernel_membership m on m.household_id = c.household_id
    join kernel_person p on p.id = m.person_id join kernel_person main on main.id = c.main_person_id
      and coalesce(main.canonical_id, main.id) <> coalesce(p.canonical_id, p.id)
    join kernel_organisation owner on owner.id = c.provider_id join kernel_organisation guest on guest.id = house
    where s.organisation_id = house and s.ended_at is null
    group by p.id
  ), said as materialized (
    select distinct on (g.person_id, g.purpose) g.person_id, g.purpose, g.given,
           g.given and g.starts_on <= today and (g.ends_on is null or g.ends_on >= today) as holds
    from others o join kernel_ground g on g.person_id = o.id and g.purpose in ('case_management', 'health')
    where g.kind = 'consent' or (g.purpose = 'case_management' and not o.consent_only)
    order by g.person_id, g.purpose, g.recorded_at desc, g.id desc
  ), shut as (
    select o.root, coalesce(case when o.minor then not a.given else not a.holds end, not o.minor) as person,
           coalesce(case when o.minor then not h.given else not h.holds end, not o.minor) as health
    from others o
    left join said a on a.person_id = o.id and a.purpose = 'case_management'
    left join said h on h.person_id = o.id and h.purpose = 'health'
  ), records as (
    select x.id, shut.person, shut.health from shut
    cross join lateral (select shut.root as id union all select k.id from kernel_person k where k.canonical_id = shut.root) x
  )
  select coalesce(array_agg(distinct r.id) filter (where r.person), '{}'),
         coalesce(array_agg(distinct r.id) filter (where r.health), '{}')
  from records r;
end $$;
"""
SHARED = {"action": "plans", "timelineentry": "notes", "needanswer": "notes", "voice": "notes"}
_NOT_PRIVATE = {"voice": " and kind <> 'private'"}


def _policies(more: str) -> list[str]:
    return [
        f"alter policy cases_{table}_shared on cases_{table} using ({shared(level)}{_NOT_PRIVATE.get(table, '')}{more})"
        for table, level in SHARED.items()
    ]


_TOLD = "coalesce(nullif(current_setting('app.{name}', true), ''), '{{}}')::bigint[]"
_NOT_OF = "(r.person_id is null or r.person_id <> all ({told}))"
DATES = (
    "    and (r.section = '' or (r.section = 'health'",
    f"    and {_NOT_OF.format(told=_TOLD.format(name='withheld'))}\n"
    "    and (r.section = '' or (r.section = 'health'"
    f" and {_NOT_OF.format(told=_TOLD.format(name='withheld_health'))}",
)
# What stands there already and says whose it is: the entry itself, the record of the service, the wish of the task.
WHOSE = """
update cases_timelineentry e set person_id = p.id from kernel_person p
where e.person_id is null and e.kind in ('consent', 'state', 'assessed')
  and jsonb_typeof(e.details -> 'person') = 'number' and p.id = (e.details ->> 'person')::bigint;
update cases_timelineentry e set person_id = r.person_id from cases_servicerecord r
where e.person_id is null and e.kind = 'service' and r.person_id is not null
  and jsonb_typeof(e.details -> 'record') = 'number' and r.id = (e.details ->> 'record')::bigint;
update cases_timelineentry e set person_id = r.person_id from cases_referral r
where e.person_id is null and e.kind = 'referral'
  and jsonb_typeof(e.details -> 'referral') = 'number' and r.id = (e.details ->> 'referral')::bigint;
update cases_timelineentry e set person_id = w.person_id from cases_watch w
where e.person_id is null and e.kind = 'note'
  and jsonb_typeof(e.details -> 'watch') = 'number' and w.id = (e.details ->> 'watch')::bigint;
update cases_action a set person_id = w.person_id from cases_wish w
where a.person_id is null and w.action_id = a.id and w.person_id is not null;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0054_whose_row")]
    operations = [
        migrations.RunSQL(WITHHELD, "drop function hc_withheld(bigint, date)"),
        migrations.RunSQL(WHOSE, migrations.RunSQL.noop),
        migrations.RunSQL(_policies(f" and {NOT_WITHHELD}"), _policies("")),
        changed("hc_shared_dates(bigint)", DATES),
    ]
