"""The second wall on the volunteers' tables, and the rule that nobody is alone with a minor (D7)."""

from django.db import migrations

from hopecare.kernel.rls import case_keyed, principal, protect, subject_is

OFFERS = principal("offers")
REGISTER = "nullif(current_setting('app.volunteers', true), '') is not null"
OWN_CENTRE = "provider_id = nullif(current_setting('app.volunteers', true), '')::int"
OWN = "user_id = nullif(current_setting('app.user_id', true), '')::bigint"
KEYED = (
    "team_id = any (nullif(current_setting('app.teams', true), '')::int[])"
    " or provider_id = any (nullif(current_setting('app.providers', true), '')::int[])"
    f" or {OWN_CENTRE}"
)
#: A newcomer's row is read back by the one who signs up, by telephone; its parts by its own id.
BY_PHONE = principal("intake", subject_is("phone_hash"))
BY_VOLUNTEER = principal("intake", subject_is("volunteer_id::text"))
BY_KEY = principal("intake", subject_is("key"))

# A booking with a minor stands only when at least two are promised; the request's own check keeps its seats at two.
NEVER_ALONE = """
create function hc_never_alone() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare wanted record;
begin
  if new.state in ('scheduled', 'done', 'confirmed') then
    select with_minor, filled into wanted from volunteers_request where id = new.request_id;
    if wanted.with_minor and wanted.filled < 2 then
      raise exception 'a volunteer is never alone with a minor' using errcode = '23514', constraint = 'offer_never_alone';
    end if;
  end if;
  return new;
end $$;
create trigger volunteers_never_alone before insert or update of state on volunteers_offer
  for each row execute function hc_never_alone();
"""
ALONE_AGAIN = "drop trigger volunteers_never_alone on volunteers_offer; drop function hc_never_alone()"


class Migration(migrations.Migration):
    dependencies = [("volunteers", "0001_initial"), ("cases", "0003_tasks_and_search")]
    operations = [
        protect(
            "volunteers_volunteer", f"{REGISTER} or {OWN}", read=(OFFERS, BY_PHONE), add=(BY_PHONE,), change=(OFFERS,)
        ),
        protect("volunteers_window", REGISTER, read=(OFFERS, BY_VOLUNTEER), add=(BY_VOLUNTEER,)),
        protect("volunteers_skill", REGISTER, read=(OFFERS, BY_VOLUNTEER), add=(BY_VOLUNTEER,)),
        protect("volunteers_request", f"{case_keyed()} or {OWN_CENTRE}", read=(OFFERS,), change=(OFFERS,)),
        protect(
            "volunteers_offer",
            f"{case_keyed()} or {OWN_CENTRE} or {OWN}",
            read=(OFFERS,),
            add=(OFFERS,),
            change=(OFFERS,),
        ),
        protect("volunteers_call", KEYED, read=(OFFERS, BY_KEY), add=(OFFERS, BY_KEY), change=(OFFERS,)),
        migrations.RunSQL(NEVER_ALONE, ALONE_AGAIN),
    ]
