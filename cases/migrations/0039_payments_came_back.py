"""A payment from gifts that came back from its payee: a later entry on the case corrects the record of the service."""

from django.db import migrations

# The books alone write it, into the case that the payment was for; the record itself stays as it was written.
CAME_BACK = """
create function hc_payment_came_back(which bigint, payment uuid, mark bigint, won bigint, came date, moment timestamptz)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare made bigint;
begin
  if coalesce(current_setting('app.principal', true), '') <> 'giving' then
    raise exception 'the books alone know what came back' using errcode = '42501';
  end if;
  insert into cases_timelineentry (case_id, team_id, provider_id, at, kind, by_name, words, details)
  select c.id, c.team_id, c.provider_id, moment, 'service', '', '', jsonb_build_object('service', s.code, 'record', r.id,
         'came_back', mark, 'came_back_won', won, 'came_on', came)
  from cases_servicerecord r join cases_case c on c.id = r.case_id join kernel_service s on s.id = r.service_id
  where r.case_id = which and r.payment_uuid = payment and won > 0 and not exists (
    select from cases_timelineentry t where t.case_id = which and t.details @> jsonb_build_object('came_back', mark))
  order by r.id limit 1 returning id into made;
  update cases_case set updated_at = moment where id = which and made is not null;
  return made;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0038_room_photos")]
    operations = [
        migrations.RunSQL(
            CAME_BACK, "drop function hc_payment_came_back(bigint, uuid, bigint, bigint, date, timestamptz)"
        )
    ]
