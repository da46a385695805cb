"""Questions of planners, and the care targets they are asked about: for the sweep alone, never of a sealed person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock

# No name, no address, no number of a case that anybody sees; one line a person, the main person first.
TARGETS = """
create function hc_care_targets(today date)
returns table (case_id bigint, zone varchar, coverage varchar, income bigint, relation varchar, born int)
language sql stable security definer set search_path = public, pg_temp as $$
  with told as (
    select distinct on (m.case_id) m.case_id, m.monthly_income_won from cases_means m order by m.case_id, m.told_on desc, m.id desc
  )
  select c.id, z.code, k.coverage_class, told.monthly_income_won, m.relation, to_char(p.birth_date, 'YYYYMMDD')::int
  from cases_case c
  join kernel_town w on w.id = c.town_id join kernel_zone z on z.id = w.zone_id
  join kernel_membership m on m.household_id = c.household_id and m.ends_on is null and m.lives_here
  join kernel_person p on p.id = m.person_id
  left join kernel_coverage k on k.household_id = c.household_id and k.starts_on <= today
    and (k.ends_on is null or k.ends_on > today)
  left join told on told.case_id = c.id
  where c.closed_at is null and current_setting('app.principal', true) = 'sweep' and not exists (
    select from kernel_membership n join kernel_person q on q.id = n.person_id
    where n.household_id = c.household_id and n.ends_on is null and q.sealed)
  order by c.id, p.id <> c.main_person_id, p.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0023_city_import_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WhatIfRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("lever", models.SlugField(max_length=40)),
                ("percent", models.PositiveSmallIntegerField()),
                ("today_percent", models.PositiveSmallIntegerField()),
                ("day", models.DateField()),
                ("rules_version", models.CharField(max_length=40)),
                ("asked_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("failed", models.BooleanField(default=False)),
                ("progress", models.PositiveSmallIntegerField(default=0, help_text="in percent")),
                ("seconds", models.FloatField(default=0)),
                (
                    "left_out",
                    models.PositiveIntegerField(default=0, help_text="households without an income or a birth date"),
                ),
                ("answer", models.JSONField(default=dict)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["-asked_at"], name="what_if_recent"),
                    models.Index(condition=models.Q(("finished_at", None)), fields=["asked_at"], name="what_if_open"),
                ],
            },
        ),
        migrations.RunSQL(TARGETS, "drop function hc_care_targets(date)"),
    ]
