"""Boards count what was spent, not what was paid and came back (R61, R73)."""

from django.db import migrations


def counting(function: str, before: str, after: str) -> str:
    """The function as it stands, with another column; an error where it does not name the first one."""
    return f"""
do $$ declare body text := pg_get_functiondef('{function}'::regprocedure);
begin
  if position('{before}' in body) = 0 then raise exception '{function} does not count {before}'; end if;
  execute replace(body, '{before}', '{after}');
end $$;
"""


FUNCTIONS = ("hc_board_money(date)", "hc_outcomes(date, date)")
_INDEX = (
    "drop index service_money_day; create index service_money_day on cases_servicerecord (given_on)"
    " include (fund_source_id, {column}) where {column} > 0"
)


class Migration(migrations.Migration):
    dependencies = [("insight", "0008_services_per_need"), ("cases", "0041_spent")]
    operations = [
        *(
            migrations.RunSQL(counting(name, "amount_won", "spent_won"), counting(name, "spent_won", "amount_won"))
            for name in FUNCTIONS
        ),
        migrations.RunSQL(_INDEX.format(column="spent_won"), _INDEX.format(column="amount_won")),
    ]
