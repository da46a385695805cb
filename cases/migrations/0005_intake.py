"""Citizens' side: reports told in words alone, a reporter's wish to withdraw, and the narrow doors of the status page."""

import django.db.models.deletion
from django.db import migrations, models

from hopecare.kernel import together
from hopecare.kernel.rls import principal

# Status by code without opening the table: what a reporter may know, and no word, place or name. A joined report shows
# the days of the one it was joined to, so that joining betrays nothing (D2).
STATUS = """
create function hc_report_status(wanted text)
returns table (about text, state text, received_at timestamptz, promised_at timestamptz, assigned_at timestamptz,
               looked_at timestamptz, closed_at timestamptz, withdrawn_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select r.about::text, r.state::text, r.received_at, r.promised_at, coalesce(r.assigned_at, j.assigned_at),
         coalesce(r.looked_at, j.looked_at), coalesce(r.closed_at, j.closed_at), r.withdrawn_at
  from cases_report r left join cases_report j on j.id = r.joined_to_id
  where r.code = wanted
$$;
"""
# Two figures for the front page, from the days between which the promises fell.
PROMISES = """
create function hc_promises_kept(since timestamptz, until timestamptz)
returns table (kept bigint, promised bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) filter (where coalesce(looked_at, closed_at) <= promised_at), count(*)
  from cases_report
  where promised_at >= since and promised_at < until and withdrawn_at is null and state not in ('joined', 'withdrawn')
$$;
"""
# A report comes with its notice in one transaction: the intake may leave notices about reports, and read none.
NOTICES = f"""
create policy messaging_message_intake on messaging_message for insert
  with check (channel = 'notice' and object_kind = 'report' and {principal("intake")});
"""


class Migration(together.Migration):
    dependencies = [("cases", "0004_desk"), ("kernel", "0002_walls"), ("messaging", "0002_walls")]

    operations = [
        migrations.AlterField(
            model_name="report",
            name="town",
            field=models.ForeignKey(
                blank=True,
                help_text="empty: told in words only",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kernel.town",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, help_text="the reporter's wish, whatever was done since", null=True),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["promised_at"], name="report_promised"),
        ),
        migrations.RunSQL(STATUS, "drop function hc_report_status(text)"),
        migrations.RunSQL(PROMISES, "drop function hc_promises_kept(timestamptz, timestamptz)"),
        migrations.RunSQL(NOTICES, "drop policy messaging_message_intake on messaging_message"),
    ]
