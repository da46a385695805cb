"""Reports that nobody has looked at, in the order of their promises and of their coming: a bulk of reports of one hour
shares its promise."""

from django.db import migrations, models

from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [("cases", "0032_need_days")]
    operations = [
        migrations.RemoveIndex(model_name="report", name="report_promise_open"),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["promised_at", "id"],
                name="report_waiting",
                condition=models.Q(state__in=["received", "assigned"]),
            ),
        ),
    ]
