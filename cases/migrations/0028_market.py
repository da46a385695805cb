"""The food market: shelves, cards, takings, with the second wall: the counter sees one card by its number (R41)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.rls import case_keyed, principal, protect, subject_is

COUNTER = principal("market", subject_is("number"))
AT_COUNTER = principal(
    "market", "card_id in (select id from cases_marketcard where number = current_setting('app.subject', true))"
)


class Migration(together.Migration):
    dependencies = [
        ("cases", "0027_watching"),
        ("kernel", "0009_password_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MarketCard",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=13, unique=True)),
                ("recommended_by", models.CharField(max_length=80)),
                ("recommended_on", models.DateField()),
                ("given_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("good_until", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
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
            name="MarketSite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "town",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.town"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MarketGood",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("won", models.PositiveIntegerField()),
                ("stock", models.PositiveIntegerField(default=0)),
                (
                    "site",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="goods", to="cases.marketsite"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MarketTaking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("count", models.PositiveSmallIntegerField()),
                ("won", models.PositiveIntegerField(help_text="worth of all of them")),
                ("taken_on", models.DateField(default=hopecare.kernel.clock.today)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "card",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="takings", to="cases.marketcard"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="cases.case"
                    ),
                ),
                (
                    "good",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.marketgood"
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
        migrations.AddConstraint(
            model_name="marketcard",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)), fields=("case",), name="market_card_one_a_household"
            ),
        ),
        migrations.AddConstraint(
            model_name="marketcard",
            constraint=models.CheckConstraint(
                condition=models.Q(("good_until__gte", models.F("given_on"))), name="market_card_days_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="marketgood",
            constraint=models.UniqueConstraint(fields=("site", "name"), name="market_good_once"),
        ),
        migrations.AddIndex(
            model_name="markettaking",
            index=models.Index(fields=["card", "taken_on"], name="market_taking_month"),
        ),
        migrations.AddConstraint(
            model_name="markettaking",
            constraint=models.CheckConstraint(condition=models.Q(("count__gte", 1)), name="market_taking_of_something"),
        ),
        protect("cases_marketcard", case_keyed(), read=(COUNTER,), change=(COUNTER,)),
        protect("cases_markettaking", case_keyed(), read=(AT_COUNTER,), add=(AT_COUNTER,)),
    ]
