"""What statements say beside deposits, words on what differs from the books, and the second wall on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel import together
from hopecare.kernel.rls import principal, protect

MONEY = "nullif(current_setting('app.money', true), '') is not null"
GIVING = principal("giving")


class Migration(together.Migration):
    dependencies = [
        ("donations", "0013_days_of_monthly_runs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BankBalance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("closing_won", models.BigIntegerField()),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="balances", to="donations.receiver"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("receiver", "day"), name="bank_balance_once")],
            },
        ),
        migrations.CreateModel(
            name="BankExplanation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("about", models.BigIntegerField(help_text="the row of that kind")),
                ("won", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("provider", "A payment company passed gifts on; the books have them from its settlement"),
                            ("operating", "Moved between the operating account and this one"),
                            ("bank", "The bank's own mistake or fee"),
                            ("before", "It was there before this account's statements were read"),
                            ("other", "For another reason"),
                        ],
                        max_length=9,
                    ),
                ),
                ("words", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "about", "won"), name="bank_explanation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("deposit", "withdrawal", "payout", "back", "balance"))),
                        name="bank_explanation_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("words", ""), _negated=True), name="bank_explanation_says_why"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bank_reference", models.CharField(max_length=60, unique=True)),
                ("booked_on", models.DateField()),
                ("name", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("memo", models.CharField(blank=True, max_length=60)),
                ("amount_won", models.BigIntegerField()),
                (
                    "back",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="donations.moneyback",
                    ),
                ),
                (
                    "payout",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="donations.payout",
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to="donations.receiver"
                    ),
                ),
                (
                    "worked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("back", None), ("payout", None)),
                        fields=["booked_on"],
                        name="withdrawal_unknown",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_won__gt", 0)), name="withdrawal_is_something"),
                    models.CheckConstraint(
                        condition=models.Q(("payout", None), ("back", None), _connector="OR"),
                        name="withdrawal_one_payment",
                    ),
                ],
            },
        ),
        protect("donations_withdrawal", MONEY, read=(GIVING,), add=(GIVING,), change=(GIVING,)),
        protect("donations_bankbalance", MONEY, read=(GIVING,), add=(GIVING,), change=(GIVING,)),
        protect("donations_bankexplanation", MONEY),
    ]
