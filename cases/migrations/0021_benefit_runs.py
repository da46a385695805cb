"""What the rules said to households, kept to be run again; behind the section of means (D12, R37)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel.rls import also_demand, case_keyed, principal, protect, section_is_open

# Whom the news of a changed result is for; nothing but the number and its lead, and for the sweep alone.
LEADS = """
create function hc_leads_of(wanted bigint[]) returns table (case_id bigint, number varchar, lead_id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.number, c.lead_id from cases_case c
  where c.id = any (wanted) and current_setting('app.principal', true) = 'sweep'
$$;
"""
SWEEP = principal("sweep")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_reporter_and_place_walls"),
        ("kernel", "0007_device_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BenefitRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("facts", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("verdicts", models.JSONField()),
                ("rules_version", models.CharField(max_length=40)),
                ("kept_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("replaced_at", models.DateTimeField(blank=True, null=True)),
                ("run_version", models.CharField(max_length=40)),
                ("turned", models.JSONField(default=list)),
                ("turned_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="cases.case"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("replaced_at", None)), fields=["run_version"], name="benefit_run_again"
                    ),
                    models.Index(
                        condition=models.Q(("replaced_at", None), ("seen_at", None), ("turned_at__isnull", False)),
                        fields=["team"],
                        name="benefit_turned",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)), fields=("case",), name="benefit_run_newest"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("seen_at", None), ("seen_by", None)),
                            models.Q(("seen_at__isnull", False), ("seen_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="benefit_seen_by_somebody",
                    ),
                ],
            },
        ),
        protect("cases_benefitrun", case_keyed(), read=(SWEEP,), change=(SWEEP,)),
        migrations.RunSQL(
            also_demand("cases_benefitrun", "section", section_is_open("means")),
            "drop policy cases_benefitrun_section on cases_benefitrun",
        ),
        migrations.RunSQL(LEADS, "drop function hc_leads_of(bigint[])"),
    ]
