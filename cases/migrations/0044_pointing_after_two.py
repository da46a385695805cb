"""Nobody points to another record by likeness before a second person said yes: those who did stand for themselves (D6)."""

from django.db import migrations

APART = """
update kernel_person p set canonical_id = null from cases_merge m
where m.merged_id = p.id and m.kept_id = p.canonical_id and m.ground = 'likeness'
  and m.confirmed_at is null and m.undone_at is null
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0043_open_by_two"), ("kernel", "0012_address_words")]
    operations = [migrations.RunSQL(APART, migrations.RunSQL.noop)]
