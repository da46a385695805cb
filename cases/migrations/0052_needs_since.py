"""A need waits since it first stood so high without interruption, however often it was asked again; nobody is asked
about who died or moved away (R20, D15)."""

from django.db import migrations

from hopecare.kernel.in_place import changed

SWEEP = "hc_sweep_omissions(date, timestamptz, jsonb, jsonb)"
_NEWEST = """  ), needs as (
    select distinct on (a.case_id, a.person_id, a.category_id) a.case_id, a.person_id, a.category_id, a.severity, a.asked_at
    from open_cases c join cases_needanswer a on a.case_id = c.id
    order by a.case_id, a.person_id, a.category_id, a.asked_at desc, a.id desc
"""
# `since` counts over every answer that did not ease.
_SINCE = """  ), cells as (
    select a.case_id, a.person_id, a.category_id, a.asked_at,
           count(*) filter (where coalesce(a.severity, -1) < (rules ->> 'severe_from')::int) over (
             partition by a.case_id, a.person_id, a.category_id order by a.asked_at desc, a.id desc) as eased
    from open_cases c join cases_needanswer a on a.case_id = c.id
  ), needs as (
    select case_id, person_id, category_id, min(asked_at) as since from cells where eased = 0 group by 1, 2, 3
"""
_DAY = ("(n.asked_at at time zone 'Asia/Seoul')::date", "(n.since at time zone 'Asia/Seoul')::date")
_HERE = "exists (select from kernel_person p where p.id = {row}.person_id and p.state in ('here', 'hospital'))"
_WAITED = (
    "  where n.severity >= (rules ->> 'severe_from')::int and n.asked_at < moment - make_interval(days => waited)",
    "  where n.since < moment - make_interval(days => waited)\n"
    f"    and (n.person_id is null or {_HERE.format(row='n')})",
)
_ENDING = (
    "  where r.until between today",
    f"  where (r.person_id is null or {_HERE.format(row='r')})\n    and r.until between today",
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0051_town_offices_overseen")]
    operations = [changed(SWEEP, (_NEWEST, _SINCE), _DAY, _WAITED, _ENDING)]
