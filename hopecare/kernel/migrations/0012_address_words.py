"""An address is found by a part of it: keyed marks of its encrypted line, and words of the directions by their jamo."""

from typing import Any

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from hopecare.kernel import address_words, together
from hopecare.kernel.crypto import decrypt


def mark_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Lines written before; each is decrypted here and nowhere kept in clear."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("select id, line from kernel_address where line <> ''")
        for pk, line in cursor.fetchall():
            marks = address_words.marks(decrypt(line))
            cursor.execute("update kernel_address set line_words = %s where id = %s", [marks, pk])


class Migration(together.Migration):
    dependencies = [("kernel", "0011_guardian_on_the_ground")]
    operations = [
        migrations.AddField(
            model_name="address",
            name="line_words",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=24),
                blank=True,
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24), size=None
                    ),
                ),
                default=list,
                help_text="marks of address_words",
                size=None,
            ),
        ),
        migrations.RunPython(mark_what_is_there, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="address",
            index=django.contrib.postgres.indexes.GinIndex(fields=["line_words"], name="address_line_words"),
        ),
        migrations.AddIndex(
            model_name="address",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func(models.F("directions"), function="hc_jamo", output_field=models.TextField()),
                    name="gin_trgm_ops",
                ),
                name="address_directions",
            ),
        ),
    ]
