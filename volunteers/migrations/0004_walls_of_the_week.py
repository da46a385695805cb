"""The second wall on papers, partings, pins and proposals."""

from django.db import migrations

from hopecare.kernel.rls import case_keyed, principal, protect

OFFERS = principal("offers")
REGISTER = "nullif(current_setting('app.volunteers', true), '') is not null"
OWN_CENTRE = "provider_id = nullif(current_setting('app.volunteers', true), '')::int"
STAFF = f"{case_keyed()} or {OWN_CENTRE}"


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0003_safety_and_week")]
    operations = [
        protect("volunteers_paper", REGISTER, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_parting", STAFF, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_pin", STAFF, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_proposal", STAFF, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
    ]
