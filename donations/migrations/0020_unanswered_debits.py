"""Debits whose answer is waited for, found without a look at every payment there ever was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0019_notices_of_monthly_runs"),
    ]

    operations = [
        migrations.AddIndex(
            "charge",
            models.Index(condition=models.Q(("state", "waiting")), fields=["batch"], name="charge_unanswered"),
        ),
    ]
