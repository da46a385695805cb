"""Advisory and consultation groups, papers of a case behind both walls, keys of systems that bring files by themselves."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.rls import SECTION_OPEN, also_demand, case_keyed, principal, protect

SWEEP = principal("sweep")
SECTION = also_demand("cases_casepaper", "section", SECTION_OPEN)


class Migration(together.Migration):
    dependencies = [
        ("cases", "0029_known_benefits"),
        ("kernel", "0009_password_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Council",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("advisory", "advisory group"), ("consultation", "consultation group")], max_length=12
                    ),
                ),
                ("purpose", models.CharField(max_length=300)),
                ("founded_on", models.DateField(default=hopecare.kernel.clock.today)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            name="CouncilIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=120)),
                ("words", models.TextField(max_length=2000)),
                ("raised_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "review_on",
                    models.DateField(blank=True, help_text="when the newest decision is looked at again", null=True),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.category",
                    ),
                ),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="cases.council"
                    ),
                ),
                (
                    "house",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CouncilDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.TextField(max_length=2000)),
                ("why", models.TextField(max_length=1000)),
                ("dissent", models.TextField(blank=True, max_length=2000)),
                ("dissenters", models.CharField(blank=True, max_length=200)),
                ("decided_on", models.DateField()),
                ("review_on", models.DateField()),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="cases.councilissue"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CouncilPromise",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=200)),
                ("due_on", models.DateField()),
                ("done_on", models.DateField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="promises", to="cases.councilissue"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CouncilSeat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("house", models.CharField(blank=True, max_length=80)),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("facility", "welfare facilities"),
                            ("expert", "welfare experts"),
                            ("health", "health and medicine"),
                            ("public", "civil servants"),
                            ("resident", "residents and those who are helped"),
                        ],
                        max_length=8,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                (
                    "council",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="seats", to="cases.council"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="which system holds it", max_length=60)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CasePaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("consent", "consent"),
                            ("identity", "who somebody is"),
                            ("income", "income and property"),
                            ("medical", "diagnosis or treatment"),
                            ("housing", "lease and housing"),
                            ("legal", "law"),
                            ("other", "other"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=80)),
                ("expires_on", models.DateField(blank=True, null=True)),
                ("added_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                (
                    "ended_on",
                    models.DateField(blank=True, help_text="replaced by another, or not needed any more", null=True),
                ),
                ("section", models.CharField(blank=True, max_length=16)),
                (
                    "added_by",
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
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.document"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.person",
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
                "indexes": [
                    models.Index(fields=["case", "-added_at"], name="case_paper_case"),
                    models.Index(
                        condition=models.Q(("ended_on", None)), fields=["expires_on"], name="case_paper_runs_out"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="councilissue",
            index=models.Index(fields=["-raised_at"], name="council_issue_recent"),
        ),
        migrations.AddConstraint(
            model_name="councilissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("review_on", None)),
                    models.Q(("decided_at__isnull", False), ("review_on__isnull", False)),
                    _connector="OR",
                ),
                name="council_decided_is_looked_at_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="councildecision",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("words", ""), _negated=True), models.Q(("why", ""), _negated=True)),
                name="council_decision_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="councildecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("review_on__gt", models.F("decided_on"))), name="council_review_comes_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="councildecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dissent", ""), ("dissenters", "")),
                    models.Q(models.Q(("dissent", ""), _negated=True), models.Q(("dissenters", ""), _negated=True)),
                    _connector="OR",
                ),
                name="council_dissent_has_a_name",
            ),
        ),
        migrations.AddConstraint(
            model_name="councilseat",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="council_term_in_order"
            ),
        ),
        protect("cases_casepaper", case_keyed(), read=(SWEEP,)),
        migrations.RunSQL(SECTION, "drop policy cases_casepaper_section on cases_casepaper"),
    ]
