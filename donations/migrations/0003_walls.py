"""The second wall on givers, gifts and payouts."""

from django.db import migrations

from hopecare.kernel.rls import case_keyed, principal, protect

MONEY = "nullif(current_setting('app.money', true), '') is not null"
GIVING = principal("giving")
OWN = "donor_id = (select d.id from donations_donor d where d.user_id = nullif(current_setting('app.user_id', true), '')::bigint)"
OWN_DONOR = "user_id = nullif(current_setting('app.user_id', true), '')::bigint"


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_ledger"), ("cases", "0007_call_back_notices")]
    operations = [
        protect("donations_donor", f"{MONEY} or {OWN_DONOR}", read=(GIVING,), add=(GIVING,), change=(GIVING,)),
        *(
            protect(f"donations_{name}", f"{MONEY} or {OWN}", read=(GIVING,), add=(GIVING,), change=(GIVING,))
            for name in ("gift", "order", "pledge", "method", "charge")
        ),
        *(
            protect(f"donations_{name}", MONEY, read=(GIVING,), add=(GIVING,), change=(GIVING,))
            for name in ("allocation", "batch", "chargeline", "deposit", "providerevent", "settlement")
        ),
        protect("donations_payout", f"{MONEY} or {case_keyed()}", read=(GIVING,), add=(GIVING,), change=(GIVING,)),
    ]
