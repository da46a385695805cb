"""The last day on which gifts help a need; the nightly look closes what is over and tells its worker."""

from django.db import migrations, models

from hopecare.kernel.rls import principal

SWEEP = principal("sweep")


class Migration(migrations.Migration):
    dependencies = [("cases", "0031_echoes_and_place_photos")]

    operations = [
        migrations.AddField(
            model_name="publishedneed",
            name="wanted_by",
            field=models.DateField(help_text="the last day on which gifts still help", null=True),
        ),
        migrations.RunSQL(
            [
                f"create policy cases_publishedneed_swept on cases_publishedneed for select using ({SWEEP})",
                "create policy cases_publishedneed_ended on cases_publishedneed for update"
                f" using ({SWEEP}) with check ({SWEEP})",
            ],
            [
                "drop policy cases_publishedneed_ended on cases_publishedneed",
                "drop policy cases_publishedneed_swept on cases_publishedneed",
            ],
        ),
    ]
