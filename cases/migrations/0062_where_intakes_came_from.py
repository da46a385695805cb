"""An imported row and a partner's urgent request know the intake they led to (R7, R19, R38)."""

import django.db.models.deletion
from django.db import migrations, models

from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [("cases", "0061_nightly_quotas_and_benefits")]

    operations = [
        migrations.AddField(
            model_name="importrow",
            name="intake",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="import_row",
                to="cases.intake",
            ),
        ),
        migrations.AddField(
            model_name="urgentrequest",
            name="intake",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="urgent_request",
                to="cases.intake",
            ),
        ),
    ]
