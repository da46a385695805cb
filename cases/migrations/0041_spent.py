"""What was really spent in a service stands beside its sum: one column that everybody counts (R61, R73).

The record stays as it was written. What its payee sent back is kept beside it by the books alone, in the statement that
writes the later entry; `spent_won` follows by itself, on boards, official forms, exports and in a quota alike.
"""

from django.db import migrations, models

from hopecare.kernel import together
from hopecare.kernel.in_place import changed

# Entries of the time before tell what came back then.
BACKFILL = """
update cases_servicerecord r set returned_won = t.won from (
  select (details ->> 'record')::bigint as record, sum((details ->> 'came_back_won')::bigint)::bigint as won
  from cases_timelineentry where kind = 'service' and details ? 'came_back_won' group by 1
) t where t.record = r.id
"""
_ENTRY = """
  insert into cases_timelineentry (case_id, team_id, provider_id, at, kind, by_name, words, details)
  select c.id, c.team_id, c.provider_id, moment, 'service', '', '', jsonb_build_object('service', s.code, 'record', r.id,
         'came_back', mark, 'came_back_won', won, 'came_on', came)
  from cases_servicerecord r join cases_case c on c.id = r.case_id join kernel_service s on s.id = r.service_id
  where r.case_id = which and r.payment_uuid = payment and won > 0 and not exists (
    select from cases_timelineentry t where t.case_id = which and t.details @> jsonb_build_object('came_back', mark))
  order by r.id limit 1 returning id{more} into made{into};
"""
_FUNCTION = """
create or replace function
hc_payment_came_back(which bigint, payment uuid, mark bigint, won bigint, came date, moment timestamptz)
returns bigint language plpgsql security definer set search_path = public, pg_temp as $$
declare made bigint;{declared}
begin
  if coalesce(current_setting('app.principal', true), '') <> 'giving' then
    raise exception 'the books alone know what came back' using errcode = '42501';
  end if;{entry}{record}
  update cases_case set updated_at = moment where id = which and made is not null;
  return made;
end $$;
"""
BEFORE = _FUNCTION.format(declared="", entry=_ENTRY.format(more="", into=""), record="")
CAME_BACK = _FUNCTION.format(
    declared=" of_record bigint;",
    entry=_ENTRY.format(more=", (details ->> 'record')::bigint", into=", of_record"),
    record="  update cases_servicerecord set returned_won = returned_won + won where id = of_record;",
)
# As with the function above: nobody else writes what came back, whatever row they may otherwise write.
GUARD = """
create function hc_returned_by_the_books() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if coalesce(current_setting('app.principal', true), '') <> 'giving' then
    raise exception 'the books alone know what came back' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger cases_servicerecord_returned_new before insert on cases_servicerecord
  for each row when (new.returned_won <> 0) execute function hc_returned_by_the_books();
create trigger cases_servicerecord_returned before update of returned_won on cases_servicerecord
  for each row when (new.returned_won <> old.returned_won) execute function hc_returned_by_the_books();
"""


OVERLAPS = "hc_overlaps(bigint, bigint, bigint, bigint, date, date, bigint)"


class Migration(together.Migration):
    dependencies = [("cases", "0040_unsealing_and_pilots")]
    operations = [
        migrations.AddField(
            model_name="servicerecord",
            name="returned_won",
            field=models.BigIntegerField(
                db_default=0, default=0, help_text="what its payee sent back; the books alone write it"
            ),
        ),
        migrations.AddField(
            model_name="servicerecord",
            name="spent_won",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.F("amount_won") - models.F("returned_won"),
                output_field=models.BigIntegerField(),
            ),
        ),
        migrations.AddConstraint(
            model_name="servicerecord",
            constraint=models.CheckConstraint(
                condition=models.Q(returned_won__gte=0, returned_won__lte=models.F("amount_won")),
                name="service_returned_within",
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.RunSQL(CAME_BACK, BEFORE),
        migrations.RunSQL(GUARD, "drop function hc_returned_by_the_books() cascade"),
        changed(OVERLAPS, ("amount_won", "spent_won")),
    ]
