"""What somebody earns at the work that was found, when it begins and at each question after it (R46, R79)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel.rls import SECTION_OPEN, also_demand, case_keyed, parent_is_seen, protect

SECTION = also_demand("cases_pathwaywage", "section", SECTION_OPEN)
OWN_WORD = also_demand("cases_pathwaywage", "own_word", parent_is_seen("pathway"))


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0073_names_that_tell"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PathwayWage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=16)),
                ("months", models.PositiveSmallIntegerField(default=0)),
                ("wage_won", models.BigIntegerField(blank=True, help_text="a month, before taxes", null=True)),
                ("weekly_hours", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("section", models.CharField(default="work", max_length=16)),
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
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wages", to="cases.pathway"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("pathway", "step", "months"), name="pathway_wage_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("wage_won__isnull", False), ("weekly_hours__isnull", False), _connector="OR"
                        ),
                        name="pathway_wage_tells",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("wage_won", None), ("wage_won__gt", 0), _connector="OR"),
                        name="pathway_wage_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekly_hours", None), ("weekly_hours__range", (1, 84)), _connector="OR"),
                        name="pathway_wage_hours_of_a_week",
                    ),
                ],
            },
        ),
        protect("cases_pathwaywage", case_keyed()),
        migrations.RunSQL(SECTION, "drop policy cases_pathwaywage_section on cases_pathwaywage"),
        migrations.RunSQL(OWN_WORD, "drop policy cases_pathwaywage_own_word on cases_pathwaywage"),
    ]
