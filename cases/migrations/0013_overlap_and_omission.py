"""Given twice, given by nobody: questions that must see more than the one who asks, and answer with less (R20, D17).

The functions run as their owner. They hand out an organisation and a day, never a record; nothing at all about
sensitive services and sealed people. The sweeps write rows for people to answer, and only the principal `sweep` runs them.
"""

from django.db import migrations

_KEYS = """
    (r.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
     or r.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
     or r.case_id = any (nullif(current_setting('app.cases', true), '')::bigint[]))
    and r.case_id <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])
    and (r.section = '' or r.section = any (nullif(current_setting('app.sections', true), '')::text[])
         or (r.section <> 'credit' and r.case_id = any (nullif(current_setting('app.led', true), '')::bigint[])))
"""
_LOCKED = "r.case_id = any (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])"
_SWEEP = "current_setting('app.principal', true) = 'sweep'"
# Everybody a record may be about: the person under every number it was merged from, or the whole household.
SAME = """
create function hc_same_people(one_case bigint, one_person bigint, whole boolean) returns bigint[]
language sql stable security definer set search_path = public, pg_temp as $$
  with roots as (
    select coalesce(p.canonical_id, p.id) as id from kernel_person p
    where p.id = one_person
       or ((whole or one_person is null) and p.id in (
             select m.person_id from cases_case c join kernel_membership m on m.household_id = c.household_id
             where c.id = one_case and m.ends_on is null))
  )
  select coalesce(array_agg(distinct x.id), '{}') from roots
  cross join lateral (select roots.id union all select k.id from kernel_person k where k.canonical_id = roots.id) x
$$;
create function hc_is_sealed(one_case bigint, one_person bigint) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from kernel_person p where p.sealed and (p.id = one_person or p.id in (
    select m.person_id from cases_case c join kernel_membership m on m.household_id = c.household_id
    where c.id = one_case and m.ends_on is null)))
$$;
"""
# Equivalent records of the same people in a period. Two indexes carry it: service_person and service_case.
NEAR = """
create function hc_equivalent(one_case bigint, people bigint[], class bigint, whole boolean, first date, last date, days int)
returns setof cases_servicerecord
language sql stable security definer set search_path = public, pg_temp as $$
  select r.* from cases_servicerecord r
  where r.person_id = any (people)
    and r.service_id in (select s.id from kernel_service s where s.service_class_id = class)
    and r.given_on <= last and coalesce(r.until, r.given_on + days - 1) >= first
  union
  select r.* from cases_servicerecord r
  where whole and r.case_id in (select c.id from cases_case c join cases_case mine on mine.household_id = c.household_id
                                where mine.id = one_case)
    and r.service_id in (select s.id from kernel_service s where s.service_class_id = class)
    and r.given_on <= last and coalesce(r.until, r.given_on + days - 1) >= first
$$;
revoke execute on function hc_equivalent(bigint, bigint[], bigint, boolean, date, date, int) from public;
"""
OVERLAPS = f"""
create function hc_overlaps(one_case bigint, one_person bigint, one_service bigint, giver bigint, first date, last date, won bigint)
returns table (kind text, record_id bigint, provider_id bigint, ends_on date, same_case boolean, given bigint, given_won bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  class kernel_serviceclass; people bigint[]; until_day date; from_day date; to_day date; may_hint boolean;
begin
  select k.* into class from kernel_serviceclass k join kernel_service s on s.service_class_id = k.id
  where s.id = one_service and k.policy <> 'free';
  if not found or not exists (
    select from cases_case r where r.id = one_case and (r.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
      or r.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
      or r.id = any (nullif(current_setting('app.cases', true), '')::bigint[]))) then
    return;
  end if;
  select s.hint and not hc_is_sealed(one_case, one_person) into may_hint from kernel_service s where s.id = one_service;
  people := hc_same_people(one_case, one_person, class.per_household);
  until_day := coalesce(last, first + class.span_days - 1);
  return query
    select 'period', case when {_KEYS} then r.id end, r.provider_id, coalesce(r.until, r.given_on + class.span_days - 1),
           r.case_id = one_case, null::bigint, null::bigint
    from hc_equivalent(one_case, people, class.id, class.per_household, first, until_day, class.span_days) r
    join kernel_service s on s.id = r.service_id
    where (class.among_all or r.provider_id <> giver)
      and (({_KEYS}) or (may_hint and s.hint and not ({_LOCKED}) and not hc_is_sealed(r.case_id, r.person_id)))
    order by 4 desc limit 20;
  if class.quota_period <> '' and may_hint then
    from_day := date_trunc(class.quota_period, first::timestamp)::date;
    to_day := (from_day + ('1 ' || class.quota_period)::interval)::date - 1;
    return query
      select 'quota', null::bigint, null::bigint, to_day, false, count(*), coalesce(sum(r.amount_won), 0)::bigint
      from hc_equivalent(one_case, people, class.id, class.per_household, from_day, to_day, 1) r
      where r.given_on between from_day and to_day and not ({_LOCKED}) and (({_KEYS}) or not hc_is_sealed(r.case_id, r.person_id))
      having count(*) + 1 > class.quota_count or coalesce(sum(r.amount_won), 0) + won > class.quota_won;
  end if;
end $$;
"""
# Where no hint may be given the other organisation gets the question instead, with its own keys (D17).
QUESTIONS = """
create function hc_ask_others(one_record bigint, due date, moment timestamptz) returns void
language sql security definer set search_path = public, pg_temp as $$
  insert into cases_overlap (team_id, provider_id, case_id, kind, person_id, service_class_id, record_id, other_record_id,
    other_provider_id, section, found_at, nightly, reason, reason_words, answer_due, answer, answer_words)
  select o.team_id, c.provider_id, o.case_id, 'question', o.person_id, k.id, o.id, n.id, n.provider_id, o.section, moment, false,
    '', '', due, '', ''
  from cases_servicerecord n join kernel_service s on s.id = n.service_id join kernel_serviceclass k on k.id = s.service_class_id
  cross join lateral hc_equivalent(n.case_id, hc_same_people(n.case_id, n.person_id, k.per_household), k.id, k.per_household,
    n.given_on, coalesce(n.until, n.given_on + k.span_days - 1), k.span_days) o
  join kernel_service t on t.id = o.service_id join cases_case c on c.id = o.case_id
  where n.id = one_record and o.case_id <> n.case_id and o.provider_id <> n.provider_id
    and (not s.hint or not t.hint or hc_is_sealed(o.case_id, o.person_id))
    and n.recorded_by_id = nullif(current_setting('app.user_id', true), '')::bigint
  on conflict do nothing
$$;
"""
FORGET = f"""
create function hc_forget_overlap(wanted bigint) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from cases_overlap r where r.id = wanted and {_KEYS};
  return found;
end $$;
"""
SWEEP_OVERLAPS = f"""
create function hc_sweep_overlaps(today date, since date, due date, moment timestamptz) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int;
begin
  if not {_SWEEP} then return 0; end if;
  with fresh as materialized (
    select r.id, r.case_id, r.team_id, c.provider_id as owner_id, c.household_id, r.person_id, r.provider_id, r.given_on,
           coalesce(r.until, r.given_on + k.span_days - 1) as ends_on, k.id as class_id, k.span_days, k.among_all, k.per_household,
           r.section, p.id as root
    from cases_servicerecord r join kernel_service s on s.id = r.service_id and s.hint
    join kernel_serviceclass k on k.id = s.service_class_id and k.policy <> 'free'
    join cases_case c on c.id = r.case_id
    left join kernel_person q on q.id = r.person_id left join kernel_person p on p.id = coalesce(q.canonical_id, q.id)
    where r.given_on >= since and r.given_on <= today
  ), pairs as (
    select f.*, o.id as other_id, o.case_id as other_case, o.team_id as other_team, oc.provider_id as other_owner,
           o.person_id as other_person, o.provider_id as other_provider, o.section as other_section,
           coalesce(o.until, o.given_on + f.span_days - 1) as other_ends
    from fresh f cross join lateral (
      select x.* from cases_servicerecord x
      where f.root is not null and x.service_id in (select s.id from kernel_service s where s.service_class_id = f.class_id and s.hint)
        and x.person_id in (select f.root union all select m.id from kernel_person m where m.canonical_id = f.root)
      union
      select x.* from cases_servicerecord x
      where f.per_household and x.case_id in (select c.id from cases_case c where c.household_id = f.household_id)
        and x.service_id in (select s.id from kernel_service s where s.service_class_id = f.class_id and s.hint)
    ) o join cases_case oc on oc.id = o.case_id
    where o.id < f.id and o.given_on <= f.ends_on and coalesce(o.until, o.given_on + f.span_days - 1) >= f.given_on
      and (f.among_all or o.provider_id <> f.provider_id)
  ), clear as (
    select p.* from pairs p where not exists (
      select from kernel_person s join kernel_membership m on m.person_id = s.id and m.ends_on is null
      join cases_case c on c.household_id = m.household_id where s.sealed and c.id in (p.case_id, p.other_case))
  ), sides as (
    select team_id, owner_id, case_id, person_id, class_id, id as record_id, section,
           case when case_id = other_case then other_id else -other_provider end as other, other_provider as provider, other_ends as ends
    from clear
    union all
    select other_team, other_owner, other_case, other_person, class_id, other_id, other_section, -provider_id, provider_id, ends_on
    from clear where case_id <> other_case
  )
  insert into cases_overlap (team_id, provider_id, case_id, kind, person_id, service_class_id, record_id, other_record_id,
    other_provider_id, other_ends_on, section, found_at, nightly, reason, reason_words, answer_due, answer, answer_words)
  select team_id, owner_id, case_id, 'period', person_id, class_id, record_id, other, provider, ends, section, moment, true,
    '', '', due, '', '' from sides
  on conflict do nothing;
  get diagnostics made = row_count;
  return made;
end $$;
"""
# `rules`: the figures of data/checks.yaml; `stages`: [[code, age, month or null], …].
SWEEP_OMISSIONS = f"""
create function hc_sweep_omissions(today date, moment timestamptz, rules jsonb, stages jsonb) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare made int; waited int := (rules ->> 'need_without_service')::int;
begin
  if not {_SWEEP} then return 0; end if;
  create temp table hc_found on commit drop as
  with open_cases as materialized (
    select c.id, c.team_id, c.provider_id, c.household_id from cases_case c where c.closed_at is null
  ), needs as (
    select distinct on (a.case_id, a.person_id, a.category_id) a.case_id, a.person_id, a.category_id, a.severity, a.asked_at
    from open_cases c join cases_needanswer a on a.case_id = c.id
    order by a.case_id, a.person_id, a.category_id, a.asked_at desc, a.id desc
  )
  select n.case_id, 'need' as kind, n.person_id, n.category_id, g.code::text as about,
         (n.asked_at at time zone 'Asia/Seoul')::date as about_on
  from needs n join kernel_category g on g.id = n.category_id
  where n.severity >= (rules ->> 'severe_from')::int and n.asked_at < moment - make_interval(days => waited)
    and not exists (select from cases_servicerecord r left join kernel_service s on s.id = r.service_id
                    left join kernel_serviceclass k on k.id = s.service_class_id
                    where r.case_id = n.case_id and r.category_id = n.category_id
                      and coalesce(r.until, r.given_on + coalesce(k.span_days, 1)) >= today - waited)
    and not exists (select from cases_action t where t.case_id = n.case_id and t.category_id = n.category_id
                    and t.state in ('open', 'doing', 'offered', 'booked') and t.due_on >= today)
  union all
  select v.case_id, 'missed_visit', null, null, 'visit:' || v.id, (v.at at time zone 'Asia/Seoul')::date
  from cases_visit v join open_cases c on c.id = v.case_id
  where v.result = '' and v.at < moment - make_interval(days => (rules ->> 'missed_visit')::int)
  union all
  select t.case_id, 'missed_visit', null, t.category_id, 'action:' || t.id, (t.at at time zone 'Asia/Seoul')::date
  from cases_action t join open_cases c on c.id = t.case_id
  where t.state = 'booked' and t.at < moment - make_interval(days => (rules ->> 'missed_visit')::int)
  union all
  select c.id, 'stage', p.id, null, (s ->> 0) || ':' || d.year, d.on_day
  from open_cases c join kernel_membership m on m.household_id = c.household_id and m.ends_on is null and m.lives_here
  join kernel_person p on p.id = m.person_id and p.birth_date is not null and p.state in ('here', 'hospital')
  cross join jsonb_array_elements(stages) s
  cross join lateral (select extract(year from p.birth_date)::int + (s ->> 1)::int as year) y
  cross join lateral (select y.year, case when s ->> 2 is null
      then (p.birth_date + make_interval(years => (s ->> 1)::int))::date
      else make_date(y.year, (s ->> 2)::int, 1) end as on_day) d
  where d.on_day between today and today + (rules ->> 'stage_ahead')::int and not p.sealed
  union all
  select r.case_id, case when r.until - r.given_on >= (rules ->> 'two_years_from')::int then 'stage' else 'ending' end,
         r.person_id, r.category_id, case when r.until - r.given_on >= (rules ->> 'two_years_from')::int
         then 'two_year_end:' else 'record:' end || r.id, r.until
  from cases_servicerecord r join open_cases c on c.id = r.case_id
  where r.until between today and today + (case when r.until - r.given_on >= (rules ->> 'two_years_from')::int
        then rules ->> 'stage_ahead' else rules ->> 'ending_ahead' end)::int
    and not exists (select from cases_servicerecord x where x.case_id = r.case_id and x.service_id = r.service_id
                    and x.given_on > r.given_on and coalesce(x.until, x.given_on) > r.until);
  delete from cases_omission o where o.answered_at is null and o.kind <> 'entitlement' and not exists (
    select from hc_found f where f.case_id = o.case_id and f.kind = o.kind and f.about = o.about
      and f.person_id is not distinct from o.person_id);
  update cases_omission o set answered_at = null, answered_by_id = null, answer = '',
         answer_due = today + (rules ->> 'answer_within')::int
  where o.answer = 'later' and o.answered_at < moment - make_interval(days => (rules ->> 'later')::int);
  insert into cases_omission (team_id, provider_id, case_id, kind, person_id, category_id, about, about_on, section, found_on,
                              answer_due, answer, answer_words)
  select c.team_id, c.provider_id, f.case_id, f.kind, f.person_id, f.category_id, f.about, f.about_on, '-', today,
         today + (rules ->> 'answer_within')::int, '', ''
  from hc_found f join cases_case c on c.id = f.case_id
  on conflict do nothing;
  get diagnostics made = row_count;
  drop table hc_found;
  return made;
end $$;
"""
INDEXES = [
    "create index service_until on cases_servicerecord (until) where until is not null",
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_sharing_walls")]
    operations = [
        migrations.RunSQL(INDEXES, ["drop index service_until"]),
        migrations.RunSQL(
            SAME, "drop function hc_is_sealed(bigint, bigint); drop function hc_same_people(bigint, bigint, boolean)"
        ),
        migrations.RunSQL(NEAR, "drop function hc_equivalent(bigint, bigint[], bigint, boolean, date, date, int)"),
        migrations.RunSQL(OVERLAPS, "drop function hc_overlaps(bigint, bigint, bigint, bigint, date, date, bigint)"),
        migrations.RunSQL(QUESTIONS, "drop function hc_ask_others(bigint, date, timestamptz)"),
        migrations.RunSQL(FORGET, "drop function hc_forget_overlap(bigint)"),
        migrations.RunSQL(SWEEP_OVERLAPS, "drop function hc_sweep_overlaps(date, date, date, timestamptz)"),
        migrations.RunSQL(SWEEP_OMISSIONS, "drop function hc_sweep_omissions(date, timestamptz, jsonb, jsonb)"),
    ]
