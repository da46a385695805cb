"""Certificates of pupils' hours, read by the centre that prints them and by whoever holds the code."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hopecare.kernel.rls import principal, protect

OFFERS = principal("offers")
OWN_CENTRE = "provider_id = nullif(current_setting('app.volunteers', true), '')::int"


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0009_standby_managers_and_group_hours")]
    operations = [
        migrations.CreateModel(
            name="PupilCertificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=13, unique=True)),
                ("first", models.DateField()),
                ("last", models.DateField()),
                ("minutes", models.PositiveIntegerField()),
                ("days", models.PositiveIntegerField()),
                ("issued_on", models.DateField()),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="certificates", to="volunteers.pupil"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pupil", "first", "last", "minutes", "days"), name="pupil_certificate_once_as_it_stands"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gt", 0)), name="pupil_certificate_of_something"
                    ),
                ],
            },
        ),
        protect("volunteers_pupilcertificate", OWN_CENTRE, read=(OFFERS,)),
    ]
