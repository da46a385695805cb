"""A call-back comes with its notice in one transaction, as a report does."""

from django.db import migrations

from hopecare.kernel.rls import principal

INTAKE = principal("intake")
POLICY = (
    "alter policy messaging_message_intake on messaging_message with check (channel = 'notice' and {kinds} and {who})"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_case_search"), ("messaging", "0002_walls")]

    operations = [
        migrations.RunSQL(
            POLICY.format(kinds="object_kind in ('report', 'call_back')", who=INTAKE),
            POLICY.format(kinds="object_kind = 'report'", who=INTAKE),
        ),
    ]
