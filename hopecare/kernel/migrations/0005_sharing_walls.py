"""Field sections and locks on people and households, and agreements that nobody raises alone (D5, D6, R9, R37, K6)."""

from django.db import migrations

from hopecare.kernel.rls import SCOPED_NOT_LOCKED, also_demand, section_is_open

IDENTITY = ("kernel_person", "kernel_household", "kernel_address", "kernel_safecontact", "kernel_residentnumber")
HOUSEHOLD = ("kernel_membership", "kernel_coverage")
OTHERS = ("kernel_ground", "kernel_document")
SECTIONS = {**dict.fromkeys(IDENTITY, "identity"), **dict.fromkeys(HOUSEHOLD, "household")}
LOCKS = [line for table in (*SECTIONS, *OTHERS) for line in also_demand(table, "unlocked", SCOPED_NOT_LOCKED)]
OPEN = [line for table, section in SECTIONS.items() for line in also_demand(table, "section", section_is_open(section))]
GONE = [f"drop policy {table}_section on {table}" for table in SECTIONS]

# The newest version that holds counts; when it has ended, the pair is at level 0 again.
LEVEL = """
create function hc_agreed_level(one bigint, other bigint, today date) returns int
language sql stable set search_path = public, pg_temp as $$
  select coalesce((
    select case when g.starts_on <= today and (g.ends_on is null or g.ends_on >= today) then g.level end
    from kernel_agreement g
    where g.first_id = least(one, other) and g.second_id = greatest(one, other) and g.starts_on <= today
      and (g.lowered or (g.first_signed_at is not null and g.second_signed_at is not null))
    order by g.version desc limit 1), 0)
$$;
"""
# The newest row of a purpose counts; towards a private organisation only a consent does (K6).
GROUND = """
create function hc_ground_holds(person bigint, wanted text, consent_only boolean, today date) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select coalesce((
    select g.given and g.starts_on <= today and (g.ends_on is null or g.ends_on >= today) from kernel_ground g
    where g.person_id = person and g.purpose = wanted and (g.kind = 'consent' or not consent_only)
    order by g.recorded_at desc, g.id desc limit 1), false)
$$;
"""
# Each side signs for itself; one signature lowers, two raise; a version that stands is never changed.
SIGNING = """
create function hc_agreement_signed() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare
  house bigint := nullif(current_setting('app.house', true), '')::bigint;
  signs_first boolean := new.first_signed_at is not null;
  signs_second boolean := new.second_signed_at is not null;
begin
  if tg_op = 'UPDATE' then
    if (to_jsonb(new) - '{first_signed_by,first_signed_at,second_signed_by,second_signed_at}'::text[])
       is distinct from (to_jsonb(old) - '{first_signed_by,first_signed_at,second_signed_by,second_signed_at}'::text[])
       or (old.first_signed_at is not null and (new.first_signed_at, new.first_signed_by)
           is distinct from (old.first_signed_at, old.first_signed_by))
       or (old.second_signed_at is not null and (new.second_signed_at, new.second_signed_by)
           is distinct from (old.second_signed_at, old.second_signed_by)) then
      raise exception 'an agreement is never changed' using errcode = '23514', constraint = 'agreement_fixed';
    end if;
    signs_first := signs_first and old.first_signed_at is null;
    signs_second := signs_second and old.second_signed_at is null;
  elsif new.version <> 1 + coalesce((select max(version) from kernel_agreement g
                                     where g.first_id = new.first_id and g.second_id = new.second_id), 0) then
    raise exception 'versions follow one another' using errcode = '23514', constraint = 'agreement_in_order';
  elsif new.lowered and new.level >= hc_agreed_level(new.first_id, new.second_id, new.starts_on) then
    raise exception 'one side lowers only' using errcode = '23514', constraint = 'agreement_lowered';
  end if;
  if current_user <> (select relowner::regrole::text from pg_class where oid = tg_relid)
     and ((signs_first and house is distinct from new.first_id) or (signs_second and house is distinct from new.second_id)) then
    raise exception 'each side signs for itself' using errcode = '23514', constraint = 'agreement_own_signature';
  end if;
  return new;
end $$;
create trigger kernel_agreement_signed before insert or update on kernel_agreement
  for each row execute function hc_agreement_signed();
"""
SEALED = "create index person_sealed on kernel_person (id) where sealed"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_sharing")]
    operations = [
        migrations.RunSQL(LOCKS, migrations.RunSQL.noop),
        migrations.RunSQL(OPEN, GONE),
        migrations.RunSQL(LEVEL, "drop function hc_agreed_level(bigint, bigint, date)"),
        migrations.RunSQL(GROUND, "drop function hc_ground_holds(bigint, text, boolean, date)"),
        migrations.RunSQL(
            SIGNING, "drop trigger kernel_agreement_signed on kernel_agreement; drop function hc_agreement_signed()"
        ),
        migrations.RunSQL(SEALED, "drop index person_sealed"),
    ]
