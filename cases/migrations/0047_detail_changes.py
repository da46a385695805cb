"""What changed about people and homes, kept with before and after; a corrected name asks anew whose kin it is (D6)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel.rls import also_demand, case_keyed, protect, section_is_open

# Identity and household together; as restrictive policies of both, so that each alone closes the row.
SECTIONS = [
    line
    for section in ("identity", "household")
    for line in also_demand("cases_detailchange", section, section_is_open(section))
]
NO_SECTIONS = [
    f"drop policy cases_detailchange_{section} on cases_detailchange" for section in ("identity", "household")
]

# As for somebody who came: the lock holds since they belong to the household, and a lock that was ended stays ended.
LOCK_CORRECTED = """
create function hc_lock_corrected() returns trigger language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform hc_lock_declared(null, null, m.household_id,
                           least(now(), m.starts_on::timestamp at time zone 'Asia/Seoul'))
  from kernel_membership m where m.person_id = new.id and m.ends_on is null;
  return null;
end $$;
create trigger kernel_person_lock after update of name, birth_date, phone_hash on kernel_person for each row
  when (old.name is distinct from new.name or old.birth_date is distinct from new.birth_date
        or old.phone_hash is distinct from new.phone_hash)
  execute function hc_lock_corrected();
"""
NOT_CORRECTED = "drop trigger kernel_person_lock on kernel_person; drop function hc_lock_corrected()"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0046_quiet_people"),
        ("kernel", "0012_address_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DetailChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("contact", "How to reach this person"),
                            ("person", "Name, birth, telephone"),
                            ("address", "Address"),
                            ("came", "Came to the household"),
                            ("left", "Left the household"),
                            ("coverage", "Coverage class"),
                        ],
                        max_length=8,
                    ),
                ),
                ("told", hopecare.kernel.crypto.EncryptedTextField()),
                ("reason", models.CharField(blank=True, max_length=300)),
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
            options={"indexes": [models.Index(fields=["case", "-at", "-id"], name="detail_change_case")]},
        ),
        protect("cases_detailchange", case_keyed()),
        migrations.RunSQL(SECTIONS, NO_SECTIONS),
        migrations.RunSQL(LOCK_CORRECTED, NOT_CORRECTED),
    ]
