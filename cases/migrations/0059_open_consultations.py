"""Questions to specialists that wait for an answer, for my day of whoever is asked."""

from django.db import migrations, models

from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [("cases", "0058_tries_and_unreached")]
    operations = [
        migrations.AddIndex(
            "consultation",
            models.Index(fields=["team"], name="consultation_open", condition=models.Q(ended_at=None)),
        ),
    ]
