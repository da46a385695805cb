"""Figures of one quarter for the council and everybody (R10, R77): sums alone, cells of fewer than five households empty.

Each part hands out its cells and its margins; the margins come from here and not from adding up, so that a hidden cell
cannot be found by what is missing. What still could be is hidden by hopecare.insight.rules.
"""

from django.db import migrations

REPORT = """
create function hc_council_report(first_day date, next_day date)
returns table (part text, line text, cell text, n bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  with placed as (
    select c.id, z.code as zone, c.closed_at from cases_case c join kernel_town t on t.id = c.town_id
    join kernel_zone z on z.id = t.zone_id
  ), given as (
    select g.code as category, p.zone, k.code as kind, s.case_id, count(*) as n
    from cases_servicerecord s join placed p on p.id = s.case_id join kernel_category g on g.id = s.category_id
    join kernel_providerkind k on k.id = s.provider_kind_id
    where s.given_on >= first_day and s.given_on < next_day group by 1, 2, 3, 4
  ), told as (
    select distinct on (a.case_id, a.category_id, a.person_id) p.zone, g.code as category, a.case_id, a.severity,
      max(a.severity) over (partition by a.case_id, a.category_id, a.person_id) as worst
    from cases_needanswer a join placed p on p.id = a.case_id join kernel_category g on g.id = a.category_id
    where a.asked_at < next_day::timestamp at time zone 'Asia/Seoul'
      and (p.closed_at is null or p.closed_at >= first_day::timestamp at time zone 'Asia/Seoul')
    order by a.case_id, a.category_id, a.person_id, a.asked_at desc, a.id desc
  ), needs as (
    select zone, category, case_id, coalesce(severity, 0) < 2 as met from told where worst >= 2
  ), reports as (
    select z.code as zone, r.id, r.looked_at <= r.promised_at as kept,
      r.echo = 'not_better' and r.echo_at < next_day::timestamp at time zone 'Asia/Seoul' as not_better,
      extract(epoch from r.looked_at - r.received_at) / 3600 as hours
    from cases_report r join kernel_zone z on z.centre_id = r.provider_id
    where r.received_at >= first_day::timestamp at time zone 'Asia/Seoul'
      and r.received_at < next_day::timestamp at time zone 'Asia/Seoul' and r.state <> 'withdrawn'
  ), cells as (
    select 'zone' as part, category as line, zone as cell, sum(n)::bigint as n, count(distinct case_id) as houses
    from given group by grouping sets ((category, zone), (category), (zone), ())
    union all
    select 'kind', category, kind, sum(n)::bigint, count(distinct case_id)
    from given group by grouping sets ((category, kind), (category), (kind), ())
    union all
    select 'met', category, zone, count(*), count(distinct case_id)
    from needs where met group by grouping sets ((category, zone), (category), (zone), ())
    union all
    select 'unmet', category, zone, count(*), count(distinct case_id)
    from needs where not met group by grouping sets ((category, zone), (category), (zone), ())
    union all
    select 'reports', 'reports', zone, count(*), count(*) from reports group by grouping sets ((zone), ())
    union all
    select 'kept', 'kept', zone, count(*), count(*) from reports where kept group by grouping sets ((zone), ())
    union all
    select 'hours', 'hours', zone, round(percentile_cont(0.5) within group (order by hours))::bigint, count(hours)
    from reports group by grouping sets ((zone), ())
    union all
    select 'not_better', 'not_better', zone, count(*), count(*) from reports where not_better
    group by grouping sets ((zone), ())
    union all
    select 'said', g.code, a.answer, count(*), count(*)
    from cases_satisfaction a join kernel_category g on g.id = a.category_id
    where a.month >= first_day and a.month < next_day group by grouping sets ((g.code, a.answer), (g.code), (a.answer), ())
  )
  select part, coalesce(line, ''), coalesce(cell, ''), case when houses < 5 then null else n end
  from cells where n > 0 or part = 'hours'
$$
"""
# Free words of those who answered, without order, where five and more said something about help of the same category.
WORDS = """
create function hc_council_words(since date, until date) returns table (category text, words text)
language sql stable security definer set search_path = public, pg_temp as $$
  select g.code, a.words from cases_satisfaction a join kernel_category g on g.id = a.category_id
  where a.month >= since and a.month < until and a.words <> '' and 5 <= (
    select count(*) from cases_satisfaction b
    where b.category_id = a.category_id and b.month >= since and b.month < until)
  order by g.position, a.id
$$
"""


class Migration(migrations.Migration):
    dependencies = [("insight", "0005_echoes"), ("cases", "0037_wishes_and_how_it_was")]
    operations = [
        migrations.RunSQL(REPORT, "drop function hc_council_report(date, date)"),
        migrations.RunSQL(WORDS, "drop function hc_council_words(date, date)"),
    ]
