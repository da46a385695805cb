"""An organisation whose name alone tells why somebody goes there is marked; known ones by the words of their names (D17)."""

from typing import Any

from django.db import migrations, models

from hopecare.kernel import together
from hopecare.kernel.telling import told_by


def mark(apps: Any, schema_editor: Any) -> None:
    organisations = apps.get_model("kernel", "Organisation").objects
    for one in organisations.filter(tells=""):
        if found := told_by(one.name_ko, one.name_en):
            organisations.filter(pk=one.pk).update(tells=found)


class Migration(together.Migration):
    dependencies = [("kernel", "0013_how_a_ground_was_given")]
    operations = [
        migrations.AddField(
            "organisation",
            "tells",
            models.CharField(
                blank=True,
                choices=[
                    ("violence", "violence"),
                    ("mental_health", "mental health or addiction"),
                    ("legal", "legal matters"),
                ],
                db_default="",
                default="",
                max_length=16,
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
