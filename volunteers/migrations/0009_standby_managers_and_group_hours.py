"""Stand-by lists, hope managers and their houses, hours of groups, sentences of thanks; the second wall on them."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
import volunteers.states
from hopecare.kernel import together
from hopecare.kernel.rls import case_keyed, principal, protect

OFFERS = principal("offers")
REGISTER = "nullif(current_setting('app.volunteers', true), '') is not null"
OWN_CENTRE = "provider_id = nullif(current_setting('app.volunteers', true), '')::int"
STAFF = f"{case_keyed()} or {OWN_CENTRE}"

# Lines of a group are appended, and only where somebody had a portion on that day and the guardian's consent holds.
APPENDED = """
create function hc_group_hours_appended() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare day record;
declare whole int;
begin
  if tg_op <> 'INSERT' then
    raise exception 'hours are only appended' using errcode = '23514', constraint = 'group_hours_append_only';
  end if;
  select t.standing_id, t."on", s.partner_id into day
    from volunteers_turn t join volunteers_standing s on s.id = t.standing_id where t.id = new.turn_id;
  if not exists (select 1 from volunteers_portion
      where standing_id = day.standing_id and "on" = day."on" and state = 'given') then
    raise exception 'hours of a day that was given only' using errcode = '23514', constraint = 'group_hours_given_only';
  end if;
  if new.pupil_id is not null and new.corrects_id is null and not exists (select 1 from volunteers_pupil
      where id = new.pupil_id and partner_id = day.partner_id and consent_on <= day."on" and consent_until >= day."on"
      and (withdrawn_on is null or withdrawn_on > day."on")) then
    raise exception 'with consent only' using errcode = '23514', constraint = 'group_hours_with_consent';
  end if;
  select coalesce(sum(minutes), 0) + new.minutes into whole from volunteers_grouphours
    where turn_id = new.turn_id and pupil_id is not distinct from new.pupil_id;
  if whole < 0 or whole > new.people * 720 then
    raise exception 'a day lasts up to twelve hours' using errcode = '23514', constraint = 'group_hours_of_one_day';
  end if;
  return new;
end $$;
create trigger volunteers_group_hours_appended before insert or update or delete on volunteers_grouphours
  for each row execute function hc_group_hours_appended();
create policy volunteers_dayoff_add_by_word on volunteers_dayoff for insert
  with check (current_setting('app.principal', true) = 'offers');
create policy volunteers_insurance_warned on volunteers_insurance for update
  using (current_setting('app.principal', true) = 'offers')
  with check (current_setting('app.principal', true) = 'offers');
"""
CHANGEABLE = """
drop policy volunteers_insurance_warned on volunteers_insurance;
drop policy volunteers_dayoff_add_by_word on volunteers_dayoff;
drop trigger volunteers_group_hours_appended on volunteers_grouphours;
drop function hc_group_hours_appended();
"""


class Migration(together.Migration):
    dependencies = [
        ("cases", "0031_echoes_and_place_photos"),
        ("kernel", "0010_api_keys"),
        ("volunteers", "0008_projects_coupons_circles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="insurance",
            name="warned_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="call",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("ask", "Ask by telephone"),
                            ("tell", "Say that it is cancelled"),
                            ("settled", "Say that it is settled"),
                            ("meet", "Get to know"),
                            ("guardian", "Speak with the guardian"),
                            ("backup", "Call the back-up"),
                            ("assure", "Ask whether they still come"),
                            ("now", "Ask whether they can come at once"),
                            ("paper", "Ask about a paper that runs out"),
                            ("visit", "Ask how the visit was"),
                            ("escort", "Say who goes along the first time"),
                            ("partner", "Say how many come"),
                            ("rhythm", "Ask a hope manager about a house"),
                        ],
                        max_length=8,
                    ),
                )
            ]
        ),
        migrations.CreateModel(
            name="Cohort",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
                ("began_on", models.DateField()),
                (
                    "opened_by",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "name"), name="cohort_once"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="cohort_has_a_name"),
                ]
            },
        ),
        migrations.CreateModel(
            name="Echo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=160)),
                ("written_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("shown_from", models.DateField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "approved_by",
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
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.service"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_by", None), ("shown_from", None)),
                            models.Q(
                                ("approved_by__isnull", False),
                                ("shown_from__isnull", False),
                                models.Q(("approved_by", models.F("written_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="echo_approved_by_another",
                    ),
                    models.CheckConstraint(condition=models.Q(("words", ""), _negated=True), name="echo_has_words"),
                ]
            },
        ),
        migrations.CreateModel(
            name="GroupHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("people", models.PositiveSmallIntegerField(default=1)),
                ("minutes", models.IntegerField(help_text="of all these people together")),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("recorded_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "corrects",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrections",
                        to="volunteers.grouphours",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hours",
                        to="volunteers.pupil",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "turn",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hours", to="volunteers.turn"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("corrects", None)),
                        fields=("turn", "pupil"),
                        name="group_hours_once_a_day",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("people__range", (1, 100))), name="group_hours_of_people"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("corrects", None),
                                ("minutes__gte", 1),
                                (
                                    "minutes__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("people"), "*", models.Value(720)
                                    ),
                                ),
                            ),
                            models.Q(("corrects__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="group_hours_correction_has_a_reason",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="HopeManager",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("most", models.PositiveSmallIntegerField(default=10, help_text="houses at the same time")),
                ("since", models.DateField()),
                ("token", hopecare.kernel.crypto.EncryptedTextField()),
                ("token_hash", models.CharField(max_length=80, unique=True)),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="managers", to="volunteers.cohort"
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leads",
                        to="volunteers.volunteer",
                    ),
                ),
                (
                    "noted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "volunteer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="manager", to="volunteers.volunteer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("most__range", (1, 20))), name="manager_most_houses"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("leader", None),
                            models.Q(("leader", models.F("volunteer")), _negated=True),
                            _connector="OR",
                        ),
                        name="manager_led_by_another",
                    ),
                ]
            },
        ),
        migrations.CreateModel(
            name="Pairing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quarter", models.CharField(blank=True, help_text="as a stranger may know it", max_length=40)),
                ("letter", models.CharField(max_length=1)),
                ("every_days", models.PositiveSmallIntegerField(default=7)),
                ("since", models.DateField()),
                ("last_on", models.DateField(blank=True, null=True)),
                ("due_on", models.DateField()),
                ("rests", models.BooleanField(default=False)),
                ("reminded_at", models.DateTimeField(blank=True, null=True)),
                ("leader_told_at", models.DateTimeField(blank=True, null=True)),
                ("lead_told_at", models.DateTimeField(blank=True, null=True)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "begun_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "lead",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "manager",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pairings",
                        to="volunteers.hopemanager",
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
                    "town",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.town"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_on", None), ("rests", False)), fields=["due_on"], name="pairing_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)), fields=("case",), name="pairing_one_manager_a_house"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)), fields=("manager", "letter"), name="pairing_letter_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("every_days__range", (1, 31))), name="pairing_rhythm"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("reached", models.BooleanField()),
                ("via", models.CharField(max_length=5)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "noted_by",
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
                    "pairing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="volunteers.pairing"
                    ),
                ),
            ],
            options={"indexes": [models.Index(fields=["pairing", "-at"], name="contact_pairing")]},
        ),
        migrations.CreateModel(
            name="StandBy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField()),
                ("state", models.CharField(default=volunteers.states.StandByState["ASKED"], max_length=5)),
                ("asked_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answered_via", models.CharField(blank=True, max_length=4)),
                ("rung_at", models.DateTimeField(blank=True, null=True)),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stand_bys", to="volunteers.volunteer"
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.zone"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "on")), fields=["zone", "week"], name="stand_by_zone")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("volunteer", "week"), name="stand_by_once_a_week"),
                    models.CheckConstraint(
                        condition=models.Q(("week__iso_week_day", 1)), name="stand_by_from_a_monday"
                    ),
                ],
            },
        ),
        migrations.RunSQL(APPENDED, CHANGEABLE),
        protect("volunteers_standby", REGISTER, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_cohort", REGISTER, read=(OFFERS,)),
        protect("volunteers_hopemanager", REGISTER, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_pairing", STAFF, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_contact", STAFF, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_grouphours", OWN_CENTRE, read=(OFFERS,)),
        protect("volunteers_echo", REGISTER, read=(OFFERS,)),
    ]
