"""A call-back is looked at again after growing pauses, without end, and the desk sees the ones that stay open."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [
        ("donations", "0010_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="providerevent",
            name="provider_event_open",
        ),
        migrations.AddField(
            model_name="providerevent",
            name="handled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="providerevent",
            name="next_at",
            field=models.DateTimeField(default=hopecare.kernel.clock.now),
        ),
        migrations.AddField(
            model_name="providerevent",
            name="problem",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddIndex(
            model_name="providerevent",
            index=models.Index(condition=models.Q(("handled_at", None)), fields=["next_at"], name="provider_event_due"),
        ),
    ]
