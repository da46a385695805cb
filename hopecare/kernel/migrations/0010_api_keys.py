"""Keys of other people's systems, seen by the principal that lets them in alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel.rls import principal, protect


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0009_password_told"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=20)),
                ("name", models.CharField(help_text="whose system it is", max_length=80)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("beginning", models.CharField(max_length=8)),
                ("made_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("used", models.PositiveIntegerField(default=0)),
                ("last_used_on", models.DateField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
            ],
        ),
        protect("kernel_apikey", principal("devices")),
    ]
