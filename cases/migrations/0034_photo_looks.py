"""What a report's photo looks like, so that two who photographed the same door are noticed."""

from django.db import migrations, models

from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [("cases", "0033_waiting_reports")]

    operations = [
        migrations.AddField(
            model_name="reportphoto",
            name="look",
            field=models.BigIntegerField(
                blank=True, help_text="what it looks like, in 64 bits; known from upload on", null=True
            ),
        ),
    ]
