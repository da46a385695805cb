"""The one line of search finds by address and by need, too; papers of a case as PDF.

An address is found by the marks of its encrypted line (hopecare.kernel.address_words), by words of the directions and by
the name of its town. A household in which anybody is sealed is found by no address (D5). `needed` are ids that the
caller read through the predicates of needs and tasks; here they pass the same last condition as all others.
"""

import django.db.models.deletion
from django.db import migrations, models

from hopecare.kernel import together

SEARCH = """
create function hc_case_search(names jsonb, initials text, phones text[], tails text[], numbers text[], places jsonb,
                               needed bigint[], most int)
returns table (case_id bigint)
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
  keys int[] := nullif(current_setting('app.keys', true), '')::int[];
  teams int[] := nullif(current_setting('app.teams', true), '')::int[];
  providers int[] := nullif(current_setting('app.providers', true), '')::int[];
  shared bigint[] := nullif(current_setting('app.cases', true), '')::bigint[];
  people text[] := '{}';
  found text := 'false';
  lived text[] := '{}';
  living text := 'false';
  towns bigint[];
  named bigint[] := null;
  only_towns boolean := true;
  alternatives jsonb;
  place jsonb;
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
  for place in select value from jsonb_array_elements(places) loop
    towns := array(select t.id from kernel_town t
                   where t.name_ko like place ->> 'town' or lower(t.name_en) like place ->> 'town');
    only_towns := only_towns and cardinality(towns) > 0;
    named := case when named is null then towns else array(select unnest(named) intersect select unnest(towns)) end;
    lived := lived || format(
      '(a.line_words && %L::varchar[]%s%s)',
      (select array_agg(value) from jsonb_array_elements_text(place -> 'marks')),
      (select format(' or hc_jamo(a.directions) like any (%L::text[])', array_agg(value))
       from jsonb_array_elements_text(place -> 'jamo') having count(*) > 0),
      case when cardinality(towns) > 0 then format(' or a.town_id = any (%L::bigint[])', towns) end);
  end loop;
  if cardinality(lived) > 0 and not only_towns then
    living := array_to_string(lived, ' and ');
    named := '{}';
  end if;
  return query execute format($query$
    with people as materialized (
      select p.id from kernel_person p where %s and not p.sealed and p.scope_keys && $1 limit 400
    ), homes as materialized (
      select a.household_id from kernel_address a
      where (%s) and a.ends_on is null and a.scope_keys && $1 and not exists (
        select from kernel_membership m join kernel_person p on p.id = m.person_id
        where m.household_id = a.household_id and m.ends_on is null and p.sealed)
      limit 400
    ), houses as materialized (
      select distinct m.household_id from kernel_membership m join people on people.id = m.person_id
      where m.ends_on is null and m.scope_keys && $1
      union
      select household_id from homes
    ), hits as (
      select c.id from cases_case c join houses on houses.household_id = c.household_id
      union
      select c.id from cases_case c where c.number = any ($5)
      union
      select c.id from cases_case c where c.town_id = any ($7) and c.closed_at is null
        and (c.team_id = any ($2) or c.provider_id = any ($3) or c.id = any ($4)) and not exists (
          select from kernel_membership m join kernel_person p on p.id = m.person_id
          where m.household_id = c.household_id and m.ends_on is null and p.sealed)
      union
      select unnest($8)
    )
    select c.id from hits join cases_case c on c.id = hits.id join kernel_person main on main.id = c.main_person_id
    where not main.sealed and main.scope_keys && $1
      and (c.team_id = any ($2) or c.provider_id = any ($3) or c.id = any ($4))
    order by c.updated_at desc, c.id desc limit $6
  $query$, found, living) using keys, teams, providers, shared, numbers, most, coalesce(named, '{}'), needed;
end $$;
"""
BEFORE = "jsonb, text, text[], text[], text[], int"
AFTER = "jsonb, text, text[], text[], text[], jsonb, bigint[], int"


class Migration(together.Migration):
    dependencies = [("cases", "0035_drafts_and_presence"), ("kernel", "0012_address_words")]
    operations = [
        migrations.AddField(
            model_name="casepaper",
            name="original",
            field=models.ForeignKey(
                blank=True,
                help_text="the PDF as it came; `document` is its first page",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kernel.document",
            ),
        ),
        migrations.AddField(
            model_name="casepaper",
            name="pages",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.RunSQL(f"drop function hc_case_search({BEFORE})", migrations.RunSQL.noop),
        migrations.RunSQL(SEARCH, f"drop function hc_case_search({AFTER})"),
    ]
