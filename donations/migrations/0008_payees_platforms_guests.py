"""What payees send back, lists of other platforms, guests of events; what the books accept of a return (R73, R66)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import donations.states
import hopecare.kernel.clock
import hopecare.kernel.crypto
from hopecare.kernel import together
from hopecare.kernel.rls import NOT_LOCKED, also_demand, case_keyed, principal, protect

MONEY = "nullif(current_setting('app.money', true), '') is not null"
MANAGE = "provider_id = nullif(current_setting('app.giving', true), '')::bigint"
GIVING = principal("giving")
_HEAD = "language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off"
_STOP = "using errcode = '23514', constraint ="
#: What comes back or is undone lowers what was spent: that needs no purpose of today.
COUNTS = f"""
create or replace function hc_posting_counts() returns trigger {_HEAD} as $$
declare j donations_journal; a record;
begin
  j := hc_own_journal(new.journal_id);
  update donations_account set balance_won = balance_won + new.amount_won, entries = entries + 1
    where id = new.account_id returning kind, purpose, fund_id into a;
  if a.kind = 'expense' and not (new.amount_won < 0 and coalesce(j.reverses_id, j.returns_id) is not null)
     and not exists (
     select 1 from donations_fund f join donations_purpose p on p.code = a.purpose
     where f.id = a.fund_id and a.purpose = any (f.allowed_purposes) and p.from_gifts = f.is_gift
       and p.starts_on <= j.booked_on and (p.ends_on is null or p.ends_on >= j.booked_on)) then
    raise exception 'this fund may not pay % on %', a.purpose, j.booked_on {_STOP} 'posting_of_its_purpose';
  end if;
  insert into donations_turnover as t (account_id, month, debit_won, credit_won, entries)
    values (new.account_id, date_trunc('month', j.booked_on)::date, greatest(new.amount_won, 0), greatest(-new.amount_won, 0), 1)
    on conflict (account_id, month) do update set debit_won = t.debit_won + excluded.debit_won,
      credit_won = t.credit_won + excluded.credit_won, entries = t.entries + 1;
  return null;
end $$;
"""
ALLOCATES = f"""
create or replace function hc_allocation_counts() returns trigger {_HEAD} as $$
declare j donations_journal;
begin
  j := hc_own_journal(new.journal_id);
  if new.amount_won < 0 and coalesce(j.reverses_id, j.returns_id) is null then
    raise exception 'only a reversal or a return gives won back' {_STOP} 'allocation_back_by_reversal';
  end if;
  if new.amount_won < 0 and j.reverses_id is not null and not exists (select 1 from donations_allocation
     where gift_id = new.gift_id and journal_id = j.reverses_id and amount_won = -new.amount_won) then
    raise exception 'a reversal gives back what its journal took' {_STOP} 'allocation_back_by_reversal';
  end if;
  if j.returns_id is not null then
    -- two returns of one payment come one after the other
    perform 1 from donations_journal where id = j.returns_id for no key update;
    if new.amount_won > 0 or (select sum(l.amount_won) from donations_allocation l
       join donations_journal o on o.id = l.journal_id
       where l.gift_id = new.gift_id and j.returns_id in (o.id, o.returns_id)) < 0 then
      raise exception 'no more comes back than was taken' {_STOP} 'allocation_back_by_return';
    end if;
  end if;
  update donations_gift set remaining_won = remaining_won - new.amount_won where id = new.gift_id;
  return null;
end $$;
"""
PLACE = f"""
create function hc_return_has_its_place() returns trigger {_HEAD} as $$
begin
  if new.returns_id is not null and exists (select 1 from donations_posting p where p.journal_id = new.id
     and not exists (select 1 from donations_posting o where o.journal_id = new.returns_id
                     and o.account_id = p.account_id and sign(o.amount_won) = -sign(p.amount_won))) then
    raise exception 'what comes back goes where it was taken from' {_STOP} 'journal_returns_to_its_place';
  end if;
  return null;
end $$;
create constraint trigger donations_return_has_its_place after insert on donations_journal
  deferrable initially deferred for each row when (new.returns_id is not null)
  execute function hc_return_has_its_place();
"""


class Migration(together.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("donations", "0007_lists_and_backs"),
        ("kernel", "0010_api_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="order",
            name="letter",
        ),
        migrations.CreateModel(
            name="GuestLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("invited", models.PositiveSmallIntegerField()),
                ("came", models.PositiveSmallIntegerField(null=True)),
                ("words", models.CharField(blank=True, help_text="a wheelchair, no peanuts; no name", max_length=80)),
                ("at", models.DateTimeField(default=hopecare.kernel.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="OutsideGift",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform", models.CharField(max_length=60)),
                (
                    "reference",
                    models.CharField(blank=True, help_text="the platform's own number of the gift", max_length=80),
                ),
                ("given_on", models.DateField()),
                ("amount_won", models.BigIntegerField()),
                ("receipted", models.BooleanField(help_text="the platform issued the receipt")),
                ("name", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
                ("phone", hopecare.kernel.crypto.EncryptedTextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name="OutsideList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform", models.CharField(max_length=60)),
                ("file_name", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                (
                    "fee_won",
                    models.BigIntegerField(default=0, help_text="kept by the platform; borne by the operating fund"),
                ),
                ("refused", models.JSONField(default=list)),
                ("state", models.CharField(default=donations.states.OutsideState["DRAFT"], max_length=6)),
                ("made_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
                ("booked_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="PayoutReturn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_won", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("less", "It cost less than was paid"),
                            ("unused", "It was not used at all"),
                            ("wrong", "It went to a wrong account"),
                            ("twice", "Somebody else had paid it already"),
                        ],
                        max_length=6,
                    ),
                ),
                ("came_on", models.DateField()),
                ("booked_at", models.DateTimeField(default=hopecare.kernel.clock.now)),
            ],
        ),
        migrations.AddField(
            model_name="journal",
            name="returns",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="returned_by",
                to="donations.journal",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="returned_won",
            field=models.BigIntegerField(db_default=0, default=0, help_text="came back from the payee"),
        ),
        migrations.AddConstraint(
            model_name="journal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reverses", None), ("returns", None), _connector="OR"),
                name="journal_reverses_or_returns",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("returned_won__gte", 0), ("returned_won__lte", models.F("amount_won"))),
                name="payout_returned_within",
            ),
        ),
        migrations.AddField(
            model_name="guestline",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="guestline",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="guestline",
            name="category",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.category"
            ),
        ),
        migrations.AddField(
            model_name="guestline",
            name="event",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="guest_lines", to="donations.goodsgift"
            ),
        ),
        migrations.AddField(
            model_name="guestline",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
            ),
        ),
        migrations.AddField(
            model_name="outsidegift",
            name="order",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.order"
            ),
        ),
        migrations.AddField(
            model_name="outsidegift",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
            ),
        ),
        migrations.AddField(
            model_name="outsidelist",
            name="booked_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="outsidelist",
            name="deposit",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.deposit"
            ),
        ),
        migrations.AddField(
            model_name="outsidelist",
            name="fund",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.fund"),
        ),
        migrations.AddField(
            model_name="outsidelist",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="outsidelist",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
            ),
        ),
        migrations.AddField(
            model_name="outsidelist",
            name="receiver",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.receiver"
            ),
        ),
        migrations.AddField(
            model_name="outsidegift",
            name="list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="gifts", to="donations.outsidelist"
            ),
        ),
        migrations.AddField(
            model_name="payoutreturn",
            name="booked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="payoutreturn",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="payoutreturn",
            name="deposit",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.deposit"
            ),
        ),
        migrations.AddField(
            model_name="payoutreturn",
            name="journal",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="donations.journal"
            ),
        ),
        migrations.AddField(
            model_name="payoutreturn",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="donations.payout"
            ),
        ),
        migrations.AddField(
            model_name="payoutreturn",
            name="provider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.organisation"
            ),
        ),
        migrations.AddField(
            model_name="payoutreturn",
            name="team",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.team"),
        ),
        migrations.AddConstraint(
            model_name="guestline",
            constraint=models.CheckConstraint(condition=models.Q(("invited__gt", 0)), name="guestline_is_somebody"),
        ),
        migrations.AddConstraint(
            model_name="guestline",
            constraint=models.CheckConstraint(
                condition=models.Q(("came", None), ("came__lte", models.F("invited")), _connector="OR"),
                name="guestline_came_who_was_invited",
            ),
        ),
        migrations.AddConstraint(
            model_name="guestline",
            constraint=models.UniqueConstraint(
                condition=models.Q(("case__isnull", False)), fields=("event", "case"), name="guestline_case_once"
            ),
        ),
        migrations.AddIndex(
            model_name="outsidelist",
            index=models.Index(fields=["provider", "-id"], name="outsidelist_of_centre"),
        ),
        migrations.AddConstraint(
            model_name="outsidelist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "booked"), _negated=True),
                    models.Q(("booked_at__isnull", False), ("booked_by__isnull", False), ("deposit__isnull", False)),
                    _connector="OR",
                ),
                name="outsidelist_booked_with_deposit",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidelist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "void"), _negated=True),
                fields=("receiver", "digest"),
                name="outsidelist_file_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidegift",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_won__gt", 0)), name="outsidegift_is_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidegift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("receipted", False), models.Q(("name", ""), ("order", None), ("phone", "")), _connector="OR"
                ),
                name="outsidegift_no_second_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidegift",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reference", ""), _negated=True),
                fields=("provider", "platform", "reference"),
                name="outsidegift_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutreturn",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_won__gt", 0)), name="payoutreturn_is_something"
            ),
        ),
        migrations.RunSQL([COUNTS, ALLOCATES, PLACE], migrations.RunSQL.noop),
        protect("donations_payoutreturn", f"{MONEY} or {case_keyed()}", read=(GIVING,)),
        protect("donations_guestline", f"{MONEY} or {MANAGE}"),
        migrations.RunSQL(
            also_demand("donations_guestline", "unlocked", NOT_LOCKED.format(case="case_id")), migrations.RunSQL.noop
        ),
        *(
            protect(f"donations_{name}", f"{MONEY} or {MANAGE}", read=(GIVING,), add=(GIVING,), change=(GIVING,))
            for name in ("outsidelist", "outsidegift")
        ),
    ]
