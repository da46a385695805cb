"""A question that somebody found unfounded is not asked again the next night, only when its facts are others (D11, R20).

The flag is deleted and not kept. Its record bears a print of what was asked about, which tells nobody anything: kind,
the other side and until when. A further service is another record or another end, so that it is asked about anew.
"""

from django.db import migrations, models

from hopecare.kernel.in_place import changed

_PRINT = "md5({row}.kind || ':' || {row}.other_record_id || ':' || coalesce({row}.other_ends_on::text, ''))"
_SEEN = """declare gone cases_overlap;
begin
  select * into gone from cases_overlap o where o.id = wanted;
  delete from"""
_GONE = f""";
  if found then
    update cases_servicerecord s set set_aside = s.set_aside || ' ' || {_PRINT.format(row="gone")} where s.id = gone.record_id;
    return true;
  end if;
  return false;"""
NIGHT = f"""
create function hc_not_set_aside() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from cases_servicerecord s where s.id = new.record_id and s.set_aside <> ''
             and position({_PRINT.format(row="new")} in s.set_aside) > 0) then
    return null;
  end if;
  return new;
end $$;
create trigger cases_overlap_not_set_aside before insert on cases_overlap
  for each row when (new.nightly) execute function hc_not_set_aside();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0069_moved_leads")]
    operations = [
        migrations.AddField(
            model_name="servicerecord",
            name="set_aside",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="prints of questions that were unfounded; the database's own",
            ),
        ),
        changed(
            "hc_forget_overlap(bigint)",
            ("begin\n  delete from", _SEEN),
            (";\n  return found;", _GONE),
        ),
        migrations.RunSQL(
            NIGHT, "drop trigger cases_overlap_not_set_aside on cases_overlap; drop function hc_not_set_aside()"
        ),
    ]
