"""What somebody may receive tells what they have: it leaves the timeline, which other organisations read, and stays in
the section means, where it was kept beside."""

from django.db import migrations

FORGET = """
update cases_timelineentry set words = '', details = details - 'verdicts'
 where details ->> 'way' = 'benefits' and details ? 'verdicts'
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0063_about_one_at_conferences")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
