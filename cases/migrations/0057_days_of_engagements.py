"""The agenda of one day: conferences and appointments along their day, open approvals along their team."""

from django.db import migrations, models

from hopecare.kernel import together

_WITH_A_DAY = models.Q(ended_at=None, appointment_at__isnull=False)


class Migration(together.Migration):
    dependencies = [("cases", "0056_consents_that_run_out")]
    operations = [
        migrations.AddIndex("conference", models.Index(fields=["at"], name="conference_day")),
        migrations.AddIndex(
            "referral", models.Index(fields=["appointment_at"], name="referral_day", condition=_WITH_A_DAY)
        ),
        migrations.AddIndex(
            "approval", models.Index(fields=["team"], name="approval_waits", condition=models.Q(state="open"))
        ),
    ]
