"""Visits of nurses and doctors with fields of their own, behind the section health in the second wall, too (R49, R51).

The next visit is a task: one whose day went by without a record is a missed visit, and the question about it belongs to
the section of its task (R20).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.in_place import changed
from hopecare.kernel.rls import also_demand, case_keyed, protect

_OPEN = (
    "'health' = any (nullif(current_setting('app.sections', true), '')::text[])"
    " or case_id = any (nullif(current_setting('app.led', true), '')::bigint[])"
    " or current_setting('app.principal', true) <> ''"
)
# In a team of the city's case a sheet is seen with its service record alone (K6, K7, D4).
_WITH_RECORD = (
    "case_id <> all ((select coalesce(nullif(current_setting('app.apart', true), ''), '{}')::bigint[])::bigint[])"
    " or exists (select from cases_servicerecord r where r.id = record_id)"
)
SECTION = [
    *also_demand("cases_healthvisit", "section", _OPEN),
    *also_demand("cases_healthvisit", "own_word", _WITH_RECORD),
]
NO_SECTION = [f"drop policy cases_healthvisit_{name} on cases_healthvisit" for name in ("section", "own_word")]
SWEEP = "hc_sweep_omissions(date, timestamptz, jsonb, jsonb)"
_STAGES = "select c.id, 'stage', p.id, null, (s ->> 0) || ':' || d.year, d.on_day"
# Nobody who is away, in hospital or has died was missed.
_NEXT_VISITS = f"""select t.case_id, 'missed_visit', h.person_id, t.category_id, 'action:' || t.id, t.due_on
  from cases_healthvisit h join cases_action t on t.id = h.next_action_id join open_cases c on c.id = t.case_id
  join kernel_person p on p.id = h.person_id and p.state = 'here' and not p.sealed
  where t.state in ('open', 'doing') and t.due_on <= today - (rules ->> 'missed_visit')::int
  union all
  {_STAGES}"""
_OF_CATEGORY = "coalesce((select c.section from kernel_category c where c.id = new.category_id), '')"
_OF_TASK = f"""coalesce((select nullif(t.section, '') from cases_action t
    where new.about like 'action:%' and t.id = substr(new.about, 8)::bigint), {_OF_CATEGORY})"""


class Migration(together.Migration):
    dependencies = [
        ("cases", "0070_unfounded_once"),
        ("kernel", "0013_how_a_ground_was_given"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HealthVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("nursing", "home nursing"), ("doctor", "doctor at home")], max_length=8),
                ),
                ("on", models.DateField()),
                (
                    "visitor",
                    models.CharField(help_text="who was there; a doctor who volunteers has no account", max_length=80),
                ),
                ("systolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("diastolic", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("pulse", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("temperature", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("glucose", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("fasting", models.BooleanField(blank=True, null=True)),
                ("oxygen", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("weight", models.DecimalField(blank=True, decimal_places=1, max_digits=4, null=True)),
                ("pain", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("confirmed", models.JSONField(blank=True, default=list)),
                (
                    "medicines",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "as told"), ("partly", "partly"), ("no", "not taken"), ("none", "takes none")],
                        max_length=6,
                    ),
                ),
                ("done", models.JSONField(blank=True, default=list)),
                ("found", models.TextField(blank=True, max_length=2000)),
                ("advice", models.TextField(blank=True, max_length=2000)),
                ("prescription", models.BooleanField(blank=True, null=True)),
                ("referred_to", models.CharField(blank=True, max_length=120)),
                ("signs", models.JSONField(blank=True, default=list)),
                (
                    "told_whom",
                    models.CharField(blank=True, help_text="who was told of the signs (D13)", max_length=200),
                ),
                ("next_on", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
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
                    "next_action",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.action",
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
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="health_visit",
                        to="cases.servicerecord",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["person", "-on"], name="health_visit_person"),
                    models.Index(
                        condition=models.Q(("next_action__isnull", False)),
                        fields=["next_action"],
                        name="health_visit_next",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("diastolic", None), ("systolic", None)),
                            models.Q(
                                ("diastolic__isnull", False),
                                ("systolic__gt", models.F("diastolic")),
                                ("systolic__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="health_visit_pressure",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fasting", None), ("glucose", None)),
                            models.Q(("fasting__isnull", False), ("glucose__isnull", False)),
                            _connector="OR",
                        ),
                        name="health_visit_fasting_or_not",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signs", []), models.Q(("told_whom", ""), _negated=True), _connector="OR"),
                        name="health_visit_sign_somebody_told",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("next_on", None), ("next_on__gt", models.F("on")), _connector="OR"),
                        name="health_visit_next_later",
                    ),
                ],
            },
        ),
        protect("cases_healthvisit", case_keyed()),
        migrations.RunSQL(SECTION, NO_SECTION),
        changed(SWEEP, (_STAGES, _NEXT_VISITS)),
        changed("hc_section_of_omission()", (_OF_CATEGORY, _OF_TASK)),
    ]
