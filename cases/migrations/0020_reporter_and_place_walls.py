"""The second wall around registered reporters and places: their team, its organisation, and the intake (K4, D3)."""

from django.db import migrations

from hopecare.kernel.rls import principal, protect, subject_is

KEYED = "team_id = any (nullif(current_setting('app.teams', true), '')::int[]) or " + (
    "provider_id = any (nullif(current_setting('app.providers', true), '')::int[])"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_reporters_and_places")]
    operations = [
        protect("cases_registeredreporter", KEYED, read=(principal("intake", subject_is("phone_hash")),)),
        protect("cases_placerequest", KEYED, read=(principal("intake"),), add=(principal("intake"),)),
    ]
