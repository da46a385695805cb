"""No protection ends but in the transaction in which the second of the two agreed: the database asks for it (D5)."""

from django.db import migrations

# A row that this transaction wrote, itself or in a savepoint of it, is not older than the transaction: its age is not
# positive. An agreement of another day opens nothing that was protected again since.
TRIGGER = """
create function hc_agreed_just_now(one_person bigint) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
  select exists (select from cases_unsealing u where u.person_id = one_person and u.agreed and age(u.xmin) <= 0)
$$;
create function hc_open_by_two() returns trigger language plpgsql as $$
begin
  if current_user <> (select relowner::regrole::text from pg_class where oid = tg_relid)
     and not hc_agreed_just_now(old.id) then
    raise exception 'a protection ends when both agree' using errcode = '23514', constraint = 'person_open_by_two';
  end if;
  return new;
end $$;
create trigger kernel_person_open_by_two before update of sealed on kernel_person
  for each row when (old.sealed and not new.sealed) execute function hc_open_by_two();
"""
GONE = """
drop trigger kernel_person_open_by_two on kernel_person; drop function hc_open_by_two();
drop function hc_agreed_just_now(bigint)
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0042_keepers"), ("kernel", "0012_address_words")]
    operations = [migrations.RunSQL(TRIGGER, GONE)]
