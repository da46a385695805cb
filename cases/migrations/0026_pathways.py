"""Longer help in steps, its later questions and its pictures, with the second wall (R39, R40, R43, R46, R52, D9)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.rls import SECTION_OPEN, also_demand, case_keyed, principal, protect

SWEEP = principal("sweep")
_IN_SECTIONS = ("cases_pathway", "cases_pathwaystep", "cases_pathwaycheck")
SECTIONS = [line for table in _IN_SECTIONS for line in also_demand(table, "section", SECTION_OPEN)]
NO_SECTIONS = [f"drop policy {table}_section on {table}" for table in _IN_SECTIONS]


class Migration(together.Migration):
    dependencies = [
        ("cases", "0025_what_if_figures"),
        ("kernel", "0009_password_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Pathway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("step", models.CharField(max_length=16)),
                ("since", models.DateField()),
                ("amount_won", models.BigIntegerField(blank=True, null=True)),
                ("grounds", models.JSONField(blank=True, default=list)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("room", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("begun_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("section", models.CharField(blank=True, max_length=16)),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.person"
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.resource",
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
        ),
        migrations.CreateModel(
            name="PathwayCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=16)),
                ("months", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("still", "still there"),
                            ("other", "somewhere else now"),
                            ("lost", "not any more"),
                            ("not_reached", "not reached"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=300)),
                ("section", models.CharField(blank=True, max_length=16)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="cases.pathway"
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
        ),
        migrations.CreateModel(
            name="PathwayPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("moment", models.CharField(choices=[("before", "before"), ("after", "afterwards")], max_length=6)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
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
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.document"
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="cases.pathway"
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
        ),
        migrations.CreateModel(
            name="PathwayStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(max_length=16)),
                ("on", models.DateField()),
                ("words", models.CharField(blank=True, max_length=300)),
                ("amount_won", models.BigIntegerField(blank=True, null=True)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("section", models.CharField(blank=True, max_length=16)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="taken", to="cases.pathway"
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
        ),
        migrations.AddIndex(
            model_name="pathway",
            index=models.Index(fields=["kind", "step"], name="pathway_kind"),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("case", "person", "kind"), name="pathway_open_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None), ("room__isnull", False)),
                fields=("place", "room"),
                name="pathway_room_lived_in_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.CheckConstraint(
                condition=models.Q(("room", None), ("place__isnull", False), _connector="OR"),
                name="pathway_room_of_a_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathway",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_won", None), ("amount_won__gt", 0), _connector="OR"), name="pathway_amount"
            ),
        ),
        migrations.AddIndex(
            model_name="pathwaycheck",
            index=models.Index(condition=models.Q(("done_on", None)), fields=["due_on"], name="pathway_check_due"),
        ),
        migrations.AddConstraint(
            model_name="pathwaycheck",
            constraint=models.UniqueConstraint(fields=("pathway", "step", "months"), name="pathway_check_once"),
        ),
        migrations.AddConstraint(
            model_name="pathwaycheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by", None), ("done_on", None), ("outcome", "")),
                    models.Q(
                        ("by__isnull", False), ("done_on__isnull", False), models.Q(("outcome", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="pathway_check_answered_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="pathwayphoto",
            constraint=models.UniqueConstraint(fields=("pathway", "document", "moment"), name="pathway_photo_once"),
        ),
        migrations.AddConstraint(
            model_name="pathwaystep",
            constraint=models.UniqueConstraint(fields=("pathway", "step"), name="pathway_step_once"),
        ),
        protect("cases_pathway", case_keyed(), read=(SWEEP,)),
        protect("cases_pathwaystep", case_keyed()),
        protect("cases_pathwaycheck", case_keyed(), read=(SWEEP,)),
        protect("cases_pathwayphoto", case_keyed()),
        migrations.RunSQL(SECTIONS, NO_SECTIONS),
    ]
