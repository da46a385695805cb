"""Accounts of one giver stand together: several rows of givers may belong to one account, several means be the same."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from hopecare.kernel import together

# A giver's own rows may stand under several rows of givers: the second wall takes any of them.
_ONE, _ANY = "donor_id = ( SELECT d.id", "donor_id = ANY ( SELECT d.id"
_REWRITE = """
do $do$ declare p record;
begin
  for p in select tablename, policyname, qual, with_check from pg_policies
    where schemaname = 'public' and position('{before}' in coalesce(qual, '') || coalesce(with_check, '')) > 0
  loop
    execute format('alter policy %I on %I', p.policyname, p.tablename)
      || coalesce(' using (' || replace(p.qual, '{before}', '{after}') || ')', '')
      || coalesce(' with check (' || replace(p.with_check, '{before}', '{after}') || ')', '');
  end loop;
end $do$
"""


class Migration(together.Migration):
    dependencies = [
        ("donations", "0016_reversals"),
        ("kernel", "0013_how_a_ground_was_given"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="donor",
            name="user",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.RunSQL(
            _REWRITE.format(before=_ONE, after=_ANY),
            _REWRITE.format(before=_ANY, after=_ONE),
        ),
        migrations.AddField(
            model_name="donor",
            name="brought_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="donor",
            name="phone_proved_at",
            field=models.DateTimeField(help_text="a code sent there was typed; it opens the account", null=True),
        ),
        migrations.AddConstraint(
            model_name="donor",
            constraint=models.UniqueConstraint(
                condition=models.Q(("brought_at", None)), fields=("user",), name="donor_one_of_its_own"
            ),
        ),
        migrations.AddConstraint(
            model_name="donor",
            constraint=models.CheckConstraint(
                condition=models.Q(("brought_at", None), ("user__isnull", False), _connector="OR"),
                name="donor_brought_to_one",
            ),
        ),
        migrations.AddField(
            model_name="method",
            name="same_as",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="donations.method",
            ),
        ),
        migrations.AddField(
            model_name="method",
            name="instead_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="donations.method",
            ),
        ),
    ]
