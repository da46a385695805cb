"""Who consented for a small child stands on the ground itself (K10)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0010_api_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="ground",
            name="guardian",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="who consented for a small child (K10)", max_length=80
            ),
        ),
    ]
