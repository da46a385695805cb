"""Payments move with their case to the team that takes it over; the team that asked for one keeps seeing it.

The organisation stays: its gifts paid, and what came of them is its own record, as with services (cases 0012).
"""

import django.db.models.deletion
from django.db import migrations, models

from hopecare.kernel.in_place import changed
from hopecare.kernel.rls import case_keyed, principal

MONEY = "nullif(current_setting('app.money', true), '') is not null"
GIVING = principal("giving")
ASKED = "asked_team_id = any (nullif(current_setting('app.teams', true), '')::int[])"
OF_THEM = f"payout_id in (select p.id from donations_payout p where p.{ASKED})"
FIRST = "update donations_payout set asked_team_id = team_id"

_TABLES = "(c.relname like 'cases\\_%' or c.relname = 'donations_letter')"
_ALSO = (
    "(c.relname like 'cases\\_%' or c.relname in ('donations_letter', 'donations_payout', 'donations_payoutreturn'))"
)
_RECORDS = """    if target = 'cases_servicerecord' then
      update cases_servicerecord set team_id = to_team where case_id = moved;
"""
_ALSO_PAID = """    if target in ('cases_servicerecord', 'donations_payout', 'donations_payoutreturn') then
      execute format('update %I set team_id = $1 where case_id = $2', target) using to_team, moved;
"""
_END = """  end loop;
end"""
_PHOTOS = """  end loop;
  update kernel_document d set scope_keys = array_append(d.scope_keys, to_team::int)
  from donations_payout p where p.case_id = moved and p.evidence_id = d.id and not d.scope_keys @> array[to_team::int];
end"""


def policies(also_payments: str = "", also_returns: str = "") -> list[str]:
    """Both tables' policies with one more condition for people; what came back is booked by the accountant as before."""
    payments = f"({MONEY} or {case_keyed()}{also_payments}) or ({GIVING})"
    returns = f"({MONEY} or {case_keyed()}{also_returns}) or ({GIVING})"
    return [
        f"alter policy donations_payout_read on donations_payout using ({payments})",
        f"alter policy donations_payout_change on donations_payout using ({payments}) with check ({payments})",
        f"alter policy donations_payoutreturn_read on donations_payoutreturn using ({returns})",
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0017_accounts_of_one_giver"),
        ("cases", "0052_needs_since"),
        ("kernel", "0013_how_a_ground_was_given"),
    ]
    operations = [
        migrations.AddField(
            model_name="payout",
            name="asked_team",
            field=models.ForeignKey(
                help_text="it asked for the payment, wherever the case went since",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kernel.team",
            ),
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(policies(f" or {ASKED}", f" or {OF_THEM}"), policies()),
        changed("hc_rekey_case(bigint, bigint, bigint)", (_TABLES, _ALSO), (_RECORDS, _ALSO_PAID), (_END, _PHOTOS)),
    ]
