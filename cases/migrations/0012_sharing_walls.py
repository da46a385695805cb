"""Sections, locks and agreements on the rows of a case, and what one account reaches (D5, D6, R9, R39, R47, K6, K7)."""

from django.db import migrations

from hopecare.kernel.rls import (
    NOT_LOCKED,
    SECTION_OPEN,
    also_demand,
    case_keyed,
    principal,
    protect,
    section_is_open,
    shared,
)

BY_CASE = case_keyed()
SWEEP = principal("sweep")
HOUSE = "nullif(current_setting('app.house', true), '')::bigint"
TEAMS = "any (nullif(current_setting('app.teams', true), '')::int[])"
PROVIDERS = "any (nullif(current_setting('app.providers', true), '')::int[])"
OWN = "user_id = nullif(current_setting('app.user_id', true), '')::bigint"
AUDIT = "organisation_id = nullif(current_setting('app.audit', true), '')::bigint"

LOCKED = [
    "action",
    "aftercarecheck",
    "approval",
    "approvalstep",
    "casemember",
    "commitment",
    "complexity",
    "conference",
    "conferenceseat",
    "consultation",
    "decision",
    "intake",
    "leadperiod",
    "means",
    "needanswer",
    "plan",
    "report",
    "riskflag",
    "servicerecord",
    "stopperson",
    "tie",
    "timelineentry",
    "visit",
    "voice",
]
OLDER_LOCKS = [
    line for t in LOCKED for line in also_demand(f"cases_{t}", "unlocked", NOT_LOCKED.format(case="case_id"))
]
# A visit or task of one's own in a sealed person's case stays in sight, without name and place (D5).
ME = "nullif(current_setting('app.user_id', true), '')::bigint"
SEALED = "case_id = any (nullif(current_setting('app.sealed', true), '')::bigint[])"
for _table, _mine in {"visit": f"official_id = {ME} or worker_id = {ME}", "action": f"owner_id = {ME}"}.items():
    _open = f"({NOT_LOCKED.format(case='case_id')}) or ({SEALED} and ({_mine}))"
    OLDER_LOCKS += also_demand(f"cases_{_table}", "unlocked", _open)
# Its case keeps a row, too, for its number; the page hangs on the person, whom nobody else sees.
_open = f"({NOT_LOCKED.format(case='id')}) or {SEALED.replace('case_id', 'id')}"
OLDER_LOCKS += also_demand("cases_case", "unlocked", _open)

# A row that comes without a section ('-') gets the one of its service, else of its category.
_OF_SERVICE = """coalesce(
      (select nullif(s.section, '') from kernel_service s where s.id = new.service_id),
      (select c.section from kernel_category c where c.id = new.category_id), '')"""
DERIVED = {
    "servicerecord": _OF_SERVICE,
    "action": _OF_SERVICE,
    "needanswer": "coalesce((select c.section from kernel_category c where c.id = new.category_id), '')",
    "omission": "coalesce((select c.section from kernel_category c where c.id = new.category_id), '')",
    "overlap": "coalesce((select r.section from cases_servicerecord r where r.id = new.record_id), '')",
    "timelineentry": """coalesce(
      (select coalesce(nullif(s.section, ''), c.section) from kernel_service s
       left join kernel_category c on c.id = s.category_id where s.code = new.details ->> 'service'), '')""",
    "voice": "''",
}
FILL = [
    f"""
create function hc_section_of_{table}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin new.section := {expression}; return new; end $$;
create trigger cases_{table}_section before insert or update of section on cases_{table}
  for each row when (new.section = '-') execute function hc_section_of_{table}();
update cases_{table} set section = '-' where section = '-';
"""
    for table, expression in DERIVED.items()
]
EMPTY = [f"drop trigger cases_{t}_section on cases_{t}; drop function hc_section_of_{t}()" for t in DERIVED]
SECTIONS = [line for t in (*DERIVED, "riskflag") for line in also_demand(f"cases_{t}", "section", SECTION_OPEN)]
SECTIONS += also_demand("cases_means", "section", section_is_open("means"))
NO_SECTIONS = [f"drop policy cases_{t}_section on cases_{t}" for t in (*DERIVED, "riskflag", "means")]

AGREED = [
    "create policy cases_plan_shared on cases_plan for select using"
    " (case_id = any (nullif(current_setting('app.plans', true), '')::bigint[]))",
    f"create policy cases_action_shared on cases_action for select using ({shared('plans')})",
    f"create policy cases_timelineentry_shared on cases_timelineentry for select using ({shared('notes')})",
    f"create policy cases_needanswer_shared on cases_needanswer for select using ({shared('notes')})",
    f"create policy cases_voice_shared on cases_voice for select using ({shared('notes')} and kind <> 'private')",
]
NOT_AGREED = [
    f"drop policy cases_{t}_shared on cases_{t}" for t in ("plan", "action", "timelineentry", "needanswer", "voice")
]

# Ids only. A seal, own kin and a conflict of interest lock; then exceptions; then what an agreement and a ground share.
REACH = """
create function hc_reach(who bigint, house bigint, today date, moment timestamptz)
returns table (cases bigint[], led bigint[], locked bigint[], sealed bigint[], dates bigint[], plans bigint[], notes bigint[], health bigint[])
language sql stable security definer set search_path = public, pg_temp as $$
  with standing_in as materialized (
    select c.id from cases_cover v join cases_case c on c.lead_id = v.absent_id and c.closed_at is null
    where v.cover_id = who and v.organisation_id = house and v.starts_at <= moment and v.ends_at > moment
  ), sealed as materialized (
    select distinct c.id from kernel_person p join kernel_membership m on m.person_id = p.id and m.ends_on is null
    join cases_case c on c.household_id = m.household_id
    where p.sealed and not p.scope_keys && array[-(1000000000 + who)]::int[]
  ), closed_off as materialized (
    select l.case_id as id from cases_caselock l
    where l.user_id = who and l.starts_at <= moment and (l.ends_at is null or l.ends_at > moment)
  ), shares as materialized (
    select s.case_id, hc_agreed_level(c.provider_id, house, today) as level,
           hc_ground_holds(c.main_person_id, 'case_management', owner.kind in ('city', 'town_office')
                           and guest.kind not in ('city', 'town_office'), today) as ground,
           hc_ground_holds(c.main_person_id, 'health', true, today) as health
    from cases_caseshare s join cases_case c on c.id = s.case_id and c.closed_at is null
    join kernel_person p on p.id = c.main_person_id and not p.sealed
    join kernel_organisation owner on owner.id = c.provider_id join kernel_organisation guest on guest.id = house
    where s.organisation_id = house and s.ended_at is null
  )
  select
    coalesce((select array_agg(x.id) from (
      select g.content_object_id as id from cases_casegrant g where g.user_id = who and (g.ends_at is null or g.ends_at > moment)
      union select id from standing_in
      union select b.case_id from cases_breakglass b where b.user_id = who and b.starts_at <= moment and b.ends_at > moment) x), '{}'),
    coalesce((select array_agg(x.id) from (
      select c.id from cases_case c where c.lead_id = who and c.closed_at is null union select id from standing_in) x), '{}'),
    coalesce((select array_agg(x.id) from (select id from closed_off union select id from sealed) x), '{}'),
    coalesce((select array_agg(id) from sealed where id not in (select id from closed_off)), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 1), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 2), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 3), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and health), '{}')
$$;
"""
# What an organisation that takes part is told: at level 0 that a case exists, from level 1 whose it is.
SHARED_CASES = """
create function hc_shared_cases() returns table (case_id bigint, number varchar, provider_id bigint, level int, name varchar)
language sql stable security definer set search_path = public, pg_temp as $$
  select x.id, x.number, x.provider_id, x.level, case when x.level > 0 then x.name else '' end
  from (
    select c.id, c.number, c.provider_id, p.name,
      case when c.id = any (nullif(current_setting('app.notes', true), '')::bigint[]) then 3
           when c.id = any (nullif(current_setting('app.plans', true), '')::bigint[]) then 2
           when c.id = any (nullif(current_setting('app.dates', true), '')::bigint[]) then 1 else 0 end as level
    from cases_caseshare s join cases_case c on c.id = s.case_id and c.closed_at is null
    join kernel_person p on p.id = c.main_person_id and not p.sealed
    where s.organisation_id = nullif(current_setting('app.house', true), '')::bigint and s.ended_at is null
      and c.id <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])) x
  order by x.number
$$;
"""
# Level 1: category and dates, and who gave it; never what it was, nor how much.
SHARED_DATES = """
create function hc_shared_dates(wanted bigint)
returns table (category_id bigint, provider_id bigint, given_on date, until date)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.category_id, r.provider_id, r.given_on, r.until
  from cases_servicerecord r join kernel_service s on s.id = r.service_id and s.hint
  where r.case_id = wanted and wanted = any (nullif(current_setting('app.dates', true), '')::bigint[])
    and wanted <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])
    and (r.section = '' or (r.section = 'health' and wanted = any (nullif(current_setting('app.health', true), '')::bigint[])
         and 'health' = any (nullif(current_setting('app.sections', true), '')::text[])))
  order by r.given_on desc, r.id desc limit 200
$$;
"""
# Declared people meet the record without anybody learning whether they did: it only locks (D6).
LOCK_DECLARED = """
create function hc_lock_declared(one_user bigint, one_case bigint, one_household bigint, moment timestamptz) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int;
begin
  if not exists (select from cases_declaredperson) then
    return 0;
  end if;
  insert into cases_caselock (team_id, provider_id, case_id, user_id, kind, reason, starts_at)
  select distinct c.team_id, c.provider_id, c.id, d.user_id, 'kin', '', moment
  from cases_declaredperson d
  join kernel_person p on p.name_jamo = d.name_jamo and extract(year from p.birth_date) = d.birth_year
                       or (p.phone_hash <> '' and p.phone_hash = d.phone_hash)
  join kernel_membership m on m.person_id = p.id and m.ends_on is null
  join cases_case c on c.household_id = m.household_id
  where (one_user is null or d.user_id = one_user) and (one_case is null or c.id = one_case)
    and (one_household is null or m.household_id = one_household)
    and not exists (select from cases_caselock l where l.case_id = c.id and l.user_id = d.user_id and l.kind = 'kin')
  on conflict do nothing;
  get diagnostics made = row_count;
  return made;
end $$;
create function hc_lock_new() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_table_name = 'cases_case' then
    perform hc_lock_declared(null, new.id, null, now());
  else
    perform hc_lock_declared(null, null, new.household_id, now());
  end if;
  return null;
end $$;
create trigger cases_case_lock after insert on cases_case for each row execute function hc_lock_new();
create trigger kernel_membership_lock after insert on kernel_membership for each row execute function hc_lock_new();
"""
NO_LOCK_DECLARED = """
drop trigger kernel_membership_lock on kernel_membership;
drop trigger cases_case_lock on cases_case;
drop function hc_lock_new();
drop function hc_lock_declared(bigint, bigint, bigint, timestamptz);
"""

# A hand-over moves every row of a case, also those in sections the one who acts may not read. What another
# organisation gave stays its own record: only the team follows.
REKEY = """
create function hc_rekey_case(moved bigint, to_team bigint, to_provider bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare target text;
begin
  perform from cases_case c where c.id = moved
    and c.id <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])
    and (c.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
         or c.provider_id = any (nullif(current_setting('app.providers', true), '')::int[]));
  if not found then
    raise exception 'no key to this case' using errcode = '42501';
  end if;
  for target in
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    where c.relkind = 'r' and c.relname like 'cases\\_%' and 3 = (
      select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname in ('case_id', 'team_id', 'provider_id'))
  loop
    if target = 'cases_servicerecord' then
      update cases_servicerecord set team_id = to_team where case_id = moved;
    else
      execute format('update %I set team_id = $1, provider_id = $2 where case_id = $3', target) using to_team, to_provider, moved;
    end if;
  end loop;
end $$;
"""
# Cases whose lead is locked out of them, and cases whose lead works nowhere any more: nobody answers for these.
LEADLESS = """
create function hc_locked_leads(moment timestamptz) returns table (case_id bigint, number varchar, provider_id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.number, c.provider_id from cases_case c
  join cases_caselock l on l.case_id = c.id and l.user_id = c.lead_id and l.starts_at <= moment and (l.ends_at is null or l.ends_at > moment)
  where c.closed_at is null and current_setting('app.principal', true) = 'sweep'
$$;
create function hc_unowned_cases(today date, confirmed date)
returns table (case_id bigint, number varchar, town varchar, provider_id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.number, t.name_ko, c.provider_id from cases_case c join kernel_town t on t.id = c.town_id
  where c.closed_at is null and current_setting('app.principal', true) = 'sweep' and c.lead_id in (
    select u.id from kernel_user u
    where u.id in (select distinct lead_id from cases_case where closed_at is null) and not (u.is_active and exists (
      select from kernel_affiliation a where a.user_id = u.id and a.starts_on <= today
        and (a.ends_on is null or a.ends_on >= today) and a.confirmed_on >= confirmed)))
$$;
"""
# The weight of a case counts every risk, whoever works on it; which ones they are is told by the section alone.
RISKS = """
create function hc_open_risks(wanted bigint) returns setof varchar
language sql stable security definer set search_path = public, pg_temp as $$
  select f.kind from cases_riskflag f
  where f.case_id = wanted and f.ended_at is null
    and (f.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
         or f.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
         or f.case_id = any (nullif(current_setting('app.cases', true), '')::bigint[])
         or current_setting('app.principal', true) <> '')
$$;
"""
BREAK = """
create function hc_break_glass(wanted varchar) returns table (case_id bigint, team_id bigint, provider_id bigint, lead_id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.team_id, c.provider_id, c.lead_id from cases_case c
  where c.number = wanted and nullif(current_setting('app.user_id', true), '') is not null
    and c.id <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_sharing"), ("kernel", "0005_sharing_walls")]
    operations = [
        migrations.RunSQL(OLDER_LOCKS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, EMPTY),
        protect("cases_caseshare", BY_CASE, read=(f"organisation_id = {HOUSE}",)),
        protect("cases_caselock", BY_CASE),
        protect("cases_declaredperson", OWN),
        protect("cases_staffhome", OWN),
        protect("cases_cover", f"organisation_id = {HOUSE}"),
        protect("cases_breakglass", BY_CASE, read=(OWN,), add=(OWN,)),
        protect("cases_readingreview", AUDIT),
        protect(
            "cases_casehandover", BY_CASE, read=(f"to_team_id = {TEAMS}", SWEEP), change=(f"to_team_id = {TEAMS}",)
        ),
        protect(
            "cases_urgentrequest",
            f"team_id = {TEAMS} or provider_id = {PROVIDERS}",
            read=(f"from_organisation_id = {HOUSE}", SWEEP),
            add=(f"from_organisation_id = {HOUSE}",),
        ),
        protect("cases_overlap", BY_CASE),
        protect("cases_omission", BY_CASE),
        migrations.RunSQL(SECTIONS, NO_SECTIONS),
        migrations.RunSQL(AGREED, NOT_AGREED),
        migrations.RunSQL(REACH, "drop function hc_reach(bigint, bigint, date, timestamptz)"),
        migrations.RunSQL(SHARED_CASES, "drop function hc_shared_cases()"),
        migrations.RunSQL(SHARED_DATES, "drop function hc_shared_dates(bigint)"),
        migrations.RunSQL(LOCK_DECLARED, NO_LOCK_DECLARED),
        migrations.RunSQL(REKEY, "drop function hc_rekey_case(bigint, bigint, bigint)"),
        migrations.RunSQL(
            LEADLESS, "drop function hc_unowned_cases(date, date); drop function hc_locked_leads(timestamptz)"
        ),
        migrations.RunSQL(RISKS, "drop function hc_open_risks(bigint)"),
        migrations.RunSQL(BREAK, "drop function hc_break_glass(varchar)"),
    ]
