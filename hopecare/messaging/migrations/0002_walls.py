"""The second wall of the outbox: its principal sees all, repairers their organisation's, everybody their notices."""

from django.db import migrations

from hopecare.kernel.rls import principal, protect

_REPAIRS = "provider_id = nullif(current_setting('app.messages', true), '')::int"
_MINE = (
    "channel = 'notice' and ((recipient_kind = 'user' and recipient_id = nullif(current_setting('app.user_id', true), ''))"
    " or (recipient_kind = 'team'"
    " and recipient_id = any (nullif(current_setting('app.teams', true), '')::int[]::text[])))"
)
_ALL = principal("messages")
# The last look before sending reads one person at a time, the one named as the subject (D4, D15).
PERSON = """
create policy kernel_person_messages on kernel_person for select
  using (current_setting('app.principal', true) = 'messages' and id::text = current_setting('app.subject', true));
create policy kernel_safecontact_messages on kernel_safecontact for select
  using (current_setting('app.principal', true) = 'messages' and person_id::text = current_setting('app.subject', true));
"""
NO_PERSON = """
drop policy kernel_person_messages on kernel_person;
drop policy kernel_safecontact_messages on kernel_safecontact;
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("kernel", "0002_walls")]
    operations = [
        protect(
            "messaging_message",
            f"({_REPAIRS} and channel <> 'notice') or ({_MINE})",
            read=(_ALL,),
            add=(_ALL,),
            change=(_ALL,),
        ),
        protect("messaging_inboundmessage", _REPAIRS, read=(_ALL,), add=(_ALL,), change=(_ALL,)),
        protect("messaging_optout", _ALL),
        migrations.RunSQL(PERSON, NO_PERSON),
    ]
