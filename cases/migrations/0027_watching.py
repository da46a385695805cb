"""Signals of need with the second wall: the case's own people, and the principal that asks, hears and lets climb (D10)."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.states
import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel import together
from hopecare.kernel.rls import case_keyed, principal, protect

WATCH = principal("watch")
TABLES = ("watch", "watchcontact", "watchaway", "watchsource", "watchevent", "checkin", "alarm", "alarmstep")
# What asking and hearing needs of others' tables: the case's number and lead, the person's state and language.
READS = ("cases_case", "kernel_person", "kernel_safecontact")
POLICIES = "".join(f"create policy {table}_watch_read on {table} for select using ({WATCH});\n" for table in READS)
NO_POLICIES = "".join(f"drop policy {table}_watch_read on {table};\n" for table in READS)


class Migration(together.Migration):
    dependencies = [
        ("cases", "0026_pathways"),
        ("kernel", "0008_staff_devices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "link_version",
                    models.PositiveSmallIntegerField(default=1, help_text="another one, and older links open nothing"),
                ),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("consent", "Consent"),
                            ("public_duty", "Public Duty"),
                            ("law", "Law"),
                            ("urgent", "Urgent"),
                        ],
                        default="consent",
                        max_length=12,
                    ),
                ),
                ("form_version", models.CharField(blank=True, max_length=20)),
                ("article", models.CharField(blank=True, max_length=120)),
                ("agreed_until", models.DateField(blank=True, null=True)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("sms", "by text message"),
                            ("call", "by a call"),
                            ("button", "by the button in the phone app or on the page"),
                            ("none", "not at all"),
                        ],
                        default="none",
                        max_length=6,
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(blank=True, help_text="0 = Monday; empty = every day", null=True),
                ),
                ("ask_at", models.TimeField(blank=True, null=True)),
                ("answer_minutes", models.PositiveSmallIntegerField(default=180)),
                ("on_closed_door", models.BooleanField(default=True)),
                ("no_contact_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("devices", models.BooleanField(default=False)),
                ("never_break", models.BooleanField(default=True)),
                (
                    "keys",
                    hopecare.kernel.crypto.EncryptedTextField(
                        blank=True, help_text="who has the key, as the person told"
                    ),
                ),
                ("safe_from", models.PositiveSmallIntegerField(default=8)),
                ("safe_to", models.PositiveSmallIntegerField(default=20)),
                ("words", models.TextField(blank=True, max_length=1000)),
                ("state", models.CharField(default=cases.states.WatchState["ON"], max_length=6)),
                ("state_since", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wish", "as they wished"),
                            ("staff", "the team ended it"),
                            ("hospital", "in hospital"),
                            ("moved", "moved away"),
                            ("died", "died"),
                            ("closed", "the case was closed"),
                            ("sealed", "the address became protected"),
                            ("consent", "the consent ran out"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "changed_via",
                    models.CharField(
                        choices=[
                            ("sms", "text message"),
                            ("link", "the page"),
                            ("app", "the phone app"),
                            ("call", "a call"),
                            ("staff", "the team"),
                            ("neighbour", "somebody they named"),
                            ("system", "by itself"),
                        ],
                        default="staff",
                        max_length=9,
                    ),
                ),
                ("next_ask_at", models.DateTimeField(blank=True, null=True)),
                ("last_sign_at", models.DateTimeField(blank=True, null=True)),
                (
                    "last_sign_via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sms", "text message"),
                            ("link", "the page"),
                            ("app", "the phone app"),
                            ("call", "a call"),
                            ("staff", "the team"),
                            ("neighbour", "somebody they named"),
                            ("system", "by itself"),
                        ],
                        max_length=9,
                    ),
                ),
                ("started_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "caller",
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
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="cases.case"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.person"
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
            ],
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("sms", "by text message"),
                            ("call", "by a call"),
                            ("button", "by the button in the phone app or on the page"),
                            ("none", "not at all"),
                        ],
                        max_length=6,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sms", "text message"),
                            ("link", "the page"),
                            ("app", "the phone app"),
                            ("call", "a call"),
                            ("staff", "the team"),
                            ("neighbour", "somebody they named"),
                            ("system", "by itself"),
                        ],
                        max_length=9,
                    ),
                ),
                ("missed_at", models.DateTimeField(blank=True, null=True)),
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
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="check_ins", to="cases.watch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("check_in", "no sign at the hour of asking"),
                            ("asked", "asked to be rung"),
                            ("door", "nobody opened at a visit"),
                            ("no_contact", "nobody has been in touch"),
                            ("device", "a device reported"),
                        ],
                        max_length=10,
                    ),
                ),
                ("kind", models.CharField(blank=True, help_text="what a device reported", max_length=12)),
                ("opened_at", models.DateTimeField()),
                ("rung", models.CharField(default=cases.states.Rung["CALL"], max_length=9)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, help_text="when somebody first did something", null=True),
                ),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended_via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sms", "text message"),
                            ("link", "the page"),
                            ("app", "the phone app"),
                            ("call", "a call"),
                            ("staff", "the team"),
                            ("neighbour", "somebody they named"),
                            ("system", "by itself"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("well", "is well"),
                            ("helped", "needed help and got it"),
                            ("false", "false alarm"),
                            ("missed", "found too late"),
                        ],
                        max_length=6,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="cases.case"
                    ),
                ),
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
                    "taken_by",
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
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="alarms", to="cases.watch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WatchAway",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "told_via",
                    models.CharField(
                        choices=[
                            ("sms", "text message"),
                            ("link", "the page"),
                            ("app", "the phone app"),
                            ("call", "a call"),
                            ("staff", "the team"),
                            ("neighbour", "somebody they named"),
                            ("system", "by itself"),
                        ],
                        max_length=9,
                    ),
                ),
                ("told_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
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
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="aways", to="cases.watch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WatchContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField(default=1)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("neighbour", "neighbour"),
                            ("family", "family"),
                            ("manager", "hope manager"),
                            ("other", "somebody else"),
                        ],
                        max_length=9,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("phone", hopecare.kernel.crypto.EncryptedTextField()),
                ("phone_hash", models.CharField(max_length=80)),
                ("texts", models.BooleanField(default=False)),
                ("agreed_on", models.DateField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="cases.watch"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="WatchSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender", models.CharField(max_length=40)),
                ("name", models.CharField(help_text="as the sender knows the device", max_length=80)),
                ("since", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
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
                    "watch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sources", to="cases.watch"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="WatchEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("hours", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("alarm", "alarm"),
                            ("known", "an alarm was open already"),
                            ("small", "too little for an alarm"),
                            ("away", "away or resting"),
                        ],
                        max_length=5,
                    ),
                ),
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
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="cases.watchsource"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AlarmStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rung", models.CharField(max_length=9)),
                ("at", models.DateTimeField()),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taken", "taken"),
                            ("no_answer", "not reached"),
                            ("unanswered", "nobody answered in time, it climbed"),
                            ("seen", "was seen"),
                            ("sign", "the person gave a sign"),
                            ("ended", "ended"),
                            ("away", "away, nothing climbs"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("by_name", models.CharField(blank=True, max_length=80)),
                ("words", models.CharField(blank=True, max_length=500)),
                (
                    "alarm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="cases.alarm"
                    ),
                ),
                (
                    "by",
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
            ],
            options={
                "indexes": [models.Index(fields=["alarm", "id"], name="alarm_step")],
            },
        ),
        migrations.CreateModel(
            name="DutyHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField()),
                ("from_hour", models.PositiveSmallIntegerField()),
                ("to_hour", models.PositiveSmallIntegerField()),
                ("holidays", models.BooleanField(default=False)),
                ("since", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_hour__lt", models.F("to_hour")), ("to_hour__lte", 24), ("weekday__lte", 6)
                        ),
                        name="duty_hour_in_order",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("team", "weekday", "from_hour", "user"),
                        name="duty_hour_once",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(condition=models.Q(("state", "on")), fields=["next_ask_at"], name="watch_due"),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(fields=["team", "-id"], name="watch_team"),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(fields=["case"], name="watch_case"),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ended"), _negated=True), fields=("person",), name="watch_one_per_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ground", "consent"), models.Q(("form_version", ""), _negated=True)),
                    models.Q(models.Q(("ground", "consent"), _negated=True), models.Q(("article", ""), _negated=True)),
                    _connector="OR",
                ),
                name="watch_has_ground",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(("way", "none"), ("ask_at__isnull", False), _connector="OR"),
                name="watch_asks_at_an_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("way", "call"), _negated=True), ("caller__isnull", False), _connector="OR"
                ),
                name="watch_call_has_caller",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(("safe_from__lt", models.F("safe_to")), ("safe_to__lte", 24)),
                name="watch_safe_hours_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="watch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "on"), ("why", "")),
                    models.Q(models.Q(("state", "on"), _negated=True), models.Q(("why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="watch_why",
            ),
        ),
        migrations.AddIndex(
            model_name="checkin",
            index=models.Index(
                condition=models.Q(("answered_at", None), ("missed_at", None)),
                fields=["answer_by"],
                name="check_in_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.UniqueConstraint(fields=("watch", "asked_at"), name="check_in_once"),
        ),
        migrations.AddConstraint(
            model_name="checkin",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("via", "")),
                    models.Q(("answered_at__isnull", False), models.Q(("via", ""), _negated=True)),
                    _connector="OR",
                ),
                name="check_in_answered_via",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["next_at"], name="alarm_climbs"),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["team", "-id"], name="alarm_team"),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("watch",), name="alarm_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_via", ""), ("result", "")),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("next_at", None),
                        models.Q(("result", ""), _negated=True),
                        models.Q(("ended_via", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="alarm_ends_with_result",
            ),
        ),
        migrations.AddIndex(
            model_name="watchaway",
            index=models.Index(fields=["watch", "-ends_at"], name="watch_away"),
        ),
        migrations.AddConstraint(
            model_name="watchaway",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gte", models.F("starts_at"))), name="watch_away_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="watchsource",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("sender", "name"), name="watch_source_once"
            ),
        ),
        migrations.AddIndex(
            model_name="watchevent",
            index=models.Index(fields=["source", "-received_at"], name="watch_event"),
        ),
        *(protect(f"cases_{table}", case_keyed(), read=(WATCH,), add=(WATCH,), change=(WATCH,)) for table in TABLES),
        migrations.RunSQL(POLICIES, NO_POLICIES),
    ]
