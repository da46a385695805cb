"""Tries in vain are counted since the last contact; whom nobody has reached for long is asked about (R20, R92)."""

from django.db import migrations, models

from hopecare.kernel import together
from hopecare.kernel.in_place import changed

SWEEP = "hc_sweep_omissions(date, timestamptz, jsonb, jsonb)"
COUNT = """
update cases_case c set tries = n.tries from (
  select t.case_id, count(*) as tries from cases_timelineentry t join cases_case x on x.id = t.case_id
  where t.kind = 'note' and t.details ->> 'way' = 'no_answer' and t.at > coalesce(x.last_contact_at, '-infinity')
  group by t.case_id) n
where c.id = n.case_id;
"""
# Met, spoken to, served, visited by a volunteer, or answered when asked: whichever was last.
_LAST = "                    and x.given_on > r.given_on and coalesce(x.until, x.given_on) > r.until);"
_UNREACHED = f"""{_LAST.removesuffix(";")}
  union all
  select c.id, 'unreached', null, null, 'since:' || l.day, l.day
  from cases_case c join kernel_person p on p.id = c.main_person_id and p.state in ('here', 'hospital')
  cross join lateral (select greatest(
    (coalesce(c.last_contact_at, c.opened_at) at time zone 'Asia/Seoul')::date,
    (select max(r.given_on) from cases_servicerecord r where r.case_id = c.id and r.given_on <= today),
    (select max(t.done_on) from cases_action t where t.case_id = c.id and t.owner_kind = 'volunteer'),
    (select max((w.last_sign_at at time zone 'Asia/Seoul')::date) from cases_watch w where w.case_id = c.id)) as day) l
  where c.closed_at is null and l.day < today - (rules ->> 'unreached')::int;"""
# Whoever is not reached yet is asked about again, whatever was answered; nothing comes back whose cause is gone.
_LATER = "  where o.answer = 'later' and o.answered_at < moment - make_interval(days => (rules ->> 'later')::int);"
_AGAIN = """  where (o.answer = 'later' or o.kind = 'unreached')
    and o.answered_at < moment - make_interval(days => (rules ->> 'later')::int)
    and (o.kind = 'entitlement' or exists (select from hc_found f where f.case_id = o.case_id and f.kind = o.kind
         and f.about = o.about and f.person_id is not distinct from o.person_id));"""


class Migration(together.Migration):
    dependencies = [("cases", "0057_days_of_engagements")]
    operations = [
        migrations.AddField(
            "case",
            "tries",
            models.PositiveSmallIntegerField(db_default=0, default=0, help_text="in vain since the last contact"),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.AlterField(
            "omission",
            "kind",
            models.CharField(
                choices=[
                    ("need", "need without a service"),
                    ("missed_visit", "missed visit"),
                    ("stage", "a new stage of life soon"),
                    ("ending", "a service ends soon"),
                    ("entitlement", "perhaps entitled, not receiving"),
                    ("unreached", "nobody reached"),
                ],
                max_length=12,
            ),
        ),
        changed(SWEEP, (_LAST, _UNREACHED), (_LATER, _AGAIN)),
    ]
