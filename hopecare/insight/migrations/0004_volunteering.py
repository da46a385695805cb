"""How many neighbours helped, for everybody to see; nothing where they are fewer than five."""

from django.db import migrations

HELPED = """
create function hc_board_volunteering(since date, upto date) returns table (people bigint, visits bigint, minutes bigint)
language sql stable security definer set search_path = public as $$
  select count(distinct h.volunteer_id), count(distinct h.offer_id), sum(h.minutes) from volunteers_hours h
  where h."on" between since and upto having count(distinct h.volunteer_id) >= 5
$$
"""
INDEX = 'create index hours_lately on volunteers_hours ("on") include (volunteer_id, offer_id, minutes)'


class Migration(migrations.Migration):
    dependencies = [("insight", "0003_creaming"), ("volunteers", "0005_hours_and_arrival")]
    operations = [
        migrations.RunSQL(HELPED, "drop function hc_board_volunteering(date, date)"),
        migrations.RunSQL(INDEX, "drop index hours_lately"),
    ]
