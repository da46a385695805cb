"""Reversals of wrong entries, and what the database refuses to reverse."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import donations.states
import hopecare.kernel.clock
from hopecare.kernel.in_place import changed
from hopecare.kernel.rls import principal, protect

MONEY = "nullif(current_setting('app.money', true), '') is not null"
MANAGE = "provider_id = nullif(current_setting('app.giving', true), '')::bigint"
GIVING = principal("giving")
_BORN = "  new.posted_at := statement_timestamp();"
#: A mirror image undoes all of an entry: not what came back in part already, and no mirror image.
_WHOLE_OR_NOT = """  if new.reverses_id is not null and exists (select 1 from donations_journal
       where returns_id = new.reverses_id or (id = new.reverses_id and reverses_id is not null))
     or new.returns_id is not null and exists (select 1 from donations_journal where reverses_id = new.returns_id) then
    raise exception 'journal % is undone already, or in part', coalesce(new.reverses_id, new.returns_id)
      using errcode = '23514', constraint = 'journal_reversed_as_a_whole';
  end if;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0015_months_in_order"),
        ("kernel", "0013_how_a_ground_was_given"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reversal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("reason", models.CharField(max_length=200)),
                ("state", models.CharField(default=donations.states.ReversalState["REQUESTED"], max_length=9)),
                ("requested_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=300)),
                (
                    "booked",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.journal"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "journal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reversals", to="donations.journal"
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
                "indexes": [models.Index(fields=["provider", "state"], name="reversal_of_centre")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="reversal_says_why"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="reversal_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "booked"), _negated=True),
                            models.Q(
                                ("booked__isnull", False),
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="reversal_booked_by_a_second_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["requested", "booked"])),
                        fields=("journal",),
                        name="reversal_once",
                    ),
                ],
            },
        ),
        protect("donations_reversal", f"{MONEY} or {MANAGE}", read=(GIVING,), add=(GIVING,), change=(GIVING,)),
        changed("hc_journal_born()", (_BORN, _WHOLE_OR_NOT + _BORN)),
    ]
