"""Partners who give again and again, safety of both sides, courses; the second wall and the limits of portions."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
import volunteers.states
from hopecare.kernel import together
from hopecare.kernel.rls import NOT_LOCKED, also_demand, case_keyed, principal, protect

OFFERS = principal("offers")
REGISTER = "nullif(current_setting('app.volunteers', true), '') is not null"
OWN_CENTRE = "provider_id = nullif(current_setting('app.volunteers', true), '')::int"
LEADS = "lead_id = nullif(current_setting('app.user_id', true), '')::bigint"
STAFF = f"{case_keyed()} or {OWN_CENTRE}"

# A promise is one of the capacity, on a day of it, with the paper that is wanted; never where a minor lives (D7); and
# minors come in a group, each with a guardian's consent on that very day, beside a grown-up (K10).
WITHIN = """
create function hc_portion_within() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare gift record;
declare wanted record;
declare coming int;
begin
  if new.state <> 'promised' then
    return new;
  end if;
  select s.*, p.state as partner_state into gift
    from volunteers_standing s join volunteers_partner p on p.id = s.partner_id where s.id = new.standing_id for update of s;
  select service_id, with_minor, risk, licences into wanted from volunteers_request where id = new.request_id;
  if new.number > gift.capacity or wanted.service_id <> gift.service_id or gift.partner_state <> 'active'
      or new.on < gift.since or new.on > coalesce(gift.until, new.on) then
    raise exception 'more than is given' using errcode = '23514', constraint = 'portion_within_the_gift';
  end if;
  if wanted.with_minor then
    raise exception 'never where a minor is' using errcode = '23514', constraint = 'portion_never_with_a_minor';
  end if;
  if (wanted.risk > 0 or wanted.licences <> '{}')
      and (gift.paper_until is null or gift.paper_until < new.on
           or not wanted.licences <@ array[gift.paper_kind]::varchar[]) then
    raise exception 'a paper is wanted' using errcode = '23514', constraint = 'portion_with_its_paper';
  end if;
  if gift.pupils then
    select count(*) into coming from volunteers_pupil where partner_id = gift.partner_id and withdrawn_on is null
      and consent_on <= new.on and consent_until >= new.on;
    if coming < 2 then
      raise exception 'minors come in a group, with consent' using errcode = '23514', constraint = 'portion_of_a_group';
    end if;
  end if;
  return new;
end $$;
create trigger volunteers_portion_within before insert or update of state, number on volunteers_portion
  for each row execute function hc_portion_within();
create function hc_adults_alone() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare born int;
begin
  if new.state in ('accepted', 'scheduled') then
    select birth_year into born from volunteers_volunteer where id = new.volunteer_id;
    if extract(year from lower(new.during)) - born < 19 then
      raise exception 'minors come in a group' using errcode = '23514', constraint = 'offer_by_an_adult';
    end if;
  end if;
  return new;
end $$;
create trigger volunteers_adults_alone before insert or update of state on volunteers_offer
  for each row execute function hc_adults_alone();
"""
WITHOUT = """
drop trigger volunteers_portion_within on volunteers_portion;
drop function hc_portion_within();
drop trigger volunteers_adults_alone on volunteers_offer;
drop function hc_adults_alone();
"""


class Migration(together.Migration):
    dependencies = [
        ("cases", "0024_what_if"),
        ("kernel", "0007_device_walls"),
        ("kernel", "__first__"),
        ("volunteers", "0006_walls_of_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="Insurance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "insurer",
                    models.CharField(
                        choices=[
                            ("centre", "The centre's group policy"),
                            ("1365", "The volunteers' insurance of 1365"),
                        ],
                        default="centre",
                        max_length=6,
                    ),
                ),
                ("number_1365", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("noted_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="insurance", to="volunteers.volunteer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("business", "Shop or business"),
                            ("school", "School or youth group"),
                            ("association", "Professional association"),
                            ("group", "Volunteers' group"),
                        ],
                        max_length=12,
                    ),
                ),
                ("contact_name", models.CharField(max_length=80)),
                ("phone", hopecare.kernel.crypto.EncryptedTextField()),
                ("phone_hash", models.CharField(max_length=80)),
                ("language", models.CharField(default="ko", max_length=8)),
                ("lat", models.FloatField()),
                ("lon", models.FloatField()),
                ("sms_ok", models.BooleanField(default=True)),
                ("links", models.BooleanField(default=True)),
                ("state", models.CharField(default=volunteers.states.PartnerState["ACTIVE"], max_length=6)),
                ("token", hopecare.kernel.crypto.EncryptedTextField()),
                ("token_hash", models.CharField(max_length=80, unique=True)),
                ("agreed_on", models.DateField()),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "town",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.town"),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "state"], name="partner_provider")],
                "constraints": [models.UniqueConstraint(fields=("phone_hash", "name"), name="partner_once")],
            },
        ),
        migrations.CreateModel(
            name="Pupil",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", hopecare.kernel.crypto.EncryptedTextField()),
                ("birth_year", models.PositiveSmallIntegerField()),
                ("guardian_name", hopecare.kernel.crypto.EncryptedTextField()),
                ("guardian_phone", hopecare.kernel.crypto.EncryptedTextField()),
                ("consent_on", models.DateField()),
                ("consent_until", models.DateField()),
                ("form_version", models.CharField(max_length=20)),
                ("noted_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("withdrawn_on", models.DateField(blank=True, help_text="names are erased with it", null=True)),
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
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pupils", to="volunteers.partner"
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
                "indexes": [models.Index(fields=["partner"], name="pupil_partner")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("consent_until__gte", models.F("consent_on")),
                            models.Q(("form_version", ""), _negated=True),
                        ),
                        name="pupil_with_consent",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=None),
                ),
                (
                    "nth",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("starts", models.TimeField()),
                ("ends", models.TimeField()),
                ("capacity", models.PositiveSmallIntegerField()),
                (
                    "per",
                    models.CharField(
                        choices=[("day", "on each of these days"), ("week", "in a week"), ("month", "in a month")],
                        default="day",
                        max_length=5,
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        choices=[("theirs", "People come to them"), ("homes", "They come to the house")],
                        default="theirs",
                        max_length=6,
                    ),
                ),
                ("radius_km", models.FloatField(default=8)),
                ("pupils", models.BooleanField(default=False)),
                ("adult_name", models.CharField(blank=True, max_length=80)),
                ("paper_kind", models.CharField(blank=True, help_text="a code of data/safety.yaml", max_length=24)),
                ("paper_until", models.DateField(blank=True, null=True)),
                ("since", models.DateField()),
                ("until", models.DateField(blank=True, help_text="its last day", null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="standings", to="volunteers.partner"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__len__gte", 1), ("starts__lt", models.F("ends"))),
                        name="standing_day_and_order",
                    ),
                    models.CheckConstraint(condition=models.Q(("capacity__range", (1, 500))), name="standing_capacity"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pupils", False),
                            models.Q(models.Q(("adult_name", ""), _negated=True), ("paper_kind", "")),
                            _connector="OR",
                        ),
                        name="standing_pupils_with_an_adult",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Portion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("period", models.DateField()),
                ("number", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("cost", models.PositiveSmallIntegerField(default=0)),
                ("terms", models.JSONField(default=dict)),
                ("state", models.CharField(default=volunteers.states.PortionState["PLANNED"], max_length=8)),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="portions", to="volunteers.request"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="portions",
                        to="volunteers.matchrun",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="portions", to="volunteers.standing"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["standing", "on"], name="portion_standing"),
                    models.Index(fields=["team", "state"], name="portion_team"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["promised", "given"])),
                        fields=("standing", "period", "number"),
                        name="portion_once_each",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["promised", "given"]), _negated=True),
                            ("number__gte", 1),
                            _connector="OR",
                        ),
                        name="portion_has_a_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Turn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("told", models.PositiveSmallIntegerField(blank=True, help_text="so many were told last", null=True)),
                ("told_at", models.DateTimeField(blank=True, null=True)),
                ("off_at", models.DateTimeField(blank=True, help_text="they cannot on that day", null=True)),
                ("came", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("came_at", models.DateTimeField(blank=True, null=True)),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "standing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="turns", to="volunteers.standing"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("standing", "on"), name="turn_once")],
            },
        ),
        migrations.CreateModel(
            name="Escort",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("named_at", models.DateTimeField(blank=True, null=True)),
                ("rung_at", models.DateTimeField(blank=True, help_text="nobody was named a day before", null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "offer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="escort", to="volunteers.offer"
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("named_at", None), ("user", None)),
                            models.Q(("named_at__isnull", False), ("user__isnull", False)),
                            _connector="OR",
                        ),
                        name="escort_named_with_hour",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "told_by",
                    models.CharField(choices=[("volunteer", "the volunteer"), ("house", "the house")], max_length=9),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("injury", "Somebody was hurt"),
                            ("money", "Money, a bank card or keys"),
                            ("harassment", "Harassment or threats"),
                            ("worry", "Worry about the person"),
                            ("damage", "Something broke or is missing"),
                            ("other", "Another thing"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", hopecare.kernel.crypto.EncryptedTextField()),
                ("told_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("rests", models.BooleanField(default=False)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                ("outcome", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
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
                    "offer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="volunteers.offer"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="incidents", to="volunteers.volunteer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["volunteer"], name="incident_volunteer"),
                    models.Index(condition=models.Q(("settled_at", None)), fields=["provider"], name="incident_open"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("settled_by", None)),
                            models.Q(("rests", False), ("settled_at__isnull", False), ("settled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="incident_settled_by_somebody",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("course", models.CharField(max_length=24)),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("place", models.CharField(max_length=120)),
                ("taught_by", models.CharField(blank=True, max_length=80)),
                ("seats", models.PositiveSmallIntegerField(default=20)),
                ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "planned_by",
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
                "indexes": [models.Index(fields=["provider", "during"], name="session_provider")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seats__range", (1, 500)), models.Q(("place", ""), _negated=True)),
                        name="session_seats_and_place",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(default=volunteers.states.AttendanceState["ASKED"], max_length=8)),
                ("asked_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("noted_at", models.DateTimeField(blank=True, null=True)),
                ("completed_on", models.DateField(blank=True, null=True)),
                ("code", models.CharField(blank=True, max_length=13, null=True, unique=True)),
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
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="volunteers.volunteer",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attendances", to="volunteers.session"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["volunteer", "state"], name="attendance_volunteer")],
                "constraints": [
                    models.UniqueConstraint(fields=("session", "volunteer"), name="attendance_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", None), ("completed_on", None)),
                            models.Q(("code__isnull", False), ("completed_on__isnull", False), ("state", "came")),
                            _connector="OR",
                        ),
                        name="attendance_completed_who_came",
                    ),
                ],
            },
        ),
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
                ],
                max_length=8,
            ),
        ),
        migrations.RunSQL(WITHIN, WITHOUT),
        protect("volunteers_insurance", REGISTER, read=(OFFERS,)),
        protect("volunteers_session", REGISTER, read=(OFFERS,)),
        protect("volunteers_attendance", REGISTER, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_partner", REGISTER, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_standing", REGISTER, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_turn", REGISTER, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_pupil", OWN_CENTRE, read=(OFFERS,)),
        protect("volunteers_portion", STAFF, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_escort", STAFF, read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_incident", f"{OWN_CENTRE} or {LEADS}", read=(OFFERS,), add=(OFFERS,), change=(OFFERS,)),
        migrations.RunSQL(
            also_demand("volunteers_incident", "unlocked", NOT_LOCKED.format(case="case_id")),
            "drop policy if exists volunteers_incident_unlocked on volunteers_incident",
        ),
    ]
