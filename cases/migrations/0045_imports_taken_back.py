"""What other systems brought across two records of one person is taken back when the two are taken apart (D6).

The row waits again with its words and goes to its own person; what it had written with the other one is gone, with the
questions about it. Nobody but the owner deletes, so the function runs as the owner, for the principal `imports` alone.
"""

from django.db import migrations

TAKE_BACK = """
create function hc_take_imports_back(pair bigint[]) returns table (file_id bigint, case_id bigint)
language plpgsql security definer set search_path = public, pg_temp as $$
declare again bigint[]; written bigint[];
begin
  if coalesce(current_setting('app.principal', true), '') <> 'imports' then
    raise exception 'imports alone are taken back by imports' using errcode = '42501';
  end if;
  select coalesce(array_agg(i.id), '{}') into again from cases_importrow i
  where i.person_id = any (pair) and i.state = 'done' and i.cells <> '' and i.kind in ('services', 'benefits');
  select coalesce(array_agg(distinct r.id), '{}') into written
  from cases_importrow i join cases_servicerecord r on r.id = i.record_id
  where i.id = any (again) and r.person_id = i.person_id and r.source = i.source
    and not exists (select from cases_importrow x where x.record_id = r.id and x.id <> all (again));
  return query
    select i.file_id, coalesce(r.case_id, b.case_id) from cases_importrow i
    left join cases_servicerecord r on r.id = i.record_id and r.id = any (written)
    left join cases_benefit b on b.row_id = i.id where i.id = any (again);
  update cases_importrow set state = 'waiting', record_id = null, done_at = null where id = any (again);
  delete from cases_overlap o where o.record_id = any (written);
  delete from cases_servicequestion q where q.record_id = any (written);
  delete from cases_servicerecord r where r.id = any (written);
  delete from cases_benefit b where b.row_id = any (again);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0044_pointing_after_two")]
    operations = [migrations.RunSQL(TAKE_BACK, "drop function hc_take_imports_back(bigint[])")]
