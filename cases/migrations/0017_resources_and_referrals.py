"""The directory of resources, gaps and referrals, with the second wall on what belongs to a case (R12, R17, R81)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cases.states
import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.rls import SECTION_OPEN, also_demand, case_keyed, principal, protect

SWEEP = principal("sweep")
# A row that comes without a section ('-') gets the one of its service, else of its category.
_SECTIONS = {
    "referral": """coalesce((select nullif(s.section, '') from kernel_service s where s.id = new.service_id),
      (select c.section from kernel_category c where c.id = new.category_id), '')""",
    "gap": "coalesce((select c.section from kernel_category c where c.id = new.category_id), '')",
}
FILL = [
    f"""
create function hc_section_of_{table}() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin new.section := {expression}; return new; end $$;
create trigger cases_{table}_section before insert or update of section on cases_{table}
  for each row when (new.section = '-') execute function hc_section_of_{table}();
"""
    for table, expression in _SECTIONS.items()
]
EMPTY = [
    f"drop trigger cases_{table}_section on cases_{table}; drop function hc_section_of_{table}()" for table in _SECTIONS
]
SECTIONS = [line for table in _SECTIONS for line in also_demand(f"cases_{table}", "section", SECTION_OPEN)]
NO_SECTIONS = [f"drop policy cases_{table}_section on cases_{table}" for table in _SECTIONS]


class Migration(together.Migration):
    dependencies = [
        ("cases", "0016_overlaps_in_one"),
        ("kernel", "0005_sharing_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Resource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("public", "public"),
                            ("private", "private"),
                            ("volunteer", "volunteers"),
                            ("business", "business"),
                        ],
                        max_length=10,
                    ),
                ),
                ("owner_name", models.CharField(blank=True, max_length=80)),
                ("outside_city", models.BooleanField(default=False)),
                ("capacity", models.PositiveIntegerField(blank=True, null=True)),
                ("capacity_words", models.CharField(blank=True, help_text="what the number counts", max_length=40)),
                ("contact_name", models.CharField(blank=True, max_length=80)),
                ("phone", models.CharField(max_length=20)),
                ("words", models.CharField(blank=True, help_text="for whom, when, how to ask", max_length=500)),
                ("added_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("confirmed_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.category"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.organisation",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.service",
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.zone",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to_name", models.CharField(max_length=80)),
                ("to_phone", models.CharField(blank=True, max_length=20)),
                ("outside_city", models.BooleanField(default=False)),
                ("words", models.CharField(max_length=300)),
                ("state", models.CharField(default=cases.states.ReferralState["SENT"], max_length=8)),
                ("sent_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("answer_due", models.DateField()),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_name", models.CharField(blank=True, help_text="who over there said yes", max_length=80)),
                ("appointment_at", models.DateTimeField(blank=True, null=True)),
                ("place", models.CharField(blank=True, max_length=120)),
                ("remind", models.BooleanField(default=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_words", models.CharField(blank=True, max_length=300)),
                ("section", models.CharField(db_default="-", max_length=16)),
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
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.category"
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
                    "service",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.service",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.resource",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Gap",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "words",
                    models.CharField(blank=True, help_text="what is missing; nothing about the person", max_length=200),
                ),
                ("noted_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("section", models.CharField(db_default="-", max_length=16)),
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
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.category"
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
                (
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.resource",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="resource",
            index=models.Index(
                condition=models.Q(("ended_on", None)), fields=["category", "zone"], name="resource_offered"
            ),
        ),
        migrations.AddIndex(
            model_name="resource",
            index=models.Index(
                condition=models.Q(("ended_on", None)), fields=["confirmed_on"], name="resource_to_ask_again"
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("owner__isnull", False), models.Q(("owner_name", ""), _negated=True), _connector="OR"
                ),
                name="resource_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=models.Q(("phone", ""), _negated=True), name="resource_can_be_rung"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["team", "answer_due"], name="referral_open"
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(fields=["case", "-sent_at"], name="referral_case"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("accepted_at", None), ("state", "sent")),
                    models.Q(("accepted_at__isnull", False), ("state__in", ["accepted", "attended", "missed"])),
                    ("state", "back"),
                    _connector="OR",
                ),
                name="referral_accepted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", False), ("state__in", ["attended", "back"])),
                    models.Q(("ended_at", None), ("state__in", ["sent", "accepted", "missed"])),
                    _connector="OR",
                ),
                name="referral_ends_with_its_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="gap",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)), fields=("case", "category"), name="gap_noted_once"
            ),
        ),
        migrations.AlterField(
            model_name="timelineentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("report_received", "Report received"),
                    ("report_joined", "A near report was joined"),
                    ("visited", "Visited by two"),
                    ("opened", "Case opened"),
                    ("assessed", "Needs asked"),
                    ("stage", "Stage changed"),
                    ("planned", "Plan changed"),
                    ("signed", "Plan agreed"),
                    ("lead", "Lead changed"),
                    ("member", "Team changed"),
                    ("service", "Service given"),
                    ("referral", "Referral"),
                    ("offer", "Volunteer"),
                    ("contact", "Contact"),
                    ("note", "Note"),
                    ("state", "Person's state"),
                    ("closed", "Case closed"),
                    ("reopened", "Case reopened"),
                    ("aftercare", "Aftercare"),
                ],
                max_length=16,
            ),
        ),
        protect("cases_gap", case_keyed(), read=(SWEEP,), change=(SWEEP,)),
        protect("cases_referral", case_keyed(), read=(SWEEP,)),
        migrations.RunSQL(FILL, EMPTY),
        migrations.RunSQL(SECTIONS, NO_SECTIONS),
    ]
