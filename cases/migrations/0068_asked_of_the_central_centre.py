"""Where a line holds nobody but whoever asks, the head of the central centre decides and reads no more than that (K1).

From the asking until the decision the text that was laid before her is open to her, and to whoever takes her place; the
case itself, rows of a section of their own and rows about another adult are not. Her own kin, a conflict of interest and
protected people stay shut (D5, D6), and nothing leaves the house that gives it out without a ground, nor the city
without a consent (K6, K7).
"""

from django.db import migrations

_LOCKED = "coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[]"
_TOLD = "section = '' and (x.person_id is null or x.person_id = c.main_person_id)"
ASKED = f"""
create function hc_asked_of_central(today date, moment timestamptz)
returns table (approval_id bigint, case_id bigint, team_id int, provider_id bigint, number varchar, subject varchar,
  asked_at timestamptz, asked_by varchar, words text, reason varchar, goal varchar, goal_words text, tasks jsonb, answers jsonb)
language sql stable security definer set search_path = public, pg_temp as $$
  with me as materialized (
    select nullif(current_setting('app.user_id', true), '')::bigint as id, o.id as house,
           o.kind in ('city', 'town_office') as public
    from kernel_organisation o
    where o.id = nullif(current_setting('app.house', true), '')::bigint
      and exists (select from kernel_team t where t.kind = 'central' and t.code = o.code)
  ), heads as materialized (
    select a.user_id as id from me join kernel_affiliation a on a.organisation_id = me.house and a.starts_on <= today
      and (a.ends_on is null or a.ends_on >= today)
    join kernel_role r on r.id = a.role_id and r.code = 'centre_head'
  )
  select a.id, c.id, c.team_id::int, c.provider_id, c.number, a.subject, a.asked_at, u.name, a.words, a.reason, p.goal,
    p.goal_words,
    (select coalesce(jsonb_agg(jsonb_build_array(x.title, x.due_on, x.owner_organisation_id) order by x.due_on, x.id), '[]')
     from cases_action x where a.subject = 'plan' and x.case_id = c.id and x.state in ('open', 'doing', 'offered', 'booked')
       and x.{_TOLD}),
    (select coalesce(jsonb_agg(jsonb_build_array(k.code, x.phase, x.answer, x.severity) order by x.asked_at, x.id), '[]')
     from cases_needanswer x join kernel_category k on k.id = x.category_id
     where a.subject = 'closing' and x.case_id = c.id and x.person_id = c.main_person_id and x.{_TOLD})
  from me
  join cases_approvalstep s on s.level = 'central' and s.decided_by_id is null and s.asked_by_id <> me.id
  join cases_approval a on a.id = s.approval_id and a.state = 'open'
  join cases_case c on c.id = a.case_id join kernel_organisation owner on owner.id = c.provider_id
  join kernel_user u on u.id = a.asked_by_id
  left join cases_plan p on p.id = a.plan_id
  where (exists (select from heads h where h.id = me.id) or exists (
      select from cases_cover v join heads h on h.id = v.absent_id
      where v.cover_id = me.id and v.organisation_id = me.house and v.starts_at <= moment and v.ends_at > moment))
    and c.id <> all ({_LOCKED})
    and (c.provider_id = me.house or me.public
         or hc_ground_holds(c.main_person_id, 'case_management', owner.kind in ('city', 'town_office'), today))
  order by a.asked_at, a.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0067_shares_contacts_and_keepers")]
    operations = [migrations.RunSQL(ASKED, "drop function hc_asked_of_central(date, timestamptz)")]
