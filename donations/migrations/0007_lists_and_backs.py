"""Lists of people who are asked for a monthly account, and transfers that go back; the second wall on both."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import donations.states
import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel import together
from hopecare.kernel.rls import principal, protect

MONEY = "nullif(current_setting('app.money', true), '') is not null"
MANAGE = "provider_id = nullif(current_setting('app.giving', true), '')::bigint"
GIVING = principal("giving")


class Migration(together.Migration):
    dependencies = [
        ("donations", "0006_many_hands"),
        ("kernel", "__first__"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="thanks",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="the person's own letter, looked at by the worker",
                max_length=500,
            ),
        ),
        migrations.RemoveConstraint(model_name="partner", name="partner_shop_has_rate"),
        migrations.AddConstraint(
            model_name="partner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", donations.states.PartnerKind["MERCHANT"]), ("rate_tt__range", (1, 5000))),
                    models.Q(("kind", donations.states.PartnerKind["POINTS"]), ("rate_tt__range", (1, 20000))),
                    models.Q(("kind", donations.states.PartnerKind["SCHOOL"]), ("rate_tt", None)),
                    _connector="OR",
                ),
                name="partner_shop_has_rate",
            ),
        ),
        migrations.CreateModel(
            name="MoneyBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("amount_won", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("asked", "The giver asked for it"),
                            ("rest", "It was not needed, and the giver wanted it back"),
                            ("mistake", "Transferred or debited by mistake"),
                            ("contest", "The holder of the account contests the debit"),
                        ],
                        max_length=7,
                    ),
                ),
                ("payee_name", hopecare.kernel.crypto.EncryptedTextField()),
                ("payee_account", hopecare.kernel.crypto.EncryptedTextField()),
                ("state", models.CharField(default=donations.states.BackState["REQUESTED"], max_length=9)),
                ("requested_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("approved_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                ("paid_on", models.DateField(null=True)),
                ("bank_reference", models.CharField(blank=True, max_length=60)),
                ("borne_won", models.BigIntegerField(default=0)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "charge",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="backs", to="donations.charge"
                    ),
                ),
                (
                    "paid_by",
                    models.ForeignKey(
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
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.receiver"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "state"], name="moneyback_of_centre")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_won__gt", 0)), name="moneyback_is_something"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="moneyback_second_approver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["approved", "paid"]), _negated=True),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="moneyback_approved_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "paid"), _negated=True),
                            models.Q(
                                ("paid_by__isnull", False),
                                ("paid_on__isnull", False),
                                models.Q(("bank_reference", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="moneyback_paid_with_reference",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["requested", "approved"])),
                        fields=("charge",),
                        name="moneyback_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("refused", models.JSONField(default=list)),
                ("state", models.CharField(default=donations.states.RosterState["DRAFT"], max_length=5)),
                ("made_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "closes_on",
                    models.DateField(help_text="until then they may answer; then their numbers are erased", null=True),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.fund"
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.receiver"
                    ),
                ),
                (
                    "sent_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "-id"], name="roster_of_centre")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            models.Q(
                                ("closes_on__isnull", False), ("sent_at__isnull", False), ("sent_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="roster_sent_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=13, unique=True)),
                ("name", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("phone", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("phone_hash", models.CharField(blank=True, max_length=80)),
                (
                    "units",
                    models.PositiveSmallIntegerField(default=1, help_text="what the list proposes; the person decides"),
                ),
                ("state", models.CharField(default=donations.states.InvitationState["WAITING"], max_length=8)),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "pledge",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="donations.pledge",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "roster",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="invitations",
                        to="donations.roster",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("asked_at", None), ("state", "waiting")),
                        fields=["roster"],
                        name="invitation_to_ask",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("phone_hash", ""), _negated=True),
                        fields=("roster", "phone_hash"),
                        name="invitation_once_a_list",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pledge__isnull", False), ("state", "accepted")),
                            models.Q(models.Q(("state", "accepted"), _negated=True), ("pledge", None)),
                            _connector="OR",
                        ),
                        name="invitation_account_by_own_consent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "waiting"),
                            models.Q(("name", ""), ("phone", ""), ("phone_hash", "")),
                            _connector="OR",
                        ),
                        name="invitation_then_forgotten",
                    ),
                    models.CheckConstraint(condition=models.Q(("units__range", (1, 2000))), name="invitation_units"),
                ],
            },
        ),
        *(
            protect(f"donations_{name}", f"{MONEY} or {MANAGE}", read=(GIVING,), add=(GIVING,), change=(GIVING,))
            for name in ("moneyback", "roster", "invitation")
        ),
    ]
