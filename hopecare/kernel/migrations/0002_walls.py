"""Audit tables in monthly partitions, and the second wall on the kernel's private tables."""

from django.db import migrations

from hopecare.kernel.rls import SCOPED, principal, protect

_COMMON = """
    at timestamptz not null, id bigint generated always as identity, user_id bigint, user_name varchar(80) not null,
    organisation_id bigint, principal varchar(20) not null, source_address inet, subject_kind varchar(30) not null,
    subject_ids bigint[] not null, owner_ids int[] not null, what varchar(60) not null
"""
TABLES = f"""
create table kernel_change ({_COMMON}, details jsonb not null, primary key (at, id)) partition by range (at);
create table kernel_read ({_COMMON}, refused boolean not null, primary key (at, id)) partition by range (at);
create table kernel_change_rest partition of kernel_change default;
create table kernel_read_rest partition of kernel_read default;
create index kernel_change_subject on kernel_change using gin (subject_ids);
create index kernel_read_subject on kernel_read using gin (subject_ids);
create index kernel_read_user on kernel_read (user_id, at);
"""
# Partitions have no grants of their own: rows are reached through the parent, whose policies apply.
PARTITIONS = """
create function hc_audit_partitions(first date, months int) returns void language plpgsql as $$
declare month date; parent text;
begin
  for parent in select unnest(array['kernel_change', 'kernel_read']) loop
    for step in 0 .. months - 1 loop
      month := date_trunc('month', first)::date + make_interval(months => step);
      if to_regclass(parent || to_char(month, '_YYYYMM')) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', parent || to_char(month, '_YYYYMM'),
                       parent, month::timestamp at time zone 'Asia/Seoul', (month + interval '1 month')::timestamp at time zone 'Asia/Seoul');
      end if;
    end loop;
  end loop;
end $$;
select hc_audit_partitions((current_date - interval '1 month')::date, 30);
"""
NO_CHANGE = """
create function hc_append_only() returns trigger language plpgsql as
$$ begin raise exception '% is append-only', tg_table_name using errcode = '23514'; end $$;
create trigger kernel_change_fixed before update or delete on kernel_change for each row execute function hc_append_only();
create trigger kernel_read_fixed before update or delete on kernel_read for each row execute function hc_append_only();
"""
_MINE = "owner_ids @> array[nullif(current_setting('app.audit', true), '')::int]"
AUDIT_POLICIES = "".join(
    f"""
alter table {table} enable row level security;
create policy {table}_read on {table} for select using ({_MINE});
create policy {table}_add on {table} for insert with check (true);
"""
    for table in ("kernel_change", "kernel_read")
)

#: Sweeps look at safe contacts and states of people to stop messages; offers need the contact's words, nothing else.
SCOPED_TABLES = {
    "kernel_person": {"read": (principal("sweep"),)},
    "kernel_household": {},
    "kernel_membership": {},
    "kernel_address": {},
    "kernel_coverage": {},
    "kernel_safecontact": {"read": (principal("sweep"),)},
    "kernel_ground": {},
    "kernel_residentnumber": {},
    "kernel_document": {"read": (principal("intake"),), "add": (principal("intake"),)},
}


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [
        migrations.RunSQL(TABLES, "drop table kernel_change, kernel_read"),
        migrations.RunSQL(PARTITIONS, "drop function hc_audit_partitions(date, int)"),
        migrations.RunSQL(NO_CHANGE, migrations.RunSQL.noop),
        migrations.RunSQL(AUDIT_POLICIES, migrations.RunSQL.noop),
        *(protect(table, SCOPED, **conditions) for table, conditions in SCOPED_TABLES.items()),
    ]
