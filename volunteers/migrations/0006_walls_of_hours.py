"""Hours are appended, never changed, and only of confirmed visits; the second wall on them and on certificates."""

from django.db import migrations

from hopecare.kernel.rls import case_keyed, principal, protect

OFFERS = principal("offers")
REGISTER = "nullif(current_setting('app.volunteers', true), '') is not null"
OWN_CENTRE = "provider_id = nullif(current_setting('app.volunteers', true), '')::int"

APPENDED = """
create function hc_hours_appended() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare visit record;
declare whole int;
begin
  if tg_op <> 'INSERT' then
    raise exception 'hours are only appended' using errcode = '23514', constraint = 'hours_append_only';
  end if;
  select state, volunteer_id, case_id into visit from volunteers_offer where id = new.offer_id;
  if visit.state <> 'confirmed' or visit.volunteer_id <> new.volunteer_id or visit.case_id <> new.case_id then
    raise exception 'hours of a confirmed visit only' using errcode = '23514', constraint = 'hours_confirmed_only';
  end if;
  select coalesce(sum(minutes), 0) + new.minutes into whole from volunteers_hours where offer_id = new.offer_id;
  if whole < 0 or whole > 720 then
    raise exception 'a visit lasts up to twelve hours' using errcode = '23514', constraint = 'hours_of_one_visit';
  end if;
  return new;
end $$;
create trigger volunteers_hours_appended before insert or update or delete on volunteers_hours
  for each row execute function hc_hours_appended();
"""
CHANGEABLE = "drop trigger volunteers_hours_appended on volunteers_hours; drop function hc_hours_appended()"


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0005_hours_and_arrival")]
    operations = [
        migrations.RunSQL(APPENDED, CHANGEABLE),
        protect("volunteers_hours", f"{case_keyed()} or {OWN_CENTRE}", read=(OFFERS,), add=(OFFERS,)),
        protect("volunteers_certificate", REGISTER, read=(OFFERS,), add=(OFFERS,)),
    ]
