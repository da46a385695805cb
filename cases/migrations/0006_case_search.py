"""Lists by team and stage, and the search of cases.

LIKE and trigram operators are not leakproof, so under row-level security they use no index. The function applies the
pattern *and* the viewer's keys in its own body, as its owner, and returns ids only; the caller reads the rows behind
both walls again. Sealed people are never found (D5), neither by their own name nor through their household.
"""

from django.db import migrations, models

from hopecare.kernel import together

# `names`: [[alternative, …], …] of LIKE patterns over name_jamo, all of which must hold.
SEARCH = """
create function hc_case_search(names jsonb, initials text, phones text[], tails text[], numbers text[], most int)
returns table (case_id bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  keys int[] := nullif(current_setting('app.keys', true), '')::int[];
  teams int[] := nullif(current_setting('app.teams', true), '')::int[];
  providers int[] := nullif(current_setting('app.providers', true), '')::int[];
  shared bigint[] := nullif(current_setting('app.cases', true), '')::bigint[];
  people text[] := '{}';
  found text := 'false';
  alternatives jsonb;
begin
  if keys is null then
    return;
  end if;
  for alternatives in select value from jsonb_array_elements(names) loop
    people := people || format('p.name_jamo like any (%L::text[])',
                               (select array_agg(value) from jsonb_array_elements_text(alternatives)));
  end loop;
  if initials <> '' then
    people := people || format('p.name_initials like %L', initials);
  end if;
  if cardinality(people) > 0 then
    found := array_to_string(people, ' and ');
  elsif cardinality(phones) > 0 then
    found := format('p.phone_hash <> '''' and p.phone_hash = any (%L::text[])', phones);
  elsif cardinality(tails) > 0 then
    found := format('p.phone_tail_hash <> '''' and p.phone_tail_hash = any (%L::text[])', tails);
  end if;
  return query execute format($query$
    with people as materialized (
      select p.id from kernel_person p where %s and not p.sealed and p.scope_keys && $1 limit 400
    ), houses as materialized (
      select distinct m.household_id from kernel_membership m join people on people.id = m.person_id
      where m.ends_on is null and m.scope_keys && $1
    ), hits as (
      select c.id from cases_case c join houses on houses.household_id = c.household_id
      union
      select c.id from cases_case c where c.number = any ($5)
    )
    select c.id from hits join cases_case c on c.id = hits.id join kernel_person main on main.id = c.main_person_id
    where not main.sealed and main.scope_keys && $1
      and (c.team_id = any ($2) or c.provider_id = any ($3) or c.id = any ($4))
    order by c.updated_at desc, c.id desc limit $6
  $query$, found) using keys, teams, providers, shared, numbers, most;
end $$;
"""


class Migration(together.Migration):
    dependencies = [("cases", "0005_intake")]
    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["team", "-updated_at", "-id"], name="case_team_open"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["team", "stage", "-updated_at", "-id"], name="case_team_stage"),
        ),
        migrations.RunSQL(SEARCH, "drop function hc_case_search(jsonb, text, text[], text[], text[], int)"),
    ]
