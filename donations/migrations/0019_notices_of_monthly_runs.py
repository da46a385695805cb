"""Notices of debits are noted apart from the debits, as one may break while the other goes on."""

from django.db import migrations, models

from hopecare.kernel import together

#: Until now each run told of the days ahead right afterwards.
TOLD = "insert into donations_monthlyrun (day, what, at) select day, 'notices', at from donations_monthlyrun"
UNTOLD = "delete from donations_monthlyrun where what = 'notices'"


class Migration(together.Migration):
    dependencies = [
        ("donations", "0018_payouts_follow_their_case"),
    ]

    operations = [
        migrations.AddField("monthlyrun", "what", models.CharField(default="debits", max_length=8)),
        migrations.AlterField("monthlyrun", "day", models.DateField()),
        migrations.RunSQL(TOLD, UNTOLD),
        migrations.AddConstraint(
            "monthlyrun", models.UniqueConstraint(fields=("day", "what"), name="monthly_run_once")
        ),
    ]
