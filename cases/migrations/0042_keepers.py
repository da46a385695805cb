"""A protected person whom fewer than two of the two still at work can see gets two others, named by four eyes (D5).

Those who name see neither record nor person: the database says which cases wait, and puts the keys in itself.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel import together
from hopecare.kernel.rls import also_demand, protect

SEALS = (
    "(current_setting('app.seals', true) = 'central'"
    " or {provider}::text = nullif(current_setting('app.seals', true), ''))"
)
# a seal shuts the case to whoever names; own kin and a conflict of interest shut the naming, too (D6)
NOT_KIN = (
    "({case} <> all (coalesce(nullif(current_setting('app.locked', true), ''), '{{}}')::bigint[])"
    " or {case} = any (coalesce(nullif(current_setting('app.sealed', true), ''), '{{}}')::bigint[]))"
)
UNLOCKED = also_demand("cases_keepernaming", "unlocked", NOT_KIN.format(case="case_id"))
# Who could see a protected record of one case: at work in its team or heading its house, or let in until a day; neither
# kin nor in conflict; of a public case without consent nobody private (K6). The seal itself is left out of it.
KEEPERS = """
create function hc_keepers(one_case bigint, today date, moment timestamptz)
returns table (user_id bigint, may_lead boolean)
language sql stable security definer set search_path = public, pg_temp as $$
  with c as materialized (
    select x.id, x.team_id, x.provider_id, x.kind, x.lead_id, x.main_person_id from cases_case x where x.id = one_case
  ), works as (
    select u.id, a.organisation_id, o.kind in ('city', 'town_office') as public,
      exists (select from kernel_rolepermission p where p.role_id = a.role_id and p.permission = 'case.lead') as leads,
      exists (select from kernel_teammembership m where m.user_id = u.id and m.team_id = c.team_id
              and m.starts_on <= today and (m.ends_on is null or m.ends_on >= today)) as in_team,
      a.organisation_id = c.provider_id and exists (select from kernel_rolepermission p
        where p.role_id = a.role_id and p.permission = 'case.view_organisation') as heads
    from c cross join kernel_user u
    join kernel_affiliation a on a.user_id = u.id and a.starts_on <= today and (a.ends_on is null or a.ends_on >= today)
    join kernel_organisation o on o.id = a.organisation_id
    where u.is_active and exists (
      select from kernel_rolepermission p where p.role_id = a.role_id and p.permission = 'case.view')
  )
  select w.id, bool_or(w.in_team and w.leads) from c cross join works w
  where coalesce(current_setting('app.seals', true), '') <> '' and (w.in_team or w.heads or exists (
      select from cases_casegrant g where g.content_object_id = c.id and g.user_id = w.id
        and (g.ends_at is null or g.ends_at > moment)))
    and not exists (select from cases_caselock l where l.case_id = c.id and l.user_id = w.id
      and l.starts_at <= moment and (l.ends_at is null or l.ends_at > moment))
    and (c.kind <> 'public' or w.public or w.organisation_id = c.provider_id
         or hc_ground_holds(c.main_person_id, 'case_management', true, today))
  group by 1
$$
"""
# The newest case of every household with somebody protected whom fewer than two still see, and nobody protected whom
# two do see: those two are asked instead. Numbers and accounts of staff, nothing of the person.
STUCK = f"""
create function hc_stuck_protections(today date, moment timestamptz)
returns table (case_id bigint, number varchar, team_id bigint, provider_id bigint, seers bigint[], at_work bigint[])
language sql stable security definer set search_path = public, pg_temp as $$
  with home as materialized (
    select distinct on (c.household_id) c.id, c.number, c.team_id, c.provider_id, c.household_id
    from cases_case c where c.household_id in (
      select m.household_id from kernel_person p join kernel_membership m on m.person_id = p.id and m.ends_on is null
      where p.sealed)
    order by c.household_id, c.closed_at desc nulls first, c.id desc
  ), people as (
    select h.id, p.id as person_id, (select coalesce(array_agg(-k::bigint - 1000000000), '{{}}')
      from unnest(p.scope_keys) k where k < -1000000000) as seers
    from home h join kernel_membership m on m.household_id = h.household_id and m.ends_on is null
    join kernel_person p on p.id = m.person_id and p.sealed
  ), counted as (
    select p.id, p.seers, (select coalesce(array_agg(k.user_id), '{{}}')
      from hc_keepers(p.id, today, moment) k where k.user_id = any (p.seers)) as at_work
    from people p
  ), cases as (
    select c.id,
      (select coalesce(array_agg(distinct s), '{{}}') from counted d cross join unnest(d.seers) s where d.id = c.id) as seers,
      (select coalesce(array_agg(distinct s), '{{}}') from counted d cross join unnest(d.at_work) s where d.id = c.id) as at_work
    from counted c group by c.id having max(cardinality(c.at_work)) < 2
  )
  select h.id, h.number, h.team_id, h.provider_id, c.seers, c.at_work from cases c join home h on h.id = c.id
  where {SEALS.format(provider="h.provider_id")} and {NOT_KIN.format(case="h.id")}
$$
"""
# Everything is asked once more where nobody can leave it out: who agrees is somebody else, the two are two others who
# can see the case, whoever still sees the person stays, and there are still fewer than two.
NAME = """
create function hc_name_keepers(wish bigint, why text, today date, moment timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  asked cases_keepernaming; home bigint; people bigint[]; keys int[]; before bigint; who bigint;
begin
  who := nullif(current_setting('app.user_id', true), '')::bigint;
  select * into asked from cases_keepernaming n where n.id = wish and n.agreed is null for update;
  if not found or who is null or who in (asked.asked_by_id, asked.lead_id, asked.deputy_id)
     or not exists (select from hc_stuck_protections(today, moment) s
                    where s.case_id = asked.case_id and s.at_work <@ array[asked.lead_id, asked.deputy_id])
     or not exists (select from hc_keepers(asked.case_id, today, moment) k where k.user_id = asked.lead_id and k.may_lead)
     or not exists (select from hc_keepers(asked.case_id, today, moment) k where k.user_id = asked.deputy_id)
  then
    raise exception 'no say over this protection' using errcode = '42501';
  end if;
  select c.household_id, c.lead_id into home, before from cases_case c where c.id = asked.case_id for update;
  select array_agg(p.id) into people from kernel_person p join kernel_membership m on m.person_id = p.id
    and m.ends_on is null where m.household_id = home and p.sealed;
  keys := array[least(-1000000000 - asked.lead_id, -1000000000 - asked.deputy_id),
                greatest(-1000000000 - asked.lead_id, -1000000000 - asked.deputy_id)]::int[];
  update kernel_person set scope_keys = keys where id = any (people);
  update kernel_safecontact set scope_keys = keys where person_id = any (people);
  update kernel_ground set scope_keys = keys where person_id = any (people);
  update kernel_residentnumber set scope_keys = keys where person_id = any (people);
  update kernel_household set scope_keys = keys where id = home;
  update kernel_membership set scope_keys = keys where household_id = home;
  update kernel_address set scope_keys = keys where household_id = home;
  update kernel_coverage set scope_keys = keys where household_id = home;
  if before <> asked.lead_id then
    update cases_leadperiod set ends_at = moment where case_id = asked.case_id and ends_at is null;
    insert into cases_leadperiod (case_id, team_id, provider_id, user_id, starts_at)
      values (asked.case_id, asked.team_id, asked.provider_id, asked.lead_id, moment);
  end if;
  update cases_case set lead_id = asked.lead_id, updated_at = moment where id = asked.case_id;
  insert into cases_casemember (case_id, team_id, provider_id, user_id, organisation_id, starts_on)
    select asked.case_id, asked.team_id, asked.provider_id, asked.lead_id,
      coalesce((select a.organisation_id from kernel_affiliation a where a.user_id = asked.lead_id
        and a.starts_on <= today and (a.ends_on is null or a.ends_on >= today) order by a.id limit 1), asked.provider_id),
      today
    where not exists (select from cases_casemember m
      where m.case_id = asked.case_id and m.user_id = asked.lead_id and m.ends_on is null);
  insert into cases_timelineentry (case_id, team_id, provider_id, at, kind, by_id, by_name, words, details)
    select asked.case_id, asked.team_id, asked.provider_id, moment, 'lead', who, u.name, why,
      jsonb_build_object('to', t.name) from kernel_user u cross join kernel_user t where u.id = who and t.id = asked.lead_id;
end $$
"""
_TO = {"on_delete": django.db.models.deletion.PROTECT, "related_name": "+"}


class Migration(together.Migration):
    dependencies = [
        ("cases", "0041_spent"),
        ("kernel", "0012_address_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KeeperNaming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", hopecare.kernel.crypto.EncryptedTextField()),
                ("asked_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("agreed", models.BooleanField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_by", models.ForeignKey(blank=True, null=True, to=settings.AUTH_USER_MODEL, **_TO)),
                ("asked_by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **_TO)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="cases.case"
                    ),
                ),
                ("deputy", models.ForeignKey(to=settings.AUTH_USER_MODEL, **_TO)),
                ("lead", models.ForeignKey(to=settings.AUTH_USER_MODEL, **_TO)),
                ("provider", models.ForeignKey(to="kernel.organisation", **_TO)),
                ("team", models.ForeignKey(to="kernel.team", **_TO)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("agreed", None)), fields=("case",), name="keepers_asked_once_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(agreed=None, answered_by=None, answered_at=None)
                        | models.Q(agreed__isnull=False, answered_by__isnull=False, answered_at__isnull=False),
                        name="keepers_answered_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(agreed=True) | ~models.Q(answered_by=models.F("asked_by")),
                        name="keepers_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=~models.Q(lead=models.F("deputy"))
                        & ~models.Q(asked_by=models.F("lead"))
                        & ~models.Q(asked_by=models.F("deputy"))
                        & ~(
                            models.Q(agreed=True)
                            & (models.Q(answered_by=models.F("lead")) | models.Q(answered_by=models.F("deputy")))
                        ),
                        name="keepers_are_two_others",
                    ),
                ],
            },
        ),
        protect("cases_keepernaming", SEALS.format(provider="provider_id")),
        migrations.RunSQL(UNLOCKED, migrations.RunSQL.noop),
        migrations.RunSQL(KEEPERS, "drop function hc_keepers(bigint, date, timestamptz)"),
        migrations.RunSQL(STUCK, "drop function hc_stuck_protections(date, timestamptz)"),
        migrations.RunSQL(NAME, "drop function hc_name_keepers(bigint, text, date, timestamptz)"),
    ]
