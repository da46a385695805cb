"""What people earn at the work that was found, and the hours of volunteers beside recorded money (R79)."""

from django.db import migrations

# The newest answer of a person to a question of the period; wages and hours of those alone who told them both times,
# so that the middle then and now is of the same people. Protected people are not in it (D5).
WORK = """
create function hc_work(kinds text[], first_day date, next_day date)
returns table (months smallint, people bigint, working bigint, won_first bigint, won bigint, hours_first bigint, hours bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  with protected as materialized (
    select distinct c.id from kernel_person p join kernel_membership m on m.person_id = p.id and m.ends_on is null
    join cases_case c on c.household_id = m.household_id where p.sealed
  ), asked as (
    select distinct on (w.person_id, c.months) c.months, w.person_id, c.outcome in ('still', 'other') as working,
      n.wage_won as won, f.wage_won as won_first, n.weekly_hours as hours, f.weekly_hours as hours_first
    from cases_pathwaycheck c join cases_pathway w on w.id = c.pathway_id
    left join cases_pathwaywage n on n.pathway_id = w.id and n.step = c.step and n.months = c.months
    left join cases_pathwaywage f on f.pathway_id = w.id and f.step = c.step and f.months = 0
    where w.kind = any (kinds) and c.done_on >= first_day and c.done_on < next_day
      and w.case_id not in (select id from protected)
    order by w.person_id, c.months, c.done_on desc, c.id desc
  ), counted as (
    select months, count(*) as n, count(*) filter (where working) as l,
      count(*) filter (where won > 0 and won_first > 0) as paid,
      count(*) filter (where hours > 0 and hours_first > 0) as timed,
      percentile_cont(0.5) within group (order by won_first) filter (where won > 0 and won_first > 0) as a,
      percentile_cont(0.5) within group (order by won) filter (where won > 0 and won_first > 0) as b,
      percentile_cont(0.5) within group (order by hours_first) filter (where hours > 0 and hours_first > 0) as c,
      percentile_cont(0.5) within group (order by hours) filter (where hours > 0 and hours_first > 0) as d
    from asked group by 1
  )
  select months, n, case when (l = 0 or l >= 5) and (n = l or n - l >= 5) then l end,
    case when paid >= 5 then round(a / 10000)::bigint * 10000 end,
    case when paid >= 5 then round(b / 10000)::bigint * 10000 end,
    case when timed >= 5 then round(c)::bigint end, case when timed >= 5 then round(d)::bigint end
  from counted where n >= 5 order by 1
$$
"""
# The same cases as beside the money: the first part of that function, as it stands. What follows is ours.
HOURS = """
do $do$ declare body text := pg_get_functiondef('hc_outcomes(date, date)'::regprocedure);
begin
  if position(', given as (' in body) = 0 then raise exception 'hc_outcomes has other words'; end if;
  body := substr(body, position('$function$' in body) + 10);
  body := left(body, position(', given as (' in body) - 1);
  execute $head$
create function hc_outcome_hours(first_day date, next_day date)
returns table (category text, hours_lighter bigint, hours_others bigint)
language sql stable security definer set search_path = public, pg_temp as $function$
$head$ || body || $tail$, helped as (
    select w.case_id, w.category_id, w.after < w.before as lighter, coalesce(sum(h.minutes), 0) as minutes
    from went w left join (volunteers_hours h join kernel_service v on v.id = h.service_id)
      on h.case_id = w.case_id and v.category_id = w.category_id and h."on" < next_day
    group by 1, 2, 3
  ), counted as (
    select g.code as category, count(*) as n, count(*) filter (where lighter) as l,
      percentile_cont(0.5) within group (order by minutes) filter (where lighter) as a,
      percentile_cont(0.5) within group (order by minutes) filter (where not lighter) as b
    from helped join kernel_category g on g.id = category_id group by 1
  )
  select category, case when l >= 5 then round(a / 60)::bigint end, case when n - l >= 5 then round(b / 60)::bigint end
  from counted where n >= 5
$function$ $tail$;
end $do$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0009_spent"),
        ("cases", "0074_wages"),
        ("volunteers", "0010_pupil_certificates"),
    ]
    operations = [
        migrations.RunSQL(WORK, "drop function hc_work(text[], date, date)"),
        migrations.RunSQL(HOURS, "drop function hc_outcome_hours(date, date)"),
    ]
