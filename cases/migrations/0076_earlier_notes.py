"""Whoever is let into a case later reads its notes from that day on, unless told otherwise (R58)."""

from django.db import migrations, models

from hopecare.kernel import together
from hopecare.kernel.rls import also_demand, later_only

# Cases that one account reaches by a later exception, or by its organisation's later part, and by nothing else that
# is known here: not as their lead or in the lead's place (`led`), not for danger to life. Of several doors the widest
# counts. Team and organisation stand on each row and are asked there. In plpgsql for its kept plans: every request of
# staff asks, and hardly anybody has such a case.
NOTES_FROM = """
create function hc_notes_from(who bigint, house bigint, led bigint[], noted bigint[], moment timestamptz)
returns table (cases bigint[], since bigint[])
language plpgsql stable security definer set search_path = public, pg_temp as $$
begin
  if not exists (select from cases_casegrant g where g.user_id = who and g.notes_from is not null
                 and (g.ends_at is null or g.ends_at > moment))
     and (noted = '{}' or not exists (select from cases_caseshare s where s.case_id = any (noted)
          and s.organisation_id = house and s.ended_at is null and s.notes_from is not null)) then
    return query select '{}'::bigint[], '{}'::bigint[];
    return;
  end if;
  return query
  with doors as (
    select g.content_object_id as id, g.notes_from as day from cases_casegrant g
    where g.user_id = who and (g.ends_at is null or g.ends_at > moment)
      and (g.starts_at is null or g.starts_at <= moment)
    union all
    select s.case_id, s.notes_from from cases_caseshare s
    where s.case_id = any (noted) and s.organisation_id = house and s.ended_at is null
    union all
    select b.case_id, null from cases_breakglass b where b.user_id = who and b.starts_at <= moment and b.ends_at > moment
  ), kept as (
    select d.id, min(d.day) as day from doors d where d.id <> all (led)
    group by d.id having bool_and(d.day is not null)
  )
  select coalesce(array_agg(k.id order by k.id), '{}'),
         coalesce(array_agg(extract(epoch from k.day::timestamp at time zone 'Asia/Seoul')::bigint order by k.id), '{}')
  from kept k;
end $$;
"""
# What both walls ask of a row: the moment from which its case's notes are read.
SINCE = """
create function hc_since(cases bigint[], since bigint[], one bigint) returns timestamptz
language sql immutable parallel safe as $$
  select coalesce(to_timestamp(since[array_position(cases, one)]), '-infinity')
$$;
"""
# When somebody was last met or spoken to, a mistake left out: also of contacts whose words stay closed to whoever asks.
LAST_CONTACT = """
create function hc_last_contact(one_case bigint, kinds text[], vain text[], mistake jsonb) returns timestamptz
language sql stable security definer set search_path = public, pg_temp as $$
  select max(t.at) from cases_timelineentry t
  where t.case_id = one_case and t.kind = any (kinds) and not t.details @> mistake
    and coalesce(t.details ->> 'way', '') <> all (vain) and coalesce(t.details ->> 'result', '') <> all (vain)
    and (t.team_id = any (nullif(current_setting('app.teams', true), '')::int[])
         or t.provider_id = any (nullif(current_setting('app.providers', true), '')::int[])
         or t.case_id = any (nullif(current_setting('app.cases', true), '')::bigint[]))
$$;
"""
# Of whom to see, the case and the day of the one who asks: on its crew, and that day in the case's own team. They may
# have left it since, and see the row no more.
OWN_SEAT = """
create function hc_own_seat(person bigint) returns table (one_case bigint, day date)
language sql stable security definer set search_path = public, pg_temp as $$
  select p.case_id, o."on" from cases_stopperson p
  join cases_outingstop s on s.id = p.stop_id
  join cases_outing o on o.id = s.outing_id and o.cancelled_at is null
  join cases_outingcrew w on w.outing_id = o.id and w.user_id::text = current_setting('app.user_id', true)
  where p.id = person and exists (
    select from kernel_teammembership m where m.team_id = p.team_id and m.user_id = w.user_id
    and m.starts_on <= o."on" and (m.ends_on is null or m.ends_on >= o."on"))
$$;
"""
# Row that is a note, its time, its author; the other wall says the same in cases/access/predicates.py.
NOTES = {
    "timelineentry": (
        "words <> '' and (kind in ('contact', 'note', 'visited', 'aftercare') or kind = 'planned'"
        """ and (details @> '{"what": "decided"}' or details @> '{"what": "conference_held"}'))""",
        "at",
        "by_id",
    ),
    "voice": ("kind = 'private'", "at", "by_id"),
    "stopperson": ("words <> ''", "recorded_at", "recorded_by_id"),
    "aftercarecheck": ("words <> ''", "done_on", "done_by_id"),
    "agendapoint": ("words <> ''", "at", "by_id"),
    "decision": ("words <> ''", "at", "by_id"),
    "conference": ("held_at is not null and (summary <> '' or client_words <> '')", "held_at", "called_by_id"),
    "visit": ("note <> '' or told_whom <> ''", "recorded_at", "recorded_by_id"),
}
LATER_ONLY = [
    line for table, told in NOTES.items() for line in also_demand(f"cases_{table}", "later", later_only(*told))
]


def _day() -> models.DateField:
    return models.DateField(blank=True, help_text="earlier notes stay closed; empty: all are read", null=True)


class Migration(together.Migration):
    dependencies = [("cases", "0075_trial_figures")]

    operations = [
        migrations.AddField(model_name="casegrant", name="notes_from", field=_day()),
        migrations.AddField(model_name="caseshare", name="notes_from", field=_day()),
        migrations.RunSQL(NOTES_FROM, "drop function hc_notes_from(bigint, bigint, bigint[], bigint[], timestamptz)"),
        migrations.RunSQL(SINCE, "drop function hc_since(bigint[], bigint[], bigint)"),
        migrations.RunSQL(LAST_CONTACT, "drop function hc_last_contact(bigint, text[], text[], jsonb)"),
        migrations.RunSQL(OWN_SEAT, "drop function hc_own_seat(bigint)"),
        migrations.RunSQL(LATER_ONLY, [f"drop policy cases_{table}_later on cases_{table}" for table in NOTES]),
    ]
