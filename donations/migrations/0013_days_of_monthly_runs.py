"""Which days the monthly accounts were looked through, so that days of an outage are made up."""

from django.db import migrations, models

import hopecare.kernel.clock


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0012_odd_lines"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthlyRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(unique=True)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
            ],
        ),
    ]
