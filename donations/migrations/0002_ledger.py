"""What the books refuse by themselves (R15, R71, R73, K11–K13).

The plain role may only insert, and only the columns it has to name (kernel/grants.py). Balances, what is left of a gift
and the months' turnovers are kept by functions that run as the owner with a fixed search path; nobody else may write
them. At the commit a journal is whole: every fund balances, gift and operating money never meet, one receiver's money
stays with it, and each won that came in or went out is the won of a gift. `enable_seqscan` is off in the functions
because a plan that was made while the tables were empty would be kept.
"""

from django.db import migrations

_HEAD = "language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off"
_STOP = "using errcode = '23514', constraint ="
APPEND_ONLY = ("journal", "posting", "allocation", "seal", "closedperiod")

REFUSE = f"""
create function hc_books_refuse() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin raise exception 'the books are only appended to (% on %)', tg_op, tg_table_name {_STOP} 'books_append_only'; end $$;
"""
TRUNCATE = (
    "create trigger donations_{0}_no_truncate before truncate on donations_{0} execute function hc_books_refuse();"
)
EDIT = """
create trigger donations_{0}_no_edit before update or delete on donations_{0}
  for each row execute function hc_books_refuse();
"""
CITY = f"""
create function hc_receiver_not_city() returns trigger {_HEAD} as $$
begin
  if exists (select 1 from kernel_organisation where id in (new.organisation_id, new.centre_id)
             and kind in ('city', 'town_office'))
     or exists (select 1 from kernel_organisation where id = new.organisation_id and kind = 'centre') then
    raise exception 'the city and what it runs receive no gifts' {_STOP} 'receiver_never_the_city';
  end if;
  return new;
end $$;
create trigger donations_receiver_not_city before insert or update on donations_receiver
  for each row execute function hc_receiver_not_city();
create function hc_city_not_receiver() returns trigger {_HEAD} as $$
begin
  if new.kind in ('city', 'town_office') and exists (
     select 1 from donations_receiver where new.id in (organisation_id, centre_id)) then
    raise exception 'the city and what it runs receive no gifts' {_STOP} 'receiver_never_the_city';
  end if;
  return new;
end $$;
create trigger kernel_organisation_not_receiver before update of kind on kernel_organisation
  for each row execute function hc_city_not_receiver();
"""
FUND = f"""
create function hc_fund_fixed() returns trigger {_HEAD} as $$
begin
  if tg_op = 'UPDATE' and (new.code, new.receiver_id, new.kind, new.target, new.is_gift, new.allowed_purposes, new.need_uuid)
     is distinct from (old.code, old.receiver_id, old.kind, old.target, old.is_gift, old.allowed_purposes, old.need_uuid) then
    raise exception 'what fund % was given for is fixed', old.code {_STOP} 'fund_fixed';
  end if;
  if new.is_gift and exists (select 1 from unnest(new.allowed_purposes) as wanted(code)
     left join donations_purpose p on p.code = wanted.code and p.from_gifts where p.id is null) then
    raise exception 'fund % asks for a purpose that gifts may not pay', new.code {_STOP} 'fund_purposes_of_the_plan';
  end if;
  return new;
end $$;
create trigger donations_fund_fixed before insert or update on donations_fund
  for each row execute function hc_fund_fixed();
create trigger donations_fund_no_delete before delete on donations_fund for each row execute function hc_books_refuse();
"""
ACCOUNT = f"""
create function hc_account_born() returns trigger {_HEAD} as $$
declare line record; gift boolean;
begin
  select kind, purpose, floor_won, ceiling_won, operating into strict line from donations_chart where code = new.chart_id;
  select is_gift into strict gift from donations_fund where id = new.fund_id;
  if line.operating = gift then
    raise exception 'account % does not belong into this fund', new.chart_id {_STOP} 'account_of_its_fund';
  end if;
  new.kind := line.kind; new.purpose := line.purpose; new.floor_won := line.floor_won;
  new.ceiling_won := line.ceiling_won; new.balance_won := 0; new.entries := 0;
  return new;
end $$;
create trigger donations_account_born before insert on donations_account
  for each row execute function hc_account_born();
create function hc_kept_by_the_books() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if pg_trigger_depth() < 2 then
    raise exception '% is kept by the books alone', tg_table_name {_STOP} 'books_keep_balances';
  end if;
  return new;
end $$;
create trigger donations_account_kept before update on donations_account
  for each row execute function hc_kept_by_the_books();
create trigger donations_account_no_delete before delete on donations_account
  for each row execute function hc_books_refuse();
create trigger donations_turnover_kept before insert or update on donations_turnover
  for each row execute function hc_kept_by_the_books();
"""
JOURNAL = f"""
create function hc_journal_born() returns trigger {_HEAD} as $$
begin
  perform pg_advisory_xact_lock_shared(7201);  -- whoever closes a month or seals a day waits for us, and we for them
  if exists (select 1 from donations_closedperiod where month = date_trunc('month', new.booked_on)::date) then
    raise exception 'the month of % is closed', new.booked_on {_STOP} 'journal_month_is_open';
  end if;
  new.posted_at := now();
  new.transaction := pg_current_xact_id()::text::bigint;
  return new;
end $$;
create trigger donations_journal_born before insert on donations_journal
  for each row execute function hc_journal_born();
"""
OWN_JOURNAL = """
create function hc_own_journal(which bigint) returns donations_journal language plpgsql stable
set search_path = public, pg_temp set enable_seqscan = off as $$
declare j donations_journal;
begin
  select * into j from donations_journal where id = which;
  -- a transaction number may come again after a restore into another cluster: the moment must be this one, too
  if j.transaction is distinct from pg_current_xact_id()::text::bigint or j.posted_at <> now() then
    raise exception 'journal % was posted before', which using errcode = '23514', constraint = 'journal_is_finished';
  end if;
  return j;
end $$;
"""
POSTING = f"""
create function hc_posting_counts() returns trigger {_HEAD} as $$
declare j donations_journal; a record;
begin
  j := hc_own_journal(new.journal_id);
  update donations_account set balance_won = balance_won + new.amount_won, entries = entries + 1
    where id = new.account_id returning kind, purpose, fund_id into a;
  if a.kind = 'expense' and not exists (
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
create trigger donations_posting_counts after insert on donations_posting
  for each row execute function hc_posting_counts();
"""
GIFT = f"""
create function hc_gift_born() returns trigger {_HEAD} as $$
begin
  if not (select is_gift from donations_fund where id = new.fund_id) then
    raise exception 'no gift goes into an operating fund' {_STOP} 'gift_never_operating';
  end if;
  new.remaining_won := new.amount_won;
  return new;
end $$;
create trigger donations_gift_born before insert on donations_gift for each row execute function hc_gift_born();
create function hc_gift_of_now() returns trigger {_HEAD} as $$
begin perform hc_own_journal(new.journal_id); return null; end $$;
create trigger donations_gift_of_now after insert on donations_gift for each row execute function hc_gift_of_now();
create trigger donations_gift_kept before update on donations_gift for each row execute function hc_kept_by_the_books();
create trigger donations_gift_no_delete before delete on donations_gift for each row execute function hc_books_refuse();
create function hc_allocation_counts() returns trigger {_HEAD} as $$
declare j donations_journal;
begin
  j := hc_own_journal(new.journal_id);
  if new.amount_won < 0 and j.reverses_id is null then
    raise exception 'only a reversal gives won back' {_STOP} 'allocation_back_by_reversal';
  end if;
  if new.amount_won < 0 and not exists (select 1 from donations_allocation
     where gift_id = new.gift_id and journal_id = j.reverses_id and amount_won = -new.amount_won) then
    raise exception 'a reversal gives back what its journal took' {_STOP} 'allocation_back_by_reversal';
  end if;
  update donations_gift set remaining_won = remaining_won - new.amount_won where id = new.gift_id;
  return null;
end $$;
create trigger donations_allocation_counts after insert on donations_allocation
  for each row execute function hc_allocation_counts();
"""
WHOLE = f"""
create function hc_journal_is_whole() returns trigger {_HEAD} as $$
declare line record; kinds boolean[]; receivers bigint[]; cash_won bigint := 0;
begin
  for line in select a.fund_id, f.code, f.is_gift, f.receiver_id, sum(p.amount_won) as off,
         coalesce(sum(p.amount_won) filter (where a.kind = 'asset'), 0) as cash
       from donations_posting p join donations_account a on a.id = p.account_id join donations_fund f on f.id = a.fund_id
       where p.journal_id = new.id group by 1, 2, 3, 4
  loop
    if line.off <> 0 then
      raise exception 'journal % does not balance in fund % (off by %)', new.id, line.code, line.off {_STOP} 'journal_balances';
    end if;
    if line.is_gift and line.cash <>
       coalesce((select sum(amount_won) from donations_gift where journal_id = new.id and fund_id = line.fund_id), 0)
       - coalesce((select sum(l.amount_won) from donations_allocation l join donations_gift g on g.id = l.gift_id
                   where l.journal_id = new.id and g.fund_id = line.fund_id), 0) then
      raise exception 'journal % loses the way of a won in fund %', new.id, line.code {_STOP} 'journal_every_won_has_its_place';
    end if;
    if line.is_gift then cash_won := cash_won + line.cash; end if;
    kinds := kinds || line.is_gift; receivers := receivers || line.receiver_id;
  end loop;
  if kinds is null then
    raise exception 'journal % has no postings', new.id {_STOP} 'journal_has_postings';
  end if;
  if true = any (kinds) and false = any (kinds) then
    raise exception 'journal % mixes gifts with operating money', new.id {_STOP} 'journal_gifts_never_operating';
  end if;
  if receivers[1] <> any (receivers) then
    raise exception 'journal % mixes the accounts of two receivers', new.id {_STOP} 'journal_one_receiver';
  end if;
  if cash_won <> coalesce((select sum(amount_won) from donations_gift where journal_id = new.id), 0)
     - coalesce((select sum(amount_won) from donations_allocation where journal_id = new.id), 0) then
    raise exception 'journal % loses the way of a won', new.id {_STOP} 'journal_every_won_has_its_place';
  end if;
  return null;
end $$;
create constraint trigger donations_journal_is_whole after insert on donations_journal
  deferrable initially deferred for each row execute function hc_journal_is_whole();
"""
CLOSE = f"""
create function hc_period_closes() returns trigger {_HEAD} as $$
begin
  perform pg_advisory_xact_lock(7201);
  if new.month <> date_trunc('month', new.month)::date then
    raise exception 'a month is named by its first day' {_STOP} 'period_first_day';
  end if;
  return new;
end $$;
create trigger donations_period_closes before insert on donations_closedperiod
  for each row execute function hc_period_closes();
create function hc_seal_follows() returns trigger {_HEAD} as $$
begin
  perform pg_advisory_xact_lock(7201);
  if exists (select 1 from donations_seal where day >= new.day or last_journal_id > new.last_journal_id) then
    raise exception 'a seal follows the last one' {_STOP} 'seal_follows';
  end if;
  return new;
end $$;
create trigger donations_seal_follows before insert on donations_seal for each row execute function hc_seal_follows();
"""
_ALL = [REFUSE, OWN_JOURNAL, CITY, FUND, ACCOUNT, JOURNAL, POSTING, GIFT, WHOLE, CLOSE]
_ALL += [EDIT.format(name) for name in APPEND_ONLY]
_ALL += [TRUNCATE.format(name) for name in (*APPEND_ONLY, "account", "fund", "gift", "turnover")]
FUNCTIONS = (
    "hc_receiver_not_city hc_city_not_receiver hc_fund_fixed hc_account_born hc_kept_by_the_books hc_journal_born"
    " hc_posting_counts hc_gift_born hc_gift_of_now hc_allocation_counts hc_journal_is_whole hc_period_closes"
    " hc_seal_follows hc_books_refuse"
)
GONE = [f"drop function if exists {name}() cascade" for name in FUNCTIONS.split()]
GONE.append("drop function if exists hc_own_journal(bigint) cascade")


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_initial")]
    operations = [migrations.RunSQL("\n".join(_ALL), ";\n".join(GONE))]
