"""Projects in packages, coupons, circles of neighbours, days off; the second wall, and each package in its turn."""

import uuid

import django.db.models.deletion
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

# A package is open only when all before it are done or left out, and its action is asked for only while it is open.
IN_TURN = """
create function hc_package_in_turn() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if new.state = 'open' and exists (select 1 from volunteers_package where project_id = new.project_id
      and place < new.place and state not in ('done', 'left')) then
    raise exception 'one after another' using errcode = '23514', constraint = 'package_in_its_turn';
  end if;
  return new;
end $$;
create trigger volunteers_package_in_turn before insert or update of state on volunteers_package
  for each row execute function hc_package_in_turn();
create function hc_request_in_turn() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if exists (select 1 from volunteers_package where action_id = new.action_id and state <> 'open') then
    raise exception 'one after another' using errcode = '23514', constraint = 'request_in_its_turn';
  end if;
  return new;
end $$;
create trigger volunteers_request_in_turn before insert on volunteers_request
  for each row execute function hc_request_in_turn();
create policy volunteers_request_add_in_turn on volunteers_request for insert with check (current_setting('app.principal', true) = 'offers');
"""
OUT_OF_TURN = """
drop policy volunteers_request_add_in_turn on volunteers_request;
drop trigger volunteers_request_in_turn on volunteers_request;
drop function hc_request_in_turn();
drop trigger volunteers_package_in_turn on volunteers_package;
drop function hc_package_in_turn();
"""


def _id() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def _to(name: str, *, related: str = "+", empty: bool = False) -> models.ForeignKey:
    return models.ForeignKey(
        blank=empty, null=empty, on_delete=django.db.models.deletion.PROTECT, related_name=related, to=name
    )


def _keys() -> list[tuple[str, models.Field]]:
    return [("team", _to("kernel.team")), ("provider", _to("kernel.organisation")), ("case", _to("cases.case"))]


class Migration(together.Migration):
    dependencies = [
        ("cases", "0024_what_if"),
        ("kernel", "__first__"),
        ("volunteers", "0007_partners_and_safety"),
    ]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="thanked_since",
            field=models.DateField(blank=True, null=True, help_text="they wish to be thanked in public from then on"),
        ),
        migrations.CreateModel(
            name="DayOff",
            fields=[
                _id(),
                ("first", models.DateField()),
                ("last", models.DateField()),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="days_off", to="volunteers.volunteer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("volunteer", "first", "last"), name="day_off_once"),
                    models.CheckConstraint(condition=models.Q(("first__lte", models.F("last"))), name="day_off_order"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                _id(),
                *_keys(),
                ("title", models.CharField(max_length=80)),
                ("state", models.CharField(default=volunteers.states.ProjectState["DRAFT"], max_length=5)),
                ("opened_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("opened_by", _to(settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "state"], name="project_provider")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="project_has_a_title")
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                _id(),
                *_keys(),
                ("place", models.PositiveSmallIntegerField()),
                ("trade", models.CharField(max_length=16)),
                (
                    "what",
                    models.CharField(
                        help_text="as whoever runs volunteering at the centre may read it", max_length=120
                    ),
                ),
                ("seats", models.PositiveSmallIntegerField(default=1)),
                ("materials", models.CharField(blank=True, max_length=300)),
                ("won", models.PositiveIntegerField(default=0)),
                ("state", models.CharField(default=volunteers.states.PackageState["WAITS"], max_length=5)),
                ("began_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.action"
                    ),
                ),
                ("fund", _to("kernel.fundsource", empty=True)),
                ("project", _to("volunteers.project", related="packages")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "place"), name="package_place"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", volunteers.states.PackageState["OPEN"])),
                        fields=("project",),
                        name="package_one_at_a_time",
                    ),
                    models.CheckConstraint(condition=models.Q(("place__range", (1, 12))), name="package_in_order"),
                    models.CheckConstraint(condition=models.Q(("seats__range", (1, 6))), name="package_seats"),
                    models.CheckConstraint(
                        condition=models.Q(("won", 0), ("fund__isnull", False), _connector="OR"),
                        name="package_money_has_a_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coupon",
            fields=[
                _id(),
                *_keys(),
                ("code", models.CharField(max_length=13, unique=True)),
                ("issued_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                ("issued_by", _to(settings.AUTH_USER_MODEL, empty=True)),
                (
                    "portion",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="coupon", to="volunteers.portion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9A-Z]{13}$")), name="coupon_code_can_be_read"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Circle",
            fields=[
                _id(),
                ("village", models.CharField(max_length=40)),
                ("opened_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                ("opened_by", _to(settings.AUTH_USER_MODEL, empty=True)),
                ("provider", _to("kernel.organisation")),
                ("town", _to("kernel.town")),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("ended_on", None)), fields=["provider"], name="circle_provider")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("village", ""), _negated=True), name="circle_has_a_village"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Neighbour",
            fields=[
                _id(),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("name", hopecare.kernel.crypto.EncryptedTextField()),
                ("phone", hopecare.kernel.crypto.EncryptedTextField()),
                ("phone_hash", models.CharField(max_length=80)),
                ("language", models.CharField(default="ko", max_length=8)),
                ("sms_ok", models.BooleanField(default=True)),
                ("links", models.BooleanField(default=True)),
                ("token", hopecare.kernel.crypto.EncryptedTextField()),
                ("token_hash", models.CharField(max_length=80, unique=True)),
                ("agreed_on", models.DateField()),
                ("form_version", models.CharField(max_length=20)),
                (
                    "left_on",
                    models.DateField(blank=True, help_text="name and number are erased with it", null=True),
                ),
                ("circle", _to("volunteers.circle", related="neighbours")),
                ("provider", _to("kernel.organisation")),
                ("written_by", _to(settings.AUTH_USER_MODEL, empty=True)),
            ],
            options={
                "indexes": [models.Index(fields=["phone_hash"], name="neighbour_phone")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None)), fields=("circle", "number"), name="neighbour_place"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None)),
                        fields=("circle", "phone_hash"),
                        name="neighbour_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__range", (1, 12))), name="neighbour_one_of_twelve"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("form_version", ""), _negated=True), name="neighbour_agreed"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Favour",
            fields=[
                _id(),
                (
                    "kind",
                    models.CharField(choices=[("ask", "I ask"), ("offer", "I offer")], default="ask", max_length=5),
                ),
                ("words", hopecare.kernel.crypto.EncryptedTextField()),
                ("on", models.DateField(help_text="its last day")),
                ("state", models.CharField(default=volunteers.states.FavourState["OPEN"], max_length=5)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("written_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("by", _to("volunteers.neighbour", related="favours")),
                ("circle", _to("volunteers.circle", related="favours")),
                ("taken_by", _to("volunteers.neighbour", empty=True)),
            ],
            options={
                "indexes": [models.Index(fields=["circle", "state"], name="favour_circle")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["open", "back"]), ("taken_by", None)),
                            models.Q(("state__in", ["taken", "done"]), ("taken_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="favour_taken_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("taken_by", models.F("by")), _negated=True),
                        name="favour_taken_by_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(IN_TURN, OUT_OF_TURN),
        protect("volunteers_dayoff", REGISTER, read=(OFFERS,)),
        protect("volunteers_project", STAFF, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_package", STAFF, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_coupon", STAFF, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_circle", REGISTER, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_neighbour", OWN_CENTRE, read=(OFFERS,), change=(OFFERS,)),
        protect("volunteers_favour", OFFERS),
    ]
