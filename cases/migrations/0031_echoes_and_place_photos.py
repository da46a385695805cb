"""Photos of places, shown to everybody once somebody has looked (D9); which system told of one; who is not better."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hopecare.kernel import together


class Migration(together.Migration):
    dependencies = [
        ("cases", "0030_council_papers_keys"),
        ("kernel", "0010_api_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="seen",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("lives_alone", "Lives alone"),
                        ("skips_meals", "Seems to skip meals"),
                        ("mail_piles", "Mail is piling up"),
                        ("no_light", "No light goes on"),
                        ("ill", "Looks ill"),
                        ("bills", "Bills seem unpaid"),
                        ("children_alone", "Children are alone"),
                        ("cares", "Looks after someone at home"),
                        ("other", "Something else"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="echo",
            field=models.CharField(
                blank=True,
                default="",
                help_text="better or not_better, by whoever it is about",
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="echo_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="placerequest",
            name="client",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kernel.apikey",
            ),
        ),
        migrations.AddField(
            model_name="placerequest",
            name="media_url",
            field=models.CharField(
                blank=True, default="", help_text="as it was told; nobody fetches it", max_length=300
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="placerequest",
            name="photo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kernel.document",
            ),
        ),
        migrations.AddField(
            model_name="placerequest",
            name="photo_shown_at",
            field=models.DateTimeField(blank=True, help_text="since when everybody may see it (D9)", null=True),
        ),
        migrations.AddField(
            model_name="placerequest",
            name="photo_shown_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="placerequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("photo_shown_at", None), ("photo_shown_by", None)),
                    models.Q(
                        ("photo__isnull", False),
                        ("photo_shown_at__isnull", False),
                        ("photo_shown_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="place_photo_shown_by_somebody",
            ),
        ),
    ]
