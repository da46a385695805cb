"""A planner's line may be a sum of money as well as a percentage."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0024_what_if")]

    operations = [
        migrations.RenameField("whatifrun", "percent", "figure"),
        migrations.RenameField("whatifrun", "today_percent", "today_figure"),
    ]
