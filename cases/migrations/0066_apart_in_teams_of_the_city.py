"""A private colleague in a team of the city's case reads about each adult by that adult's own word (K6, K7, D4)."""

from django.db import migrations, models

from hopecare.kernel.in_place import changed
from hopecare.kernel.rls import also_demand, by_own_word, parent_is_seen

# Cases of the city that this account reads in its team for a private house, and whom of their households it may not
# read about there: as hc_withheld between organisations, by consent alone. `unmet` are those among them whom no other
# case that it has a key to today makes known to it, and whom nobody watches over by their own wish: not even named. Who leads the case,
# danger to life, and the two who see a protected person stay as they are. Written in plpgsql for its kept plans; most
# accounts end at the first question, which has an index of its own.
APART = """
create function hc_apart(who bigint, house bigint, today date, moment timestamptz)
returns table (cases bigint[], people bigint[], health bigint[], unmet bigint[])
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  teams bigint[] := array(select t.team_id from kernel_teammembership t where t.user_id = who);
  granted bigint[] := array(select g.content_object_id from cases_casegrant g where g.user_id = who);
  in_team bigint[] := array(select t.team_id from kernel_teammembership t where t.user_id = who
                              and t.starts_on <= today and (t.ends_on is null or t.ends_on >= today));
  let_in bigint[] := array(select g.content_object_id from cases_casegrant g where g.user_id = who
                             and (g.starts_at is null or g.starts_at <= moment)
                             and (g.ends_at is null or g.ends_at > moment));
begin
  if exists (select from kernel_organisation h where h.id = house and h.kind in ('city', 'town_office'))
     or not exists (select from cases_case c where c.kind = 'public' and c.team_id = any (teams))
        and not exists (select from cases_case c where c.kind = 'public' and c.id = any (granted)) then
    return query select '{}'::bigint[], '{}'::bigint[], '{}'::bigint[], '{}'::bigint[];
    return;
  end if;
  return query
  with city as materialized (
    select c.id, c.household_id, c.main_person_id from cases_case c
    where c.kind = 'public' and (c.team_id = any (teams) or c.id = any (granted))
      and c.lead_id <> who and c.provider_id <> house
      and not exists (select from cases_breakglass b
                      where b.case_id = c.id and b.user_id = who and b.starts_at <= moment and b.ends_at > moment)
  ), others as materialized (
    select c.id as case_id, p.id, coalesce(p.canonical_id, p.id) as root,
           coalesce(p.birth_date > today - interval '19 years', false) as minor
    from city c join kernel_membership m on m.household_id = c.household_id and m.person_id <> c.main_person_id
    join kernel_person p on p.id = m.person_id join kernel_person main on main.id = c.main_person_id
      and coalesce(main.canonical_id, main.id) <> coalesce(p.canonical_id, p.id)
    where not p.scope_keys && array[-(1000000000 + who)]::int[]
  ), said as materialized (
    select distinct on (g.person_id, g.purpose) g.person_id, g.purpose, g.given,
           g.given and g.starts_on <= today and (g.ends_on is null or g.ends_on >= today) as holds
    from kernel_ground g
    where g.person_id in (select o.id from others o) and g.purpose in ('case_management', 'health') and g.kind = 'consent'
    order by g.person_id, g.purpose, g.recorded_at desc, g.id desc
  ), shut as materialized (
    select o.case_id, o.root, coalesce(case when o.minor then not a.given else not a.holds end, not o.minor) as person,
           coalesce(case when o.minor then not h.given else not h.holds end, not o.minor) as health
    from others o
    left join said a on a.person_id = o.id and a.purpose = 'case_management'
    left join said h on h.person_id = o.id and h.purpose = 'health'
  ), records as materialized (
    select x.id, bool_or(s.person) as person, bool_or(s.health) as health
    from (select z.root, bool_or(z.person) as person, bool_or(z.health) as health from shut z group by z.root) s
    cross join lateral (select s.root as id union all select k.id from kernel_person k where k.canonical_id = s.root) x
    group by x.id
  )
  select
    coalesce((select array_agg(distinct s.case_id) from shut s where s.person or s.health), '{}'),
    coalesce((select array_agg(r.id) from records r where r.person), '{}'),
    coalesce((select array_agg(r.id) from records r where r.health), '{}'),
    coalesce((select array_agg(r.id) from records r where r.person and not exists (
      select from cases_watch w where w.person_id = r.id) and not exists (
      select from kernel_membership m join cases_case c on c.household_id = m.household_id
      where m.person_id = r.id and c.id not in (select y.id from city y)
        and (c.provider_id = house or c.lead_id = who or c.team_id = any (in_team) or c.id = any (let_in)))), '{}');
end $$;
"""
#: Rows of a case that may be about one person, by whether they belong to a section. A signal of need is there by that
#: person's own wish alone, and its alarm is answered by whoever is on duty (D10); a card of the market is the household's.
OF_ONE_PERSON = {
    "action": True,
    "agendapoint": False,
    "benefit": False,
    "casepaper": True,
    "decision": False,
    "detailchange": False,
    "needanswer": True,
    "omission": True,
    "overlap": True,
    "pathway": True,
    "referral": True,
    "riskflag": True,
    "servicerecord": True,
    "timelineentry": True,
    "voice": True,
    "wish": False,
}
#: Rows that stand below one of them.
BELOW = {
    "commitment": "action",
    "pathwaycheck": "pathway",
    "pathwayphoto": "pathway",
    "pathwaystep": "pathway",
}
#: A task of one's own stays in sight, as where somebody is protected; and what the account wrote itself, as whoever is
#: on duty, at the door or on the telephone writes about everybody they meet (D10, D13).
OWN = {
    "action": "owner_id",
    "agendapoint": "by_id",
    "casepaper": "added_by_id",
    "decision": "by_id",
    "detailchange": "by_id",
    "needanswer": "by_id",
    "pathway": "by_id",
    "referral": "by_id",
    "riskflag": "by_id",
    "servicerecord": "recorded_by_id",
    "timelineentry": "by_id",
    "voice": "by_id",
    "wish": "by_id",
}
#: Nobody's own words: whoever wrote a record may flag it as given twice, and reads of that no more than others.
WRITING = {
    "overlap": "exists (select from cases_servicerecord r where r.id = record_id"
    " and r.recorded_by_id::text = current_setting('app.user_id', true))"
}
UNMET = "{field} <> all ((select coalesce(nullif(current_setting('app.unmet', true), ''), '{{}}')::bigint[])::bigint[])"
MET = {"person": "id", "membership": "person_id", "safecontact": "person_id", "ground": "person_id"}
MET |= {"residentnumber": "person_id"}


def _demands() -> list[str]:
    found = []
    for table, section in OF_ONE_PERSON.items():
        told = by_own_word(section=section, own=OWN.get(table, ""))
        found += also_demand(f"cases_{table}", "own_word", told, writing=WRITING.get(table, ""))
    for table, parent in BELOW.items():
        found += also_demand(f"cases_{table}", "own_word", parent_is_seen(parent))
    for table, field in MET.items():
        found += also_demand(f"kernel_{table}", "met", UNMET.format(field=field))
    return found


def _no_demands() -> list[str]:
    ours = [f"drop policy cases_{table}_own_word on cases_{table}" for table in (*OF_ONE_PERSON, *BELOW)]
    return ours + [f"drop policy kernel_{table}_met on kernel_{table}" for table in MET]


SEARCH = "hc_case_search(jsonb, text, text[], text[], text[], jsonb, bigint[], int)"
NAMES = "and not p.sealed and p.scope_keys && $1 limit 400"
MET_NAMES = (
    "and not p.sealed and p.scope_keys && $1 and p.id <> all (coalesce(nullif(current_setting('app.unmet', true), ''),"
    " '{}')::bigint[]) limit 400"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0065_days_of_the_unit")]
    operations = [
        migrations.AddIndex(
            "case", models.Index(fields=["team"], condition=models.Q(kind="public"), name="case_of_the_city")
        ),
        migrations.RunSQL(APART, "drop function hc_apart(bigint, bigint, date, timestamptz)"),
        migrations.RunSQL(_demands(), _no_demands()),
        changed(SEARCH, (NAMES, MET_NAMES)),
    ]
