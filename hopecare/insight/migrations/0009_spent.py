"""Boards count what was spent, not what was paid and came back (R61, R73)."""

from django.db import migrations

from hopecare.kernel.in_place import changed

FUNCTIONS = ("hc_board_money(date)", "hc_outcomes(date, date)")
_INDEX = (
    "drop index service_money_day; create index service_money_day on cases_servicerecord (given_on)"
    " include (fund_source_id, {column}) where {column} > 0"
)


class Migration(migrations.Migration):
    dependencies = [("insight", "0008_services_per_need"), ("cases", "0041_spent")]
    operations = [
        *(changed(name, ("amount_won", "spent_won")) for name in FUNCTIONS),
        migrations.RunSQL(_INDEX.format(column="spent_won"), _INDEX.format(column="amount_won")),
    ]
