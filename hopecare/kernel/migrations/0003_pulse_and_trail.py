"""Signs of life, and who looked at one record: a function, since array look-ups under a policy use no index."""

from django.db import migrations, models

TRAIL = """
create function hc_audit_trail(kind text, subject bigint, upto int)
returns table (at timestamptz, user_id bigint, user_name varchar, organisation_id bigint, principal varchar,
               source_address inet, what varchar, refused boolean, is_change boolean)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select * from (
    select r.at, r.user_id, r.user_name, r.organisation_id, r.principal, r.source_address, r.what, r.refused, false
    from kernel_read r where r.subject_kind = kind and r.subject_ids @> array[subject]
      and (r.owner_ids @> array[nullif(current_setting('app.audit', true), '')::int]
           or (current_setting('app.principal', true) = 'auditor' and current_setting('app.subject', true) = kind || ':' || subject))
    union all
    select c.at, c.user_id, c.user_name, c.organisation_id, c.principal, c.source_address, c.what, false, true
    from kernel_change c where c.subject_kind = kind and c.subject_ids @> array[subject]
      and (c.owner_ids @> array[nullif(current_setting('app.audit', true), '')::int]
           or (current_setting('app.principal', true) = 'auditor' and current_setting('app.subject', true) = kind || ':' || subject))
  ) trail order by 1 desc limit upto
$$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="Pulse",
            fields=[
                ("process", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(TRAIL, "drop function hc_audit_trail(text, bigint, int)"),
    ]
