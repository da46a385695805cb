"""What was said about consent stands in the timeline."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0047_detail_changes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="timelineentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("report_received", "Report received"),
                    ("report_joined", "A near report was joined"),
                    ("visited", "Visited by two"),
                    ("opened", "Case opened"),
                    ("assessed", "Needs asked"),
                    ("stage", "Stage changed"),
                    ("planned", "Plan changed"),
                    ("signed", "Plan agreed"),
                    ("lead", "Lead changed"),
                    ("member", "Team changed"),
                    ("service", "Service given"),
                    ("referral", "Referral"),
                    ("offer", "Volunteer"),
                    ("contact", "Contact"),
                    ("note", "Note"),
                    ("state", "Person's state"),
                    ("consent", "Consent"),
                    ("closed", "Case closed"),
                    ("reopened", "Case reopened"),
                    ("aftercare", "Aftercare"),
                ],
                max_length=16,
            ),
        ),
    ]
