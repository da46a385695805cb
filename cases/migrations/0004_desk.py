"""The desk: hand-over of reports, "other house", who was told of a danger, and whether a person may exist (D17)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hopecare.kernel import together
from hopecare.kernel.rls import case_keyed, principal, subject_is

OFFERED = "offered_team_id = any (nullif(current_setting('app.teams', true), '')::int[])"
_INTAKE = principal("intake", subject_is("code"))
_SWEEP = principal("sweep")
_AUDITOR = principal("auditor")
# A unit that is asked to take a report over sees it before it says yes; the auditor finds whose report was refused.
POLICIES = [
    f"alter policy cases_report_read on cases_report using ({case_keyed()} or {OFFERED} or {_SWEEP} or {_INTAKE} or {_AUDITOR})",
    f"alter policy cases_report_change on cases_report using ({case_keyed()} or {OFFERED} or {_SWEEP} or {_INTAKE})"
    f" with check ({case_keyed()} or {OFFERED} or {_SWEEP} or {_INTAKE})",
]
FORMER = [
    f"alter policy cases_report_read on cases_report using ({case_keyed()} or {_SWEEP} or {_INTAKE})",
    f"alter policy cases_report_change on cases_report using ({case_keyed()} or {_SWEEP} or {_INTAKE})"
    f" with check ({case_keyed()} or {_SWEEP} or {_INTAKE})",
]
# Yes or no, nothing else: not who, not where. Sealed people never count (D5, D17); a merged person counts once.
MAY_EXIST = """
create function hc_person_may_exist(wanted_name text, wanted_year int, wanted_phones text[])
returns boolean language sql stable security definer set search_path = public, pg_temp as $$
  select exists (
    select 1 from kernel_person p join cases_case c on c.main_person_id = p.id
    where not p.sealed and p.canonical_id is null and c.closed_at is null
      and (p.phone_hash <> '' and p.phone_hash = any (wanted_phones)
           or p.name_jamo = hc_jamo(wanted_name) and extract(year from p.birth_date) = wanted_year))
$$;
"""
# Bulk loads name their columns; what the desk adds is empty for them.
DEFAULTS = [
    "alter table cases_report alter column not_same set default '{}'",
    "alter table cases_report alter column offered_reason set default ''",
    "alter table cases_visit alter column told_whom set default ''",
]


class Migration(together.Migration):
    dependencies = [
        ("cases", "0003_tasks_and_search"),
        ("kernel", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="report",
            name="not_same",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                default=list,
                help_text="near, but another house",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="offered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="offered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="offered_provider",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="kernel.organisation",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="offered_reason",
            field=models.CharField(blank=True, help_text="why another unit should take it over", max_length=300),
        ),
        migrations.AddField(
            model_name="report",
            name="offered_team",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"
            ),
        ),
        migrations.AddField(
            model_name="visit",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="visit",
            name="told_whom",
            field=models.CharField(blank=True, help_text="who was told of the danger (D13)", max_length=200),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["team", "promised_at"], name="call_back_open"
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("state__in", ["received", "assigned", "visited"])),
                fields=["team", "promised_at"],
                name="report_team_open",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("offered_team__isnull", False)), fields=["offered_team"], name="report_offered"
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                condition=models.Q(("ask_again_on__isnull", False)),
                fields=["worker", "ask_again_on"],
                name="visit_ask_again",
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("offered_at", None), ("offered_by", None), ("offered_provider", None), ("offered_team", None)
                    ),
                    models.Q(
                        ("offered_at__isnull", False),
                        ("offered_by__isnull", False),
                        ("offered_provider__isnull", False),
                        ("offered_team__isnull", False),
                        models.Q(("offered_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="report_offered_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="visit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("result", "danger"), _negated=True),
                    models.Q(("told_at__isnull", False), models.Q(("told_whom", ""), _negated=True)),
                    _connector="OR",
                ),
                name="visit_danger_somebody_told",
            ),
        ),
        migrations.RunSQL(DEFAULTS, migrations.RunSQL.noop),
        migrations.RunSQL(POLICIES, FORMER),
        migrations.RunSQL(MAY_EXIST, "drop function hc_person_may_exist(text, int, text[])"),
    ]
