"""A closing that waits carries what it closes with; what was asked may be withdrawn (K1)."""

from django.db import migrations, models
from django.db.models import Q

from hopecare.kernel import together

REASONS = [
    ("improved", "Improved"),
    ("self_reliant", "Stands on own feet"),
    ("statutory", "Statutory benefit took over"),
    ("moved", "Moved away"),
    ("died", "Died"),
    ("wish", "Wishes to end"),
    ("unreachable", "Cannot be reached"),
]


class Migration(together.Migration):
    dependencies = [("cases", "0059_open_consultations")]

    operations = [
        migrations.RemoveConstraint(model_name="approval", name="approval_state"),
        migrations.AddField(model_name="approval", name="erase", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="approval",
            name="reason",
            field=models.CharField(blank=True, choices=REASONS, max_length=14),
        ),
        migrations.AlterField(
            model_name="approval", name="state", field=models.CharField(default="open", max_length=9)
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["open", "approved", "returned", "withdrawn"]), name="approval_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.CheckConstraint(
                condition=Q(subject="closing") | Q(reason="", erase=False), name="approval_ends_only_when_closing"
            ),
        ),
    ]
