"""Pictures of rooms at a visit: the household's word for it, and no picture where it does not stand (D9)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.rls import also_demand, case_keyed, principal, protect

OFFERS = principal("offers")
# Neither shown nor taken once the household has taken its word back.
AGREED = "exists (select from cases_roomconsent a where a.id = consent_id and a.withdrawn_at is null)"


def _to(model: str, name: str = "+", **more: object) -> models.ForeignKey:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name=name, to=model, **more)


def _case_row() -> list[tuple[str, models.Field]]:
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("team", _to("kernel.team")),
        ("provider", _to("kernel.organisation")),
        ("case", _to("cases.case", "%(class)ss")),
    ]


class Migration(together.Migration):
    dependencies = [("cases", "0037_wishes_and_how_it_was"), ("kernel", "0012_address_words")]
    operations = [
        migrations.CreateModel(
            name="RoomConsent",
            fields=[
                *_case_row(),
                ("noted_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("action", _to("cases.action")),
                ("noted_by", _to(settings.AUTH_USER_MODEL)),
                ("withdrawn_by", _to(settings.AUTH_USER_MODEL, blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("action",),
                        name="room_consent_once_for_a_visit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                            models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="room_consent_taken_back_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoomPhoto",
            fields=[
                *_case_row(),
                ("sha256", models.CharField(help_text="the same picture sent twice is one", max_length=64)),
                ("moment", models.CharField(choices=[("before", "before"), ("after", "afterwards")], max_length=6)),
                ("by_name", models.CharField(max_length=80)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("consent", _to("cases.roomconsent", "photos")),
                ("document", _to("kernel.document")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("consent", "sha256"), name="room_photo_once")],
            },
        ),
        protect("cases_roomconsent", case_keyed(), read=(OFFERS,)),
        protect("cases_roomphoto", case_keyed(), read=(OFFERS,), add=(OFFERS,)),
        migrations.RunSQL(also_demand("cases_roomphoto", "agreed", AGREED), migrations.RunSQL.noop),
    ]
