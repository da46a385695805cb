"""Wishes on the plan (R59); a question after a service, and its answer, which nobody can tell whose it is (R85)."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel import together
from hopecare.kernel.rls import case_keyed, protect

# The question ends and the answer is written without it, in one step: nobody but this function knows both.
KEEP = """
create function hc_keep_satisfaction(question bigint, said text, told text, today date) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
declare asked bigint;
begin
  if coalesce(current_setting('app.principal', true), '') <> 'survey' then
    raise exception 'answers are kept by the survey alone' using errcode = '42501';
  end if;
  update cases_servicequestion set ended_on = today where id = question and ended_on is null returning record_id into asked;
  if asked is null then
    return false;
  end if;
  if said <> '' then
    insert into cases_satisfaction (id, service_id, category_id, giver_id, provider_kind_id, zone_id, month, answer, words)
    select gen_random_uuid(), r.service_id, r.category_id, r.provider_id, r.provider_kind_id, t.zone_id,
           date_trunc('month', today)::date, said, told
    from cases_servicerecord r join cases_case c on c.id = r.case_id join kernel_town t on t.id = c.town_id
    where r.id = asked;
  end if;
  return true;
end $$;
"""


class Migration(together.Migration):
    dependencies = [
        ("cases", "0036_search_by_place_and_need"),
        ("kernel", "0012_address_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.CharField(
                        choices=[("sms", "by text message"), ("phone", "by telephone"), ("paper", "on paper")],
                        max_length=5,
                    ),
                ),
                ("asked_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("ended_on", models.DateField(blank=True, null=True)),
                (
                    "asked_by",
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
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="question", to="cases.servicerecord"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Satisfaction",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("month", models.DateField(help_text="its first day")),
                (
                    "answer",
                    models.CharField(
                        choices=[("good", "It was good"), ("so_so", "So-so"), ("bad", "It was not good")], max_length=5
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=200)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.category"
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "provider_kind",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.providerkind"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.service"
                    ),
                ),
                (
                    "zone",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.zone"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["month"], name="satisfaction_month")],
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=300)),
                ("price_won", models.BigIntegerField(default=0)),
                ("wanted_on", models.DateField()),
                ("told_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("fulfilled_on", models.DateField(blank=True, null=True)),
                ("outcome", models.CharField(blank=True, max_length=300)),
                ("given_up_on", models.DateField(blank=True, null=True)),
                (
                    "action",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wish", to="cases.action"
                    ),
                ),
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
                    "published",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wish",
                        to="cases.publishedneed",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["case", "-told_at"], name="wish_case")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("price_won__range", (0, 20000000))), name="wish_price"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fulfilled_on", None), ("outcome", "")),
                            models.Q(
                                ("fulfilled_on__isnull", False),
                                ("given_up_on", None),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="wish_fulfilled_with_outcome",
                    ),
                ],
            },
        ),
        protect("cases_wish", case_keyed()),
        protect("cases_servicequestion", case_keyed()),
        protect("cases_satisfaction", "false"),
        migrations.RunSQL(KEEP, "drop function hc_keep_satisfaction(bigint, text, text, date)"),
    ]
