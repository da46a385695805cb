"""The second wall around saved answers: by the code's or key's hash alone; the sweep empties what is over."""

from django.db import migrations

from hopecare.kernel.rls import principal, protect, subject_is

SWEEP = principal("sweep")


class Migration(migrations.Migration):
    dependencies = [("eligibility", "0001_display"), ("kernel", "0002_walls")]
    operations = [
        protect(table, mine, read=(SWEEP,), change=(SWEEP,))
        for table, column in (("eligibility_savedanswers", "code_hash"), ("eligibility_handover", "key_hash"))
        for mine in [principal("simulator", subject_is(column))]
    ]
