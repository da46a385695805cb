"""Drafts kept for their writer, who is inside at a visit, a file destroyed on wish (K9), cases of the city alone (K6)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel import together
from hopecare.kernel.rls import also_demand, case_keyed, principal, protect

SWEEP = principal("sweep")
OWN = "user_id = nullif(current_setting('app.user_id', true), '')::bigint"
# A photo is seen with its report: a lock on the case of that report closes it (D6).
PHOTO_OPEN = "exists (select from cases_report r where r.id = report_id)"
KEYED = (
    "team_id = any (nullif(current_setting('app.teams', true), '')::int[])"
    " or provider_id = any (nullif(current_setting('app.providers', true), '')::int[])"
)
# What the counter of the food market hands out is a service of the case; it reads its own rows back, nobody else's.
AT_COUNTER = principal(
    "market",
    "source = 'market' and case_id in"
    " (select case_id from cases_marketcard where number = current_setting('app.subject', true))",
)
OF_THE_MARKET = [
    f"create policy cases_servicerecord_market_read on cases_servicerecord for select using ({AT_COUNTER})",
    f"create policy cases_servicerecord_market_add on cases_servicerecord for insert with check ({AT_COUNTER})",
]
NOT_OF_THE_MARKET = [
    f"drop policy cases_servicerecord_market_{what} on cases_servicerecord" for what in ("read", "add")
]
# A public case of a mixed team is closed to its private members until the person has consented; urgent life or body,
# with its alarm, opens it all the same. Public cases are few, so that their index is small.
PUBLIC_CASES = "create index case_public on cases_case (team_id) where kind = 'public'"
# Urgent life or body opens such a case as any other; own kin, a conflict of interest and a seal keep it closed.
BREAK = """
create or replace function hc_break_glass(wanted varchar) returns table (case_id bigint, team_id bigint, provider_id bigint, lead_id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.team_id, c.provider_id, c.lead_id from cases_case c
  where c.number = wanted and nullif(current_setting('app.user_id', true), '') is not null
    and (c.id <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])
         or (c.kind = 'public' and not hc_is_sealed(c.id, null) and not exists (
               select from cases_caselock l where l.case_id = c.id and (l.ends_at is null or l.ends_at > now())
                 and l.user_id = current_setting('app.user_id', true)::bigint)))
$$;
"""
BREAK_BEFORE = """
create or replace function hc_break_glass(wanted varchar) returns table (case_id bigint, team_id bigint, provider_id bigint, lead_id bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.id, c.team_id, c.provider_id, c.lead_id from cases_case c
  where c.number = wanted and nullif(current_setting('app.user_id', true), '') is not null
    and c.id <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{}')::bigint[])
$$;
"""
REACH = """
create or replace function hc_reach(who bigint, house bigint, today date, moment timestamptz)
returns table (cases bigint[], led bigint[], locked bigint[], sealed bigint[], dates bigint[], plans bigint[], notes bigint[], health bigint[])
language sql stable security definer set search_path = public, pg_temp as $$
  with standing_in as materialized (
    select c.id from cases_cover v join cases_case c on c.lead_id = v.absent_id and c.closed_at is null
    where v.cover_id = who and v.organisation_id = house and v.starts_at <= moment and v.ends_at > moment
  ), sealed as materialized (
    select distinct c.id from kernel_person p join kernel_membership m on m.person_id = p.id and m.ends_on is null
    join cases_case c on c.household_id = m.household_id
    where p.sealed and not p.scope_keys && array[-(1000000000 + who)]::int[]
  ), closed_off as materialized (
    select l.case_id as id from cases_caselock l
    where l.user_id = who and l.starts_at <= moment and (l.ends_at is null or l.ends_at > moment)
    union
    select c.id from cases_case c
    where c.kind = 'public' and c.lead_id <> who and c.provider_id <> house
      and (c.team_id in (select t.team_id from kernel_teammembership t where t.user_id = who)
           or c.id in (select g.content_object_id from cases_casegrant g where g.user_id = who))
      and not exists (select from kernel_organisation h where h.id = house and h.kind in ('city', 'town_office'))
      and not exists (select from cases_breakglass b where b.case_id = c.id and b.user_id = who and b.starts_at <= moment and b.ends_at > moment)
      and not hc_ground_holds(c.main_person_id, 'case_management', true, today)
  ), shares as materialized (
    select s.case_id, hc_agreed_level(c.provider_id, house, today) as level,
           hc_ground_holds(c.main_person_id, 'case_management', owner.kind in ('city', 'town_office')
                           and guest.kind not in ('city', 'town_office'), today) as ground,
           hc_ground_holds(c.main_person_id, 'health', true, today) as health
    from cases_caseshare s join cases_case c on c.id = s.case_id and c.closed_at is null
    join kernel_person p on p.id = c.main_person_id and not p.sealed
    join kernel_organisation owner on owner.id = c.provider_id join kernel_organisation guest on guest.id = house
    where s.organisation_id = house and s.ended_at is null
  )
  select
    coalesce((select array_agg(x.id) from (
      select g.content_object_id as id from cases_casegrant g where g.user_id = who and (g.ends_at is null or g.ends_at > moment)
      union select id from standing_in
      union select b.case_id from cases_breakglass b where b.user_id = who and b.starts_at <= moment and b.ends_at > moment) x), '{}'),
    coalesce((select array_agg(x.id) from (
      select c.id from cases_case c where c.lead_id = who and c.closed_at is null union select id from standing_in) x), '{}'),
    coalesce((select array_agg(x.id) from (select id from closed_off union select id from sealed) x), '{}'),
    coalesce((select array_agg(id) from sealed where id not in (select id from closed_off)), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 1), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 2), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 3), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and health), '{}')
$$;
"""
REACH_BEFORE = """
create or replace function hc_reach(who bigint, house bigint, today date, moment timestamptz)
returns table (cases bigint[], led bigint[], locked bigint[], sealed bigint[], dates bigint[], plans bigint[], notes bigint[], health bigint[])
language sql stable security definer set search_path = public, pg_temp as $$
  with standing_in as materialized (
    select c.id from cases_cover v join cases_case c on c.lead_id = v.absent_id and c.closed_at is null
    where v.cover_id = who and v.organisation_id = house and v.starts_at <= moment and v.ends_at > moment
  ), sealed as materialized (
    select distinct c.id from kernel_person p join kernel_membership m on m.person_id = p.id and m.ends_on is null
    join cases_case c on c.household_id = m.household_id
    where p.sealed and not p.scope_keys && array[-(1000000000 + who)]::int[]
  ), closed_off as materialized (
    select l.case_id as id from cases_caselock l
    where l.user_id = who and l.starts_at <= moment and (l.ends_at is null or l.ends_at > moment)
  ), shares as materialized (
    select s.case_id, hc_agreed_level(c.provider_id, house, today) as level,
           hc_ground_holds(c.main_person_id, 'case_management', owner.kind in ('city', 'town_office')
                           and guest.kind not in ('city', 'town_office'), today) as ground,
           hc_ground_holds(c.main_person_id, 'health', true, today) as health
    from cases_caseshare s join cases_case c on c.id = s.case_id and c.closed_at is null
    join kernel_person p on p.id = c.main_person_id and not p.sealed
    join kernel_organisation owner on owner.id = c.provider_id join kernel_organisation guest on guest.id = house
    where s.organisation_id = house and s.ended_at is null
  )
  select
    coalesce((select array_agg(x.id) from (
      select g.content_object_id as id from cases_casegrant g where g.user_id = who and (g.ends_at is null or g.ends_at > moment)
      union select id from standing_in
      union select b.case_id from cases_breakglass b where b.user_id = who and b.starts_at <= moment and b.ends_at > moment) x), '{}'),
    coalesce((select array_agg(x.id) from (
      select c.id from cases_case c where c.lead_id = who and c.closed_at is null union select id from standing_in) x), '{}'),
    coalesce((select array_agg(x.id) from (select id from closed_off union select id from sealed) x), '{}'),
    coalesce((select array_agg(id) from sealed where id not in (select id from closed_off)), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 1), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 2), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and level >= 3), '{}'),
    coalesce((select array_agg(case_id) from shares where ground and health), '{}')
$$;
"""


class Migration(together.Migration):
    dependencies = [
        ("cases", "0034_photo_looks"),
        ("kernel", "0011_guardian_on_the_ground"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="erase_asked_on",
            field=models.DateField(
                blank=True, help_text="a young carer wished that the file be destroyed at closing (K9)", null=True
            ),
        ),
        migrations.AddField(
            model_name="council",
            name="meets_at",
            field=models.DateTimeField(blank=True, help_text="the next meeting", null=True),
        ),
        migrations.AddField(
            model_name="council",
            name="meets_in",
            field=models.CharField(blank=True, db_default="", default="", max_length=120),
        ),
        migrations.AddField(
            model_name="dutyhour",
            name="phone",
            field=hopecare.kernel.crypto.EncryptedTextField(
                blank=True, db_default="", default="", help_text="what rings outside office hours"
            ),
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.CharField(help_text="which form of the case, with the row it is about", max_length=40)),
                ("version", models.PositiveIntegerField(default=1)),
                ("fields", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("kept_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="cases.case"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "case", "form"), name="draft_one_a_form"),
                    models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="draft_version_counts"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("came_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("due_at", models.DateTimeField(help_text="when they meant to be out again")),
                ("left_at", models.DateTimeField(blank=True, null=True)),
                ("alarms", models.PositiveSmallIntegerField(default=0)),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="presences", to="cases.visit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("left_at", None)), fields=["due_at"], name="presence_inside")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)), fields=("visit", "user"), name="presence_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_at__gt", models.F("came_at"))), name="presence_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_by", None), ("left_at", None)),
                            models.Q(("ended_by__isnull", False), ("left_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="presence_ended_by_somebody",
                    ),
                ],
            },
        ),
        protect("cases_draft", case_keyed()),
        migrations.RunSQL(also_demand("cases_draft", "own", OWN), migrations.RunSQL.noop),
        protect("cases_presence", KEYED, read=(SWEEP,), change=(SWEEP,)),
        migrations.RunSQL(also_demand("cases_reportphoto", "unlocked", PHOTO_OPEN), migrations.RunSQL.noop),
        migrations.RunSQL(OF_THE_MARKET, NOT_OF_THE_MARKET),
        migrations.RunSQL(PUBLIC_CASES, "drop index case_public"),
        migrations.RunSQL(REACH, REACH_BEFORE),
        migrations.RunSQL(BREAK, BREAK_BEFORE),
    ]
