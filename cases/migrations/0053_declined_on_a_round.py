"""Whoever is met on a round may say no."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0052_needs_since")]
    operations = [
        migrations.AlterField(
            model_name="stopperson",
            name="result",
            field=models.CharField(
                blank=True,
                choices=[
                    ("met", "met"),
                    ("not_there", "was not there"),
                    ("later", "wants another day"),
                    ("declined", "does not want it"),
                ],
                max_length=10,
            ),
        ),
    ]
