"""Where violence, illness of the mind, addiction or a legal matter is noted, nobody is hinted at (D17).

A hint depended on the service alone: somebody with a note of violence was silence at intake and a date for her meals.
Now the people are looked at as well, on both sides, at the moment of entry and at night. Whoever may see a record still
sees it; of anybody else the question goes to the other organisation, as with sensitive help.
"""

from django.db import migrations

from hopecare.kernel.in_place import changed

_SECTIONS = "'{mental_health,violence,legal}'::text[]"
# A note in force, or help of such a kind, in any case of their households or for themselves.
QUIET = f"""
create function hc_is_quiet(of_cases bigint[], people bigint[]) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  with own as materialized (
    select c.id from cases_case c where c.household_id in (
      select x.household_id from cases_case x where x.id = any (of_cases)
      union select m.household_id from kernel_membership m where m.person_id = any (people) and m.ends_on is null)
  )
  select exists (select from cases_riskflag f where f.case_id in (select o.id from own o) and f.ended_at is null
                 and f.section = any ({_SECTIONS}))
      or exists (select from cases_servicerecord r where r.case_id in (select o.id from own o)
                 and r.section = any ({_SECTIONS}))
      or exists (select from cases_servicerecord r where r.person_id = any (people) and r.section = any ({_SECTIONS}))
$$;
revoke execute on function hc_is_quiet(bigint[], bigint[]) from public;
"""
ENTRY = "hc_overlaps(bigint, bigint, bigint, bigint, date, date, bigint)"
_HINTED = "(n.seen or n.hinted)"
_TOLD = "(n.seen or n.hinted and not (select h.quiet from hushed h))"
_LAST = "  )\n  (select 'period'"
_HUSHED = """  ), hushed as (
    select hc_is_quiet(array(select distinct n.case_id from near n) || one_case, array(select q.id from people q)) as quiet
  )
  (select 'period'"""
ASKING = "hc_ask_others(bigint, date, timestamptz)"
_SEALED = "or hc_is_sealed(o.case_id, o.person_id)"
_SEALED_OR_QUIET = f"{_SEALED} or hc_is_quiet(array[o.case_id], array_remove(array[o.person_id], null))"
NIGHT = "hc_sweep_overlaps(date, date, date, timestamptz)"
_CLEAR = "where s.sealed and c.id in (p.case_id, p.other_case))"
_CLEAR_AND_LOUD = f"""{_CLEAR}
      and (p.case_id = p.other_case or not hc_is_quiet(array[p.case_id, p.other_case],
                                                       array_remove(array[p.person_id, p.other_person], null)))"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0045_imports_taken_back")]
    operations = [
        migrations.RunSQL(QUIET, "drop function hc_is_quiet(bigint[], bigint[])"),
        changed(ENTRY, (_LAST, _HUSHED), (_HINTED, _TOLD)),
        changed(ASKING, (_SEALED, _SEALED_OR_QUIET)),
        changed(NIGHT, (_CLEAR, _CLEAR_AND_LOUD)),
    ]
