"""Months close in order in the database, too: none before those that stand open behind it, nothing booked before one.

Until here the service alone kept the order; whoever wrote the row by hand could leave a month open behind a closed one.
"""

from django.db import migrations

from hopecare.kernel.in_place import changed

_BEFORE = "  return new;\nend $function$"
_AFTER = """  if exists (select 1 from donations_closedperiod c where c.month > new.month)
     or exists (select 1 from generate_series(
                  (select date_trunc('month', min(booked_on)) from donations_journal),
                  new.month - interval '1 month', interval '1 month') as earlier(month)
                where not exists (select 1 from donations_closedperiod c where c.month = earlier.month::date)) then
    raise exception 'months close in order' using errcode = '23514', constraint = 'period_in_order';
  end if;
  return new;
end $function$"""
_ONE = "where month = date_trunc('month', new.booked_on)::date"
_ALL = "where month >= date_trunc('month', new.booked_on)::date"


class Migration(migrations.Migration):
    dependencies = [("donations", "0014_bank_and_books")]
    operations = [
        changed("hc_period_closes()", (_BEFORE, _AFTER)),
        changed("hc_journal_born()", (_ONE, _ALL)),
    ]
