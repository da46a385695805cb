"""Money boxes, shops and schools, campaigns, goods in kind; the second wall: a centre sees its own."""

import datetime

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
CENTRE = ("moneybox", "boxcount", "boxtrip", "boxcountline", "goodsgift", "goodsuse")
BY_CODE = ("partner", "partnerreport", "classtotal")


class Migration(together.Migration):
    dependencies = [
        ("donations", "0005_receipt_walls"),
        ("kernel", "0007_device_walls"),
        ("kernel", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="MoneyBox",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("registered_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("lost_on", models.DateField(null=True)),
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("receiver", "number"), name="moneybox_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoxCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counted_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("state", models.CharField(default=donations.states.CountState["COUNTED"], max_length=9)),
                ("first_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("second_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(help_text="in the dedicated account by this day", null=True)),
                ("difference_won", models.BigIntegerField(default=0, help_text="deposited less counted")),
                ("explanation", models.CharField(blank=True, max_length=300)),
                (
                    "explained_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "first_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="box_count",
                        to="donations.order",
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
                    "second_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "-id"], name="boxcount_of_centre")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_by", None),
                            models.Q(("second_by", models.F("first_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="boxcount_by_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "confirmed"), _negated=True),
                            models.Q(
                                ("due_on__isnull", False),
                                ("order__isnull", False),
                                ("second_at__isnull", False),
                                ("second_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="boxcount_confirmed_by_second",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("difference_won", 0), ("explained_by", None), ("explanation", "")),
                            models.Q(
                                models.Q(("difference_won", 0), _negated=True),
                                models.Q(("explanation", ""), _negated=True),
                                ("explained_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="boxcount_difference_explained",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("explained_by", None),
                            models.Q(
                                models.Q(("explained_by", models.F("first_by")), _negated=True),
                                models.Q(("explained_by", models.F("second_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="boxcount_explained_by_a_third",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoxTrip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "holder_kind",
                    models.CharField(
                        choices=[
                            ("shop", "Shop"),
                            ("school", "School or academy"),
                            ("office", "Office"),
                            ("group", "Church, temple or club"),
                            ("home", "A family"),
                        ],
                        max_length=6,
                    ),
                ),
                ("holder_name", hopecare.kernel.crypto.EncryptedTextField()),
                ("holder_phone", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("place", models.CharField(blank=True, max_length=120)),
                ("issued_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("ask_back_on", models.DateField()),
                ("returned_on", models.DateField(null=True)),
                ("seal_broken", models.BooleanField(default=False)),
                ("lost", models.BooleanField(default=False)),
                (
                    "count",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="donations.boxcount",
                    ),
                ),
                (
                    "issued_by",
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
                    "returned_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "box",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trips", to="donations.moneybox"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("count", None)), fields=["provider"], name="boxtrip_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("returned_on", None)), fields=("box",), name="boxtrip_one_at_a_time"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("returned_by", None), ("returned_on", None)),
                            models.Q(("returned_by__isnull", False), ("returned_on__gte", models.F("issued_on"))),
                            _connector="OR",
                        ),
                        name="boxtrip_returned_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("count", None), models.Q(("lost", False), ("returned_on__isnull", False)), _connector="OR"
                        ),
                        name="boxtrip_counted_when_back",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BoxCountLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_won", models.BigIntegerField()),
                (
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="donations.boxcount"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.boxtrip"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("count", "trip"), name="boxcountline_once"),
                    models.CheckConstraint(
                        condition=models.Q(("amount_won__gte", 0)), name="boxcountline_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=13, unique=True)),
                ("kind", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=80)),
                ("contact_name", hopecare.kernel.crypto.EncryptedTextField()),
                ("contact_phone", hopecare.kernel.crypto.EncryptedTextField()),
                (
                    "rate_tt",
                    models.PositiveSmallIntegerField(help_text="ten-thousandths of the sales; shops only", null=True),
                ),
                (
                    "may_be_named",
                    models.BooleanField(default=False, help_text="on the public page of those who give together"),
                ),
                ("signed_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("starts_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("ends_on", models.DateField(null=True)),
                (
                    "donor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.donor"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.fund"
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
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "kind"], name="partner_of_centre")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", donations.states.PartnerKind["MERCHANT"]), ("rate_tt__range", (1, 5000))),
                            models.Q(("kind", donations.states.PartnerKind["SCHOOL"]), ("rate_tt", None)),
                            _connector="OR",
                        ),
                        name="partner_shop_has_rate",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                        name="partner_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("sales_won", models.BigIntegerField(null=True)),
                ("rate_tt", models.PositiveSmallIntegerField(null=True)),
                ("amount_won", models.BigIntegerField()),
                ("reported_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_report",
                        to="donations.order",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="donations.partner"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at", None)),
                        fields=("partner", "month"),
                        name="partnerreport_once_a_month",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_won__gte", 0), ("rate_tt", None), ("sales_won", None)),
                            models.Q(
                                (
                                    "amount_won",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("sales_won"), "*", models.F("rate_tt")
                                        ),
                                        "/",
                                        models.Value(10000),
                                    ),
                                ),
                                ("rate_tt__isnull", False),
                                ("sales_won__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="partnerreport_share_is_right",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassTotal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("grade", models.PositiveSmallIntegerField()),
                ("room", models.PositiveSmallIntegerField()),
                ("amount_won", models.BigIntegerField()),
                ("givers", models.PositiveSmallIntegerField()),
                (
                    "guardians",
                    models.PositiveSmallIntegerField(help_text="guardians whose written consent the school holds"),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classes",
                        to="donations.partnerreport",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("report", "grade", "room"), name="classtotal_once"),
                    models.CheckConstraint(
                        condition=models.Q(("guardians__gte", models.F("givers"))), name="classtotal_guardians_agreed"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_won__gt", 0), ("givers__gt", 0), ("grade__range", (1, 6)), ("room__range", (1, 30))
                        ),
                        name="classtotal_sensible",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=13, unique=True)),
                ("title", models.CharField(max_length=80)),
                ("words", models.TextField(max_length=1000)),
                ("purpose", models.CharField(max_length=40)),
                ("target_won", models.BigIntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("registration", models.CharField(blank=True, max_length=80)),
                ("state", models.CharField(default=donations.states.CampaignState["DRAFT"], max_length=6)),
                ("made_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("closed_on", models.DateField(null=True)),
                ("close_reason", models.CharField(blank=True, max_length=8)),
                (
                    "remainder_approval",
                    models.CharField(blank=True, help_text="the registrar's word on what is left", max_length=80),
                ),
                (
                    "fund",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaign",
                        to="donations.fund",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.receiver"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("target_won__range", (100000, 10000000000))),
                        name="campaign_target_sensible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("target_won__lt", 10000000), models.Q(("registration", ""), _negated=True), _connector="OR"
                        ),
                        name="campaign_registered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__gt", models.F("starts_on")),
                            (
                                "ends_on__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_on"), "+", models.Value(datetime.timedelta(days=365))
                                ),
                            ),
                        ),
                        name="campaign_a_year_at_most",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened_by", None),
                            models.Q(("opened_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="campaign_opened_by_second",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "open"), _negated=True),
                            models.Q(("fund__isnull", False), ("opened_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="campaign_open_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("close_reason", ""), ("closed_on", None)),
                            models.Q(("closed_on__isnull", False), ("state", "closed")),
                            _connector="OR",
                        ),
                        name="campaign_closed_when",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsGift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("goods", "Goods"), ("event", "An event, a meal, an outing")], max_length=5
                    ),
                ),
                ("what", models.CharField(max_length=120)),
                ("quantity", models.PositiveIntegerField()),
                ("unit", models.CharField(max_length=20)),
                ("value_won", models.BigIntegerField()),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("receipt", "Receipt of the purchase"),
                            ("price", "Price in the shop"),
                            ("estimate", "Estimated by the giver"),
                        ],
                        max_length=8,
                    ),
                ),
                ("given_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("giver_name", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("giver_phone", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("guests", models.PositiveIntegerField(default=0)),
                ("given_out", models.PositiveIntegerField(default=0, help_text="kept by the hand-outs")),
                ("registered_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "category",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.category"
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
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["provider", "-given_on"], name="goodsgift_of_centre")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("value_won__gt", 0)), name="goodsgift_is_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("given_out__lte", models.F("quantity"))), name="goodsgift_not_twice"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("used_on", models.DateField(default=hopecare.kernel.clock.today)),
                ("quantity", models.PositiveIntegerField()),
                ("people", models.PositiveIntegerField()),
                ("words", models.CharField(max_length=120)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="donations.goodsgift"
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
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="goodsuse_is_something")
                ],
            },
        ),
        *(protect(f"donations_{name}", f"{MONEY} or {MANAGE}") for name in CENTRE),
        *(
            protect(f"donations_{name}", f"{MONEY} or {MANAGE}", read=(GIVING,), add=(GIVING,), change=(GIVING,))
            for name in BY_CODE
        ),
    ]
