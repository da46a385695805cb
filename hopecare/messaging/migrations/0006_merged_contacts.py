"""The last look before sending reads the records that are one with the person named as the subject, too (D4, D6).

What somebody said on one record about being reached holds for all of them once two people found them to be one.
"""

from django.db import migrations

_OUTBOX = "current_setting('app.principal', true) = 'messages'"
_SUBJECT = "current_setting('app.subject', true)"
MERGED = f"""
create policy kernel_person_messages_merged on kernel_person for select
  using ({_OUTBOX} and canonical_id::text = {_SUBJECT});
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_unread"), ("kernel", "0012_address_words")]
    operations = [migrations.RunSQL(MERGED, "drop policy kernel_person_messages_merged on kernel_person")]
