"""Odd looks at what the town offices keep are the city's to look through: no office has a reviewer of its own (K9)."""

from django.db import migrations

from hopecare.kernel.in_place import changed

ODD = "hc_odd_reads(bigint, timestamptz, timestamptz, integer, integer, integer, integer)"
# The own house and, for the city, all of its town offices.
_LOOKS = "  with looks as materialized ("
_HOUSES = """  with houses as materialized (
    select array_agg(o.id)::int[] as ids from kernel_organisation o
    where o.id = house or (o.kind = 'town_office'
      and exists (select from kernel_organisation city where city.id = house and city.kind = 'city'))
  ), looks as materialized ("""
_OWN = ("r.owner_ids @> array[house::int]", "r.owner_ids && (select ids from houses)")
_KEPT = ("c.provider_id = house join", "c.provider_id = any ((select ids from houses)::int[]) join")


class Migration(migrations.Migration):
    dependencies = [("cases", "0050_door_warnings")]
    operations = [changed(ODD, (_LOOKS, _HOUSES), _OWN, _KEPT)]
