"""The second wall on receipts; numbers for the tax office open to no person; no receipt for more than was given (K14)."""

from django.db import migrations

from hopecare.kernel.rls import principal, protect

MONEY = "nullif(current_setting('app.money', true), '') is not null"
GIVING = principal("giving")
OWN = "donor_id = (select d.id from donations_donor d where d.user_id = nullif(current_setting('app.user_id', true), '')::bigint)"
FITS = """
create function hc_receipt_fits() returns trigger language plpgsql security definer
set search_path = public, pg_temp set enable_seqscan = off as $$
declare given record;
begin
  select g.amount_won, g.received_on, g.carried_from_id, f.receiver_id into strict given
    from donations_gift g join donations_fund f on f.id = g.fund_id where g.id = new.gift_id;
  if new.amount_won > given.amount_won or given.carried_from_id is not null or new.given_on <> given.received_on
     or new.receiver_id <> given.receiver_id or new.year <> extract(year from given.received_on) then
    raise exception 'receipt for gift % says what was not given', new.gift_id
      using errcode = '23514', constraint = 'receipt_of_its_gift';
  end if;
  return new;
end $$;
create trigger donations_receipt_fits before insert on donations_receipt
  for each row execute function hc_receipt_fits();
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0004_receipts")]
    operations = [
        *(
            protect(f"donations_{name}", f"{MONEY} or {OWN}", read=(GIVING,), add=(GIVING,), change=(GIVING,))
            for name in ("receipt", "taxpayer")
        ),
        protect("donations_filing", MONEY, read=(GIVING,), add=(GIVING,), change=(GIVING,)),
        protect("donations_taxnumber", "false", read=(GIVING,), add=(GIVING,), change=(GIVING,)),
        migrations.RunSQL(FITS, "drop function if exists hc_receipt_fits() cascade"),
    ]
