"""Figures of a trial, before and during it (R11)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [
        ("cases", "0074_wages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PilotFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("percent", "percent"),
                            ("count", "cases or people"),
                            ("days", "days"),
                            ("hours", "hours"),
                            ("won", "won"),
                            ("times", "times"),
                        ],
                        max_length=7,
                    ),
                ),
                ("hope", models.CharField(choices=[("down", "should fall"), ("up", "should rise")], max_length=4)),
                ("before", models.DecimalField(decimal_places=1, max_digits=12)),
                ("before_on", models.DateField()),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "pilot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="figures", to="cases.pilot"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PilotValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.DecimalField(decimal_places=1, max_digits=12)),
                ("on", models.DateField()),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "figure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="values", to="cases.pilotfigure"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="pilotfigure",
            constraint=models.UniqueConstraint(fields=("pilot", "name"), name="pilot_figure_once"),
        ),
        migrations.AddConstraint(
            model_name="pilotfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(("before__gte", 0)), name="pilot_figure_not_below_nothing"
            ),
        ),
        migrations.AddConstraint(
            model_name="pilotfigure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("unit", "count"), _negated=True), ("before", 0), ("before__gte", 5), _connector="OR"
                ),
                name="pilot_figure_of_nobody_few",
            ),
        ),
        migrations.AddIndex(
            model_name="pilotvalue",
            index=models.Index(fields=["figure", "on", "id"], name="pilot_value_day"),
        ),
        migrations.AddConstraint(
            model_name="pilotvalue",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", 0)), name="pilot_value_not_below_nothing"
            ),
        ),
    ]
