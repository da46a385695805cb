"""How severity went beside recorded money (R79), and sums for research (R25): nothing below five cases leaves."""

from django.db import migrations

# Both look at cases whose newest asking about a category fell into the period, against the first time it was told as
# 2 or more; a case counts once a category, by its worst person. Protected people are in neither (D5).
ASKED = """
  with protected as materialized (
    select distinct c.id from kernel_person p join kernel_membership m on m.person_id = p.id and m.ends_on is null
    join cases_case c on c.household_id = m.household_id where p.sealed
  ), told as (
    select a.case_id, a.category_id, a.person_id, a.severity, a.asked_at, a.id
    from cases_needanswer a
    where a.answer = 'severity' and a.asked_at < (next_day::timestamp at time zone 'Asia/Seoul')
      and a.case_id not in (select id from protected)
  ), ends as (
    select distinct on (t.case_id, t.category_id, t.person_id) t.case_id, t.category_id, t.severity as after, t.asked_at,
      first_value(t.severity) over (
        partition by t.case_id, t.category_id, t.person_id order by t.asked_at, t.id) as before,
      count(*) over (partition by t.case_id, t.category_id, t.person_id) as times
    from told t order by t.case_id, t.category_id, t.person_id, t.asked_at desc, t.id desc
  ), went as (
    select e.case_id, e.category_id, max(e.before) as before, max(e.after) as after
    from ends e where e.times > 1 group by 1, 2
    having max(e.before) >= 2 and max(e.asked_at) >= (first_day::timestamp at time zone 'Asia/Seoul')
  )
"""
OUTCOMES = f"""
create function hc_outcomes(first_day date, next_day date)
returns table (category text, service text, cases bigint, lighter bigint, won_lighter bigint, won_others bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  {ASKED}, given as (
    select w.case_id, w.category_id, s.service_id, sum(s.amount_won) as won
    from went w join cases_servicerecord s
      on s.case_id = w.case_id and s.category_id = w.category_id and s.given_on < next_day group by 1, 2, 3
  ), sides as (
    select g.code as category, '' as service, w.case_id, w.after < w.before as lighter,
      coalesce((select sum(x.won) from given x where x.case_id = w.case_id and x.category_id = w.category_id), 0) as won
    from went w join kernel_category g on g.id = w.category_id
    union all
    select g.code, v.code, w.case_id, w.after < w.before, x.won
    from went w join given x on x.case_id = w.case_id and x.category_id = w.category_id
    join kernel_category g on g.id = w.category_id join kernel_service v on v.id = x.service_id
  ), counted as (
    select category, service, count(*) as n, count(*) filter (where lighter) as l,
      percentile_cont(0.5) within group (order by won) filter (where lighter) as a,
      percentile_cont(0.5) within group (order by won) filter (where not lighter) as b
    from sides group by 1, 2
  )
  select category, service, n,
    case when (l = 0 or l >= 5) and (n = l or n - l >= 5) then l end,
    case when l >= 5 then round(a / 1000)::bigint * 1000 end,
    case when n - l >= 5 then round(b / 1000)::bigint * 1000 end
  from counted where n >= 5
$$
"""
# One line for each combination of at least five cases; the others together, without saying what they are, as `rest`.
EXTRACT = f"""
create function hc_research_extract(first_day date, next_day date)
returns table (zone text, age text, category text, before text, after text, cases bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  {ASKED}, lines as (
    select z.code as zone, g.code as category, w.case_id,
      case when p.birth_date is null then '' when age(next_day, p.birth_date) < interval '20 years' then '0-19'
           when age(next_day, p.birth_date) < interval '65 years' then '20-64' else '65+' end as age,
      case when w.before >= 3 then '3-4' else '2' end as before,
      case when w.after >= 3 then '3-4' when w.after = 2 then '2' else '0-1' end as after
    from went w join cases_case c on c.id = w.case_id join kernel_town t on t.id = c.town_id
    join kernel_zone z on z.id = t.zone_id join kernel_person p on p.id = c.main_person_id
    join kernel_category g on g.id = w.category_id
  ), counted as (
    select zone, age, category, before, after, count(distinct case_id) as n from lines group by 1, 2, 3, 4, 5
  )
  select zone, age, category, before, after, n from counted where n >= 5
  union all
  select '', '', '', '', '', sum(n)::bigint from counted where n < 5 having sum(n) >= 5
$$
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0006_council_report"), ("cases", "0037_wishes_and_how_it_was")]
    operations = [
        migrations.RunSQL(OUTCOMES, "drop function hc_outcomes(date, date)"),
        migrations.RunSQL(EXTRACT, "drop function hc_research_extract(date, date)"),
    ]
