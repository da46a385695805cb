"""Lines and files of banks that could not be taken, and the second wall on them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel.rls import principal, protect

MONEY = "nullif(current_setting('app.money', true), '') is not null"
GIVING = principal("giving")


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0011_call_backs_with_pauses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OddLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("file_name", models.CharField(max_length=200)),
                ("line", models.PositiveIntegerField(default=0)),
                ("words", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("digest", models.CharField(max_length=80, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("unreadable", "It cannot be read"),
                            ("out", "Money went out of the account"),
                            ("not_ours", "The account is none of ours"),
                            ("unknown", "It answers no debit of ours"),
                            ("other", "The same number stood there before with another amount, day or account"),
                            ("refused", "The books did not take it"),
                            ("whole", "The whole file is set aside: its end is missing or it cannot be read"),
                        ],
                        max_length=10,
                    ),
                ),
                ("found_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "settled_by",
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
                    models.Index(condition=models.Q(("settled_at", None)), fields=["found_at"], name="odd_line_open")
                ],
            },
        ),
        protect("donations_oddline", MONEY, read=(GIVING,), add=(GIVING,), change=(GIVING,)),
    ]
