"""A journal is written by one statement and judged at its end (R73).

Whoever adds to a journal in a later statement, be it in the same transaction, finds it finished: what was judged stays
as it was judged. What the books keep by themselves is guarded by the condition of the trigger, so that nothing is
called when the books do it; and one query judges what five did.
"""

from django.db import migrations

_HEAD = "language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off"
_STOP = "using errcode = '23514', constraint ="
# called by functions of the books alone, whose search path and settings hold inside, too
OWN_JOURNAL = """
create or replace function hc_own_journal(which bigint) returns donations_journal language plpgsql stable as $$
declare j public.donations_journal;
begin
  select * into j from public.donations_journal where id = which;
  -- a transaction number may come again after a restore into another cluster: the moment must be this one, too
  if j.transaction is distinct from pg_current_xact_id()::text::bigint or j.posted_at <> statement_timestamp() then
    raise exception 'journal % was posted before', which using errcode = '23514', constraint = 'journal_is_finished';
  end if;
  return j;
end $$;
"""
JOURNAL = f"""
create or replace function hc_journal_born() returns trigger {_HEAD} as $$
begin
  perform pg_advisory_xact_lock_shared(7201);  -- whoever closes a month or seals a day waits for us, and we for them
  if exists (select 1 from donations_closedperiod where month = date_trunc('month', new.booked_on)::date) then
    raise exception 'the month of % is closed', new.booked_on {_STOP} 'journal_month_is_open';
  end if;
  new.posted_at := statement_timestamp();
  new.transaction := pg_current_xact_id()::text::bigint;
  return new;
end $$;
"""
GIFT = f"""
create or replace function hc_gift_born() returns trigger {_HEAD} as $$
begin
  perform hc_own_journal(new.journal_id);
  if not (select is_gift from donations_fund where id = new.fund_id) then
    raise exception 'no gift goes into an operating fund' {_STOP} 'gift_never_operating';
  end if;
  new.remaining_won := new.amount_won;
  return new;
end $$;
drop trigger donations_gift_of_now on donations_gift;
drop function hc_gift_of_now();
"""
KEPT = """
drop trigger donations_account_kept on donations_account;
create trigger donations_account_kept before update on donations_account
  for each row when (pg_trigger_depth() = 0) execute function hc_kept_by_the_books();
drop trigger donations_turnover_kept on donations_turnover;
create trigger donations_turnover_kept before insert or update on donations_turnover
  for each row when (pg_trigger_depth() = 0) execute function hc_kept_by_the_books();
drop trigger donations_gift_kept on donations_gift;
create trigger donations_gift_kept before update on donations_gift
  for each row when (pg_trigger_depth() = 0) execute function hc_kept_by_the_books();
"""
# a block of code or a message of several commands shares one moment: the command that wrote both rows must be one, too
_TOGETHER = f"""
create function hc_{{0}}_with_its_journal() returns trigger {_HEAD} as $$
begin
  if not exists (select 1 from donations_{{0}} r join donations_journal j on j.id = r.journal_id
                 and j.xmin = r.xmin and j.cmin = r.cmin where r.id = new.id) then
    raise exception 'journal % was judged before', new.journal_id {_STOP} 'journal_is_finished';
  end if;
  return null;
end $$;
create trigger donations_{{0}}_with_its_journal after insert on donations_{{0}}
  for each row execute function hc_{{0}}_with_its_journal();
"""
TOGETHER = [_TOGETHER.format(name) for name in ("posting", "gift", "allocation")]
WHOLE = f"""
create or replace function hc_journal_is_whole() returns trigger {_HEAD} as $$
declare line record; kinds boolean[]; receivers bigint[];
begin
  for line in select f.code, f.is_gift, f.receiver_id, moved.fund_id is not null as has_postings,
         coalesce(moved.off, 0) as off, coalesce(moved.cash, 0) as cash, coalesce(given.won, 0) as won
       from (select a.fund_id, sum(p.amount_won) as off, sum(p.amount_won) filter (where a.kind = 'asset') as cash
             from donations_posting p join donations_account a on a.id = p.account_id
             where p.journal_id = new.id group by 1) as moved
       full join (select x.fund_id, sum(x.won) as won from (
                    select fund_id, amount_won as won from donations_gift where journal_id = new.id
                    union all select g.fund_id, -l.amount_won from donations_allocation l
                    join donations_gift g on g.id = l.gift_id where l.journal_id = new.id) as x group by 1) as given
         on given.fund_id = moved.fund_id
       join donations_fund f on f.id = coalesce(moved.fund_id, given.fund_id)
  loop
    if line.off <> 0 then
      raise exception 'journal % does not balance in fund % (off by %)', new.id, line.code, line.off {_STOP} 'journal_balances';
    end if;
    if line.is_gift and line.cash <> line.won then
      raise exception 'journal % loses the way of a won in fund %', new.id, line.code {_STOP} 'journal_every_won_has_its_place';
    end if;
    if line.has_postings then
      kinds := kinds || line.is_gift; receivers := receivers || line.receiver_id;
    end if;
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
  return null;
end $$;
drop trigger donations_journal_is_whole on donations_journal;
create trigger donations_journal_is_whole after insert on donations_journal
  for each row execute function hc_journal_is_whole();
drop trigger donations_return_has_its_place on donations_journal;
create trigger donations_return_has_its_place after insert on donations_journal
  for each row when (new.returns_id is not null) execute function hc_return_has_its_place();
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0008_payees_platforms_guests")]
    operations = [
        migrations.RunSQL("\n".join([OWN_JOURNAL, JOURNAL, GIFT, KEPT, *TOGETHER, WHOLE]), migrations.RunSQL.noop)
    ]
