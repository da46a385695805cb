"""Letters between a giver and the person in one table, both ways; the second wall on it (D1, D9)."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
from hopecare.kernel.in_place import changed
from hopecare.kernel.rls import case_keyed, principal, protect

GIVING = principal("giving")
#: A giver with an account reads the own letters; what is written goes through the principal.
OWN = """
order_id in (select o.id from donations_order o join donations_donor d on d.id = o.donor_id
             where d.user_id = nullif(current_setting('app.user_id', true), '')::bigint)
"""
# Letters of thanks stood in a column of the payment.
THANKS = """
insert into donations_letter (uuid, way, team_id, provider_id, case_id, payout_id, words, state, reason, written_at,
  read_by_id, read_at)
select gen_random_uuid(), 'thanks', p.team_id, p.provider_id, p.case_id, p.id, p.thanks, 'passed', '', told.at,
  coalesce(p.requested_by_id, p.approved_by_id, p.paid_by_id), told.at
from donations_payout p
cross join lateral (select coalesce(p.outcome_on::timestamp at time zone 'Asia/Seoul', p.requested_at) as at) told
where p.thanks <> '' and p.case_id is not null
  and coalesce(p.requested_by_id, p.approved_by_id, p.paid_by_id) is not null
"""
THANKS_BACK = """
update donations_payout p set thanks = l.words from donations_letter l where l.payout_id = p.id and l.way = 'thanks'
"""
_CASES = "c.relname like 'cases\\_%'"
_BOTH = "(c.relname like 'cases\\_%' or c.relname = 'donations_letter')"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0041_spent"),
        ("donations", "0009_one_statement"),
        ("kernel", "0012_address_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "way",
                    models.CharField(
                        choices=[("thanks", "From the person to givers"), ("giver", "From a giver to the person")],
                        max_length=6,
                    ),
                ),
                ("need_uuid", models.UUIDField(db_index=True, null=True)),
                ("words", models.CharField(blank=True, max_length=500)),
                ("state", models.CharField(default="waiting", max_length=7)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("named", "A name, a place, a telephone number or an address stands in it."),
                            ("meet", "It asks to meet, to ring or to be answered."),
                            ("return", "It asks for something in return."),
                            ("belief", "It speaks for a faith, a party or a shop."),
                            ("hurt", "Some words could hurt, even if they are meant well."),
                            ("quiet", "It cannot be handed over for now. This says nothing about your letter."),
                        ],
                        max_length=6,
                    ),
                ),
                ("written_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("read_at", models.DateTimeField(null=True)),
                ("handed_on", models.DateField(null=True)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"),
                ),
                (
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter",
                        to="donations.order",
                    ),
                ),
                (
                    "payout",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="letter",
                        to="donations.payout",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
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
            ],
            options={
                "indexes": [models.Index(fields=["case", "state"], name="letter_of_case")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("order", None), ("payout__isnull", False), ("way", "thanks")),
                            models.Q(
                                ("need_uuid__isnull", False),
                                ("order__isnull", False),
                                ("payout", None),
                                ("way", "giver"),
                            ),
                            _connector="OR",
                        ),
                        name="letter_has_its_way",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["change", "kept"]), ("reason", ""), _connector="XOR"),
                        name="letter_stays_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["passed", "handed"]), _negated=True),
                            models.Q(("read_at__isnull", False), ("read_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="letter_passed_when_read",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "handed"), ("handed_on", None), _connector="XOR"),
                        name="letter_handed_when",
                    ),
                ],
            },
        ),
        migrations.RunSQL(THANKS, THANKS_BACK),
        migrations.RemoveField(model_name="payout", name="thanks"),
        protect("donations_letter", case_keyed(), read=(GIVING, OWN), add=(GIVING,), change=(GIVING,)),
        changed("hc_rekey_case(bigint, bigint, bigint)", (_CASES, _BOTH)),  # a hand-over takes the letters along
    ]
