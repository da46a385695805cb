"""Whom alone a task or an entry is about; nobody means the household (K6, D4)."""

import django.db.models.deletion
from django.db import migrations, models

from hopecare.kernel import together


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.person"
    )


class Migration(together.Migration):
    dependencies = [("cases", "0053_declined_on_a_round"), ("kernel", "0013_how_a_ground_was_given")]
    operations = [
        migrations.AddField(model_name="action", name="person", field=_person()),
        migrations.AddField(model_name="timelineentry", name="person", field=_person()),
    ]
